package bedrocktoken

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const runtimeHost = "bedrock-runtime." + region + ".amazonaws.com"

// internet is a server that is every host there is, and remembers the requests that it got.
type internet struct {
	client *http.Client
	got    []string // host, body and Authorization of each request
	// redirects tells where from and where to.
	redirects map[string]string
}

func newInternet(t *testing.T, p *Provider) *internet {
	i := &internet{redirects: map[string]string{}}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		scheme := "http"
		if r.TLS != nil {
			scheme = "https"
		}
		url := fmt.Sprintf("%s://%s%s", scheme, r.Host, r.URL)
		i.got = append(i.got, fmt.Sprintf("%s %q %q", url, body, r.Header["Authorization"]))
		if to, ok := i.redirects[url]; ok {
			http.Redirect(w, r, to, http.StatusTemporaryRedirect)
		}
	})
	withTLS, plain := httptest.NewUnstartedServer(handler), httptest.NewServer(handler)
	withTLS.Config.ErrorLog = log.New(io.Discard, "", 0)
	withTLS.StartTLS()
	t.Cleanup(withTLS.Close)
	t.Cleanup(plain.Close)

	base := withTLS.Client().Transport.(*http.Transport).Clone()
	base.TLSClientConfig.ServerName = "example.com" // the certificate's
	base.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		server := plain
		if strings.HasSuffix(address, ":443") {
			server = withTLS
		}
		return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
	}
	i.client = &http.Client{Transport: p.Transport(base)}
	return i
}

func (i *internet) post(t *testing.T, url string) *http.Response {
	t.Helper()
	response, err := i.client.Post(url, "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return response
}

// wants compares the requests that came since the last time.
func (i *internet) wants(t *testing.T, requests ...string) {
	t.Helper()
	if !slices.Equal(i.got, requests) {
		t.Errorf("got requests\n%s\nwant\n%s", strings.Join(i.got, "\n"), strings.Join(requests, "\n"))
	}
	i.got = nil
}

// What happens with a request.
const (
	token   = "token"
	nothing = "no token"
	refused = "error"
)

func TestTransportHosts(t *testing.T) {
	for name, options := range map[string]struct {
		region string
		opts   []ProviderOption
		hosts  map[string]string
	}{
		"Bedrock": {region, nil, map[string]string{
			"https://bedrock-runtime.eu-central-1.amazonaws.com/":                         token,
			"https://bedrock-runtime.eu-central-1.amazonaws.com:443/model/x/converse?a=b": token,
			"https://BEDROCK-Runtime.EU-Central-1.AmazonAWS.com/":                         token,
			"https://bedrock-runtime.eu-central-1.amazonaws.com./":                        token,
			"https://bedrock.eu-central-1.amazonaws.com/":                                 token,
			"https://bedrock-fips.eu-central-1.amazonaws.com/":                            token,
			"https://bedrock-runtime-fips.eu-central-1.amazonaws.com/":                    token,
			"https://bedrock-runtime.eu-central-1.api.aws/":                               token,
			"https://bedrock-mantle.eu-central-1.api.aws/v1/chat/completions":             token,
			"https://vpce-0a1b2c.bedrock-runtime.eu-central-1.vpce.amazonaws.com/":        token,
			"https://vpce-0a1b2c-eu-central-1a.bedrock.eu-central-1.vpce.amazonaws.com/":  token,
			"http://bedrock-runtime.eu-central-1.amazonaws.com/":                          refused,
			"https://bedrock-runtime.us-east-1.amazonaws.com/":                            refused,
			"https://bedrock-runtime.us-east-1.api.aws/":                                  refused,
			"https://vpce-0a1b2c.bedrock-runtime.us-east-1.vpce.amazonaws.com/":           refused,
			"https://bedrock-runtime.cn-north-1.amazonaws.com.cn/":                        refused,
			"https://bedrock-runtime.eusc-de-east-1.amazonaws.eu/":                        refused,
			"https://aws-external-anthropic.eu-central-1.api.aws/":                        refused,
			"https://bedrock-agent-runtime.eu-central-1.amazonaws.com/":                   nothing,
			"https://s3.eu-central-1.amazonaws.com/":                                      nothing,
			"https://bedrock-runtime.s3.eu-central-1.amazonaws.com/":                      nothing,
			"https://bedrock-runtime.eu-central-1.elb.amazonaws.com/":                     nothing,
			"https://bedrock-runtime.eu-central-1.amazonaws.com.cn/":                      refused,
			"https://bedrock-runtime.eu-central-1.amazonaws.eu/":                          refused,
			"https://bedrock-runtime.eu-central-1.amazonaws.com.example/":                 nothing,
			"https://bedrock-runtime.eu-central-1.amazonaws.example/":                     nothing,
			"https://bedrock-runtime.eu-central-1.amazonaws.com@example.com/":             nothing,
			"https://xbedrock-runtime.eu-central-1.amazonaws.com/":                        nothing,
			"https://x.bedrock-runtime.eu-central-1.amazonaws.com/":                       nothing,
			"https://bedrock-runtime.eu-central-1.vpce.amazonaws.com/":                    nothing,
			"https://vpce-0a1b2c.bedrock-runtime.eu-central-1.amazonaws.com/":             nothing,
			"https://vpce-1.vpce-svc-2.eu-central-1.vpce.amazonaws.com/":                  nothing,
			"https://vpce-1.x.bedrock-runtime.eu-central-1.vpce.amazonaws.com/":           nothing,
			"https://eu-central-1.amazonaws.com/":                                         nothing,
			"https://bedrock-runtime.s3.amazonaws.com/":                                   nothing,
			"https://bedrock-runtime/":                                                    nothing,
			"https://example.com/bedrock-runtime.eu-central-1.amazonaws.com":              nothing,
			"http://example.com/": nothing,
		}},
		"China": {"cn-north-1", nil, map[string]string{
			"https://bedrock-runtime.cn-north-1.amazonaws.com.cn/":                  token,
			"https://bedrock-runtime.cn-north-1.api.amazonwebservices.com.cn/":      token,
			"https://vpce-0a1b2c.bedrock-runtime.cn-north-1.vpce.amazonaws.com.cn/": token,
			"https://bedrock-runtime.cn-north-1.amazonaws.com/":                     refused,
			"https://bedrock-runtime.cn-north-1.api.aws/":                           refused,
		}},
		"Claude Platform": {region, []ProviderOption{WithService(ClaudePlatform)}, map[string]string{
			"https://aws-external-anthropic.eu-central-1.api.aws/v1/messages": token,
			"https://aws-external-anthropic.us-east-1.api.aws/":               refused,
			"http://aws-external-anthropic.eu-central-1.api.aws/":             refused,
			"https://bedrock-runtime.eu-central-1.amazonaws.com/":             refused,
			"https://api.anthropic.com/":                                      nothing,
		}},
		"more hosts": {region, []ProviderOption{WithHosts("gateway.example.com", "Other.example.com:8443"), WithHosts("127.0.0.1:8080", "localhost", "localhost:80", "[::1]:8080")}, map[string]string{
			"https://bedrock-runtime.eu-central-1.amazonaws.com/": token,
			"https://gateway.example.com/":                        token,
			"https://Gateway.example.com:443/":                    token,
			"https://other.example.com:8443/":                     token,
			"http://127.0.0.1:8080/":                              token,
			"https://127.0.0.1:8080/":                             token,
			"http://localhost/":                                   token,
			"http://localhost:80/":                                token,
			"https://localhost/":                                  token,
			"http://[::1]:8080/":                                  token,
			"http://gateway.example.com/":                         refused,
			"http://other.example.com:8443/":                      refused,
			"ftp://localhost:80/":                                 refused,
			"https://gateway.example.com:8443/":                   nothing,
			"https://other.example.com/":                          nothing,
			"https://x.gateway.example.com/":                      nothing,
			"https://example.com/gateway.example.com":             nothing,
			"http://127.0.0.1/":                                   nothing,
			"http://localhost:8080/":                              nothing,
			"http://[::1]/":                                       nothing,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			source := CredentialsFunc(func(context.Context) (Credentials, error) { return example, nil })
			p, err := NewProvider(source, options.region, options.opts...)
			if err != nil {
				t.Fatal(err)
			}
			for url, want := range options.hosts {
				var sent *http.Request
				base := roundTripper(func(r *http.Request) (*http.Response, error) {
					sent = r
					return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: r}, nil
				})
				request, err := http.NewRequestWithContext(t.Context(), "POST", url, strings.NewReader("{}"))
				if err != nil {
					t.Fatal(err)
				}
				response, err := p.Transport(base).RoundTrip(request)
				got := nothing
				if err != nil {
					got = refused
					if !errors.Is(err, ErrHost) || sent != nil {
						t.Errorf("%s: %v, and it was sent: %v", url, err, sent != nil)
					}
				} else {
					if len(response.Request.Header) != 0 {
						t.Errorf("%s: the response has the token", url)
					}
					if len(sent.Header) != 0 {
						got = token
						want, err := p.Token(t.Context())
						header := http.Header{"Authorization": {"Bearer " + want}}
						if p.service == ClaudePlatform {
							header = http.Header{"X-Api-Key": {want}}
						}
						if err != nil || !reflect.DeepEqual(sent.Header, header) {
							t.Errorf("%s: %v, want %v", url, sent.Header, header)
						}
					}
				}
				if got != want {
					t.Errorf("%s: %s, want %s", url, got, want)
				}
			}
		})
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestWithHostsTakesHosts(t *testing.T) {
	source := CredentialsFunc(func(context.Context) (Credentials, error) { return example, nil })
	for _, host := range []string{"", "https://example.com", "example.com/", "user@example.com", "example.com:x", ":80", "exam ple.com", "::1", "example.com?", "example.com#"} {
		if p, err := NewProvider(source, region, WithHosts("example.com", host)); p != nil || !errors.Is(err, ErrHost) {
			t.Errorf("%q: %v, %v", host, p, err)
		}
	}
}

func TestTransportReplacesTheHeaders(t *testing.T) {
	const bedrock, claude = "https://" + runtimeHost + "/", "https://aws-external-anthropic." + region + ".api.aws/"
	for _, test := range []struct {
		service Service
		url     string
		want    http.Header // nil: as it was
	}{
		{Bedrock, bedrock, http.Header{"Authorization": {"Bearer " + referenceFor(Bedrock, example, region, DefaultExpires, noon)}}},
		{ClaudePlatform, claude, http.Header{"X-Api-Key": {referenceFor(ClaudePlatform, example, region, DefaultExpires, noon)}}},
		{Bedrock, "https://example.com/", nil},
		{ClaudePlatform, "https://example.com/", nil},
	} {
		b := newBench(t, WithService(test.service))
		var sent http.Header
		base := roundTripper(func(r *http.Request) (*http.Response, error) {
			sent = r.Header
			return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
		})
		request, err := http.NewRequestWithContext(t.Context(), "GET", test.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		placeholders := http.Header{"Authorization": {"Bearer placeholder", "Basic more"}, "X-Api-Key": {"placeholder"}}
		request.Header = placeholders.Clone()
		if _, err := b.Transport(base).RoundTrip(request); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(request.Header, placeholders) {
			t.Errorf("the caller's request was changed: %v", request.Header)
		}
		if test.want == nil {
			test.want = placeholders
		}
		if !reflect.DeepEqual(sent, test.want) {
			t.Errorf("%s: %v, want %v", test.url, sent, test.want)
		}
	}
}

func TestTransportRedirects(t *testing.T) {
	b := newBench(t)
	i := newInternet(t, b.Provider)
	token := fmt.Sprintf(`"{}" ["Bearer %s"]`, reference(example, region, DefaultExpires, noon))
	const (
		home    = "https://" + runtimeHost
		other   = "https://bedrock." + region + ".amazonaws.com" // Bedrock as well
		away    = "https://example.com"
		without = `"{}" []`
	)
	i.redirects = map[string]string{
		home + "/moved": home + "/here",
		home + "/other": other + "/",
		home + "/away":  away + "/",
		home + "/round": away + "/back",
		away + "/back":  home + "/chosen-elsewhere",
		away + "/in":    home + "/",
	}
	for _, test := range []struct{ from, to string }{
		{home + "/other", other + "/"},
		{home + "/away", away + "/"},
	} {
		i.post(t, test.from)
		i.wants(t, test.from+" "+token, test.to+" "+without)
	}
	i.post(t, home+"/moved")
	i.wants(t, home+"/moved "+token, home+"/here "+token)
	i.post(t, home+"/round")
	i.wants(t, home+"/round "+token, away+"/back "+without, home+"/chosen-elsewhere "+without)
	i.post(t, away+"/in")
	i.wants(t, away+"/in "+without, home+"/ "+without)
	for _, to := range []string{"http://" + runtimeHost + "/", "https://bedrock-runtime.us-east-1.amazonaws.com/"} {
		i.redirects[home+"/wrong"] = to
		if _, err := i.client.Get(home + "/wrong"); !errors.Is(err, ErrHost) {
			t.Errorf("redirected to %s: %v", to, err)
		}
		i.got = nil
	}
}

// closer tells whether a body was closed, as a RoundTripper has to do even when it fails.
type closer struct {
	io.Reader
	closed bool
}

func (c *closer) Close() error { c.closed = true; return nil }

func TestTransportWithoutToken(t *testing.T) {
	b := newBench(t)
	failure := errors.New("source is down")
	b.give = func(context.Context) (Credentials, error) { return Credentials{}, failure }
	i := newInternet(t, b.Provider)
	body := &closer{Reader: bytes.NewReader(nil)}
	_, err := i.client.Post("https://"+runtimeHost+"/", "", body)
	if !errors.Is(err, ErrNoCredentials) || !errors.Is(err, failure) {
		t.Errorf("%v", err)
	}
	if !body.closed {
		t.Error("the request's body is open")
	}
	if _, err := i.client.Get("https://" + runtimeHost + "/"); !errors.Is(err, failure) {
		t.Errorf("without a body: %v", err)
	}
	i.post(t, "https://example.com/")
	i.wants(t, `https://example.com/ "{}" []`)

	// The request's context is the one that is honoured.
	asked, letGo := b.slow(nil)
	defer close(letGo)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-asked
		cancel()
	}()
	request, err := http.NewRequestWithContext(ctx, "GET", "https://"+runtimeHost+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := i.client.Do(request); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	i.wants(t)
}

func TestTransportChecksCertificates(t *testing.T) {
	b := newBench(t)
	i := newInternet(t, b.Provider)
	base := i.client.Transport.(*transport).base.(*http.Transport)
	base.TLSClientConfig = &tls.Config{ServerName: runtimeHost} // not in the server's certificate
	if _, err := i.client.Get("https://" + runtimeHost + "/"); err == nil {
		t.Error("no error")
	}
	i.wants(t)
}

// A service that refuses the tokens of every second before it last changed its mind.
type refusing struct {
	status int
	good   string // the only token that is taken; empty: all
	got    []string
	bodies []*closer // of responses
}

func (s *refusing) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
		r.Body.Close()
	}
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	info, err := Inspect(token)
	if err != nil {
		return nil, err
	}
	s.got = append(s.got, fmt.Sprintf("%d %s", info.IssuedAt.Unix()-noon.Unix(), body))
	response := &closer{Reader: strings.NewReader("why not")}
	s.bodies = append(s.bodies, response)
	status := http.StatusOK
	if s.good != "" && s.good != token {
		status = s.status
	}
	return &http.Response{StatusCode: status, Body: response, Request: r}, nil
}

func TestTransportRenewsARefusedToken(t *testing.T) {
	const url = "https://" + runtimeHost + "/"
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden} {
		b := newBench(t)
		service := &refusing{status: status}
		client := &http.Client{Transport: b.Transport(service)}
		do := func(body io.Reader, want int, requests ...string) {
			t.Helper()
			response, err := client.Post(url, "", body)
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(response.Body)
			response.Body.Close()
			if response.StatusCode != want || string(text) != "why not" || err != nil {
				t.Errorf("status %d %q %v, want %d", response.StatusCode, text, err, want)
			}
			if !slices.Equal(service.got, requests) {
				t.Errorf("requests %q, want %q", service.got, requests)
			}
			for _, body := range service.bodies {
				if !body.closed {
					t.Error("the body of a response is open")
				}
			}
			if response.Request.Header.Get("Authorization") != "" {
				t.Error("the response has the token")
			}
			service.got, service.bodies = nil, nil
		}
		body := func() io.Reader { return strings.NewReader("question") }
		takesOnly := func(second int64) {
			service.good = reference(example, region, DefaultExpires, noon.Add(time.Duration(second)*time.Second))
		}
		do(body(), 200, "0 question")

		// The token of the same second is the same.
		takesOnly(-1)
		do(body(), status, "0 question")
		if b.invalidated.Load() != 1 || b.calls.Load() != 2 {
			t.Errorf("%d calls, %d invalidated", b.calls.Load(), b.invalidated.Load())
		}

		b.clock.Add(60)
		takesOnly(60)
		do(body(), 200, "0 question", "60 question")
		do(nil, 200, "60 ")
		if b.calls.Load() != 3 || b.invalidated.Load() != 2 {
			t.Errorf("%d calls, %d invalidated", b.calls.Load(), b.invalidated.Load())
		}

		// Permission was taken away: not with every request to the source.
		takesOnly(-1)
		b.clock.Add(59)
		do(body(), status, "60 question")
		b.clock.Add(1)
		do(body(), status, "60 question", "120 question")
		for range 100 {
			do(body(), status, "120 question")
		}
		if b.calls.Load() != 4 {
			t.Errorf("%d calls", b.calls.Load())
		}

		// A body that cannot be had again; the next request has a new token.
		b.clock.Add(60)
		takesOnly(180)
		do(io.MultiReader(body()), status, "120 question")
		b.settle()
		do(io.MultiReader(body()), 200, "180 question")

		// A source that fails leaves the kept token, which may be refused for another reason.
		b.clock.Add(60)
		takesOnly(-1)
		b.give = func(context.Context) (Credentials, error) { return Credentials{}, errors.New("down") }
		do(body(), status, "180 question")
		service.good = ""
		do(body(), 200, "180 question")
		if b.calls.Load() != 6 {
			t.Errorf("%d calls", b.calls.Load())
		}
	}
}

// Many requests with one refused token renew it once, and all of them are sent again.
func TestTransportRenewsOnceForAll(t *testing.T) {
	b := newBench(t)
	old, err := b.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b.clock.Add(1)
	var all sync.WaitGroup
	all.Add(64)
	base := roundTripper(func(r *http.Request) (*http.Response, error) {
		if r.Header.Get("Authorization") != "Bearer "+old {
			return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
		}
		all.Done()
		all.Wait()
		return &http.Response{StatusCode: http.StatusForbidden, Body: http.NoBody}, nil
	})
	client := &http.Client{Transport: b.Transport(base)}
	var done sync.WaitGroup
	for range 64 {
		done.Add(1)
		go func() {
			defer done.Done()
			response, err := client.Post("https://"+runtimeHost+"/", "", strings.NewReader("{}"))
			if err != nil || response.StatusCode != http.StatusOK {
				t.Errorf("%v, %v", response, err)
			}
		}()
	}
	done.Wait()
	if calls := b.calls.Load(); calls != 2 {
		t.Errorf("%d calls, want 2", calls)
	}
}

type countingBase struct {
	http.RoundTripper
	idleClosed int
}

func (b *countingBase) CloseIdleConnections() { b.idleClosed++ }

func TestTransportBase(t *testing.T) {
	b := newBench(t)
	if b.Transport(nil).(*transport).base != http.DefaultTransport {
		t.Error("nil is not the default transport")
	}
	base := &countingBase{}
	(&http.Client{Transport: b.Transport(base)}).CloseIdleConnections()
	(&http.Client{Transport: b.Transport(struct{ http.RoundTripper }{})}).CloseIdleConnections()
	if base.idleClosed != 1 {
		t.Errorf("idle connections were closed %d times", base.idleClosed)
	}
}
