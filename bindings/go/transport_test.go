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
	"slices"
	"strings"
	"testing"
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

func TestTransportHosts(t *testing.T) {
	b := newBench(t)
	i := newInternet(t, b.Provider)
	with := fmt.Sprintf(`["Bearer %s"]`, reference(example, region, DefaultExpires, noon))
	for _, test := range []struct {
		url  string
		want bool
	}{
		{"https://bedrock-runtime.eu-central-1.amazonaws.com/", true},
		{"https://bedrock-runtime.eu-central-1.amazonaws.com:443/model/x/converse?a=b", true},
		{"https://BEDROCK-Runtime.EU-Central-1.AmazonAWS.com/", true},
		{"https://bedrock.eu-central-1.amazonaws.com/", true},
		{"https://bedrock-fips.eu-central-1.amazonaws.com/", true},
		{"https://bedrock-runtime-fips.eu-central-1.amazonaws.com/", true},
		{"https://bedrock-runtime.eu-central-1.api.aws/", true},
		{"https://bedrock-mantle.eu-central-1.api.aws/v1/chat/completions", true},
		{"https://vpce-0a1b2c.bedrock-runtime.eu-central-1.vpce.amazonaws.com/", true},

		{"http://bedrock-runtime.eu-central-1.amazonaws.com/", false},
		{"https://bedrock-runtime.us-east-1.amazonaws.com/", false},
		{"https://bedrock-agent-runtime.eu-central-1.amazonaws.com/", false},
		{"https://s3.eu-central-1.amazonaws.com/", false},
		{"https://bedrock-runtime.s3.amazonaws.com/", false},
		{"https://bedrock-runtime.s3.eu-central-1.amazonaws.com/", false},
		{"https://bedrock-runtime.eu-central-1.elb.amazonaws.com/", false},
		{"https://bedrock-runtime.eu-central-1.amazonaws.com.example/", false},
		{"https://bedrock-runtime.eu-central-1.amazonaws.example/", false},
		{"https://bedrock-runtime.eu-central-1.amazonaws.com@example.com/", false},
		{"https://xbedrock-runtime.eu-central-1.amazonaws.com/", false},
		{"https://x.bedrock-runtime.eu-central-1.amazonaws.com/", false},
		{"https://bedrock-runtime.eu-central-1.vpce.amazonaws.com/", false},
		{"https://vpce-1.vpce-svc-2.eu-central-1.vpce.amazonaws.com/", false},
		{"https://vpce-1.x.bedrock-runtime.eu-central-1.vpce.amazonaws.com/", false},
		{"https://eu-central-1.amazonaws.com/", false},
		{"https://example.com/bedrock-runtime.eu-central-1.amazonaws.com", false},
	} {
		response := i.post(t, test.url)
		if len(i.got) != 1 || strings.HasSuffix(i.got[0], " "+with) != test.want ||
			strings.Contains(i.got[0], "Bearer") != test.want {
			t.Errorf("%s: %v, want a token: %v", test.url, i.got, test.want)
		}
		if strings.Contains(response.Request.Header.Get("Authorization"), "Bearer") {
			t.Errorf("%s: the response has the token", test.url)
		}
		i.got = nil
	}
}

func TestTransportReplacesTheHeader(t *testing.T) {
	b := newBench(t)
	i := newInternet(t, b.Provider)
	token := reference(example, region, DefaultExpires, noon)
	for url, want := range map[string]string{
		"https://" + runtimeHost + "/": "Bearer " + token,
		"https://example.com/":         "Bearer placeholder",
	} {
		request, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header["Authorization"] = []string{"Bearer placeholder", "Basic more"}
		response, err := i.client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if got := request.Header.Get("Authorization"); got != "Bearer placeholder" {
			t.Errorf("the caller's request was changed: %s", got)
		}
		if len(i.got) != 1 || !strings.Contains(i.got[0], want) || strings.Contains(i.got[0], "placeholder") == strings.Contains(i.got[0], token) {
			t.Errorf("%s: %s, want %s", url, i.got, want)
		}
		i.got = nil
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
		home + "/plain": "http://" + runtimeHost + "/",
		home + "/round": away + "/back",
		away + "/back":  home + "/chosen-elsewhere",
		away + "/in":    home + "/",

		"http://" + runtimeHost + "/up": home + "/",
	}
	for _, test := range []struct{ from, to string }{
		{home + "/other", other + "/"},
		{home + "/away", away + "/"},
		{home + "/plain", "http://" + runtimeHost + "/"},
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
	i.post(t, "http://"+runtimeHost+"/up")
	i.wants(t, "http://"+runtimeHost+"/up "+without, home+"/ "+without)
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
