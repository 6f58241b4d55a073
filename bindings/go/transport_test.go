package bedrocktoken

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const runtimeHost = "bedrock-runtime." + region + ".amazonaws.com"

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// send gives a request to a transport, and returns the headers that it sent, or nil.
func send(t *testing.T, p *Provider, hosts []string, change func(*http.Request), address string) (http.Header, error) {
	t.Helper()
	var sent http.Header
	base := roundTripper(func(r *http.Request) (*http.Response, error) {
		sent = r.Header
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: r}, nil
	})
	body := &closer{Reader: strings.NewReader("{}")}
	request, err := http.NewRequestWithContext(t.Context(), "POST", address, body)
	if err != nil {
		t.Fatal(err)
	}
	change(request)
	before := request.Header.Clone()
	response, err := p.Transport(base, hosts...).RoundTrip(request)
	if err != nil && (sent != nil || !body.closed) {
		t.Errorf("%s: refused, and sent, or its body is open", address)
	}
	if !reflect.DeepEqual(request.Header, before) || response != nil && response.Request != request {
		t.Errorf("%s: the caller's request was changed, or the response has another", address)
	}
	return sent, err
}

func unchanged(*http.Request) {}

// The cases that every hook of the project is held to.
func TestTransportHosts(t *testing.T) {
	services := map[string]Service{"bedrock": Bedrock, "claude-platform": ClaudePlatform}
	for _, v := range vectors(t, "hosts.tsv", 5) {
		service, region, address, want := services[v[0]], v[1], v[3], v[4]
		var more []string
		if v[2] != "-" {
			more = append(more, v[2])
		}
		p, err := NewProvider(CredentialsFunc(works), region, WithService(service))
		if err != nil {
			t.Fatal(err)
		}
		token, err := p.Token(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		with := http.Header{"Authorization": {"Bearer " + token}}
		if service == ClaudePlatform {
			with = http.Header{"X-Api-Key": {token}}
		}
		sent, err := send(t, p, more, unchanged, address)
		got := "token"
		switch u, _ := url.Parse(address); {
		case errors.Is(err, ErrHost) && strings.Contains(err.Error(), strings.ToLower(u.Hostname())):
			got = "error"
		case err == nil && len(sent) == 0:
			got = "none"
		case err != nil || !reflect.DeepEqual(sent, with):
			t.Errorf("%v: %v, %v", v, sent, err)
		}
		if got != want {
			t.Errorf("%v: %s, %v", v, got, err)
		}
	}
}

func TestTransportRequests(t *testing.T) {
	placeholders := http.Header{"authorization": {"Bearer placeholder"}, "Authorization": {"Bearer more", "Basic more"}, "x-aPI-key": {"placeholder"}, "X-Other": {"stays"}}
	with := func(header string, service Service, value string) http.Header {
		return http.Header{header: {value + at(t, service, 0)}, "X-Other": {"stays"}}
	}
	const claude = "https://aws-external-anthropic." + region + ".api.aws/"
	for _, test := range []struct {
		service Service
		address string
		change  func(*http.Request)
		want    http.Header
		err     error
		says    string
	}{
		{Bedrock, "https://" + runtimeHost, unchanged, with("Authorization", Bedrock, "Bearer "), nil, ""},
		{ClaudePlatform, claude, unchanged, with("X-Api-Key", ClaudePlatform, ""), nil, ""},
		{Bedrock, "https://example.com/", unchanged, placeholders, nil, ""},
		{ClaudePlatform, "https://example.com/", unchanged, placeholders, nil, ""},
		{Bedrock, "https://" + runtimeHost, func(r *http.Request) { r.Header = nil }, nil, ErrNullArgument, "Header"},
		{Bedrock, "https://" + runtimeHost, func(r *http.Request) { r.URL = nil }, nil, ErrNullArgument, "URL"},
		{Bedrock, "https://" + runtimeHost, func(r *http.Request) { r.URL.Opaque = "//example.com/" }, nil, ErrHost, runtimeHost},
		{Bedrock, "https://" + runtimeHost + "./", unchanged, nil, ErrHost, runtimeHost + "."},
		{Bedrock, "https://bedrock.us-east-1.amazonaws.com/", unchanged, nil, ErrHost,
			"host bedrock.us-east-1.amazonaws.com: the provider's tokens are for bedrock in eu-central-1"},
		{Bedrock, claude, unchanged, nil, ErrHost, "are for bedrock in"},
	} {
		sent, err := send(t, newBench(t, WithService(test.service)).Provider, nil, func(r *http.Request) {
			r.Header = placeholders.Clone()
			test.change(r)
		}, test.address)
		if !errors.Is(err, test.err) || err != nil && !strings.Contains(err.Error(), test.says) || !reflect.DeepEqual(sent, test.want) {
			t.Errorf("%s: %v, %v; want %v, %v %q", test.address, sent, err, test.want, test.err, test.says)
		}
	}
}

func TestTransportTakesHosts(t *testing.T) {
	p := newBench(t).Provider
	for _, host := range []string{"", ".", "*", "*.example.com", "example.com.", "https://example.com", "example.com/", "user@example.com",
		"example.com:x", "example.com:", "example.com:0", "example.com:65536", ":80", "exam ple.com", "::1", "example.com?", "example.com#", "example.com\n"} {
		_, err := send(t, p, []string{"example.com", host}, unchanged, "https://example.com/")
		if !errors.Is(err, ErrHost) || !strings.Contains(err.Error(), "host 2 of 2") {
			t.Errorf("%q: %v", host, err)
		}
	}
}

// What is sent over http to this machine is seen by a proxy all the same.
func TestTransportWithProxy(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Errorf("the proxy saw a token for %s", r.URL)
		}
	}))
	defer proxy.Close()
	address, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	base := &http.Transport{Proxy: http.ProxyURL(address)}
	client := &http.Client{Transport: newBench(t).Transport(base, "localhost")}
	if _, err := client.Get("http://localhost/"); !errors.Is(err, ErrHost) || !strings.Contains(err.Error(), "proxy") {
		t.Errorf("%v", err)
	}
	response, err := client.Get("http://example.com/")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
}

func TestTransportRedirects(t *testing.T) {
	const (
		home  = "https://" + runtimeHost
		other = "https://bedrock." + region + ".amazonaws.com" // Bedrock as well
		away  = "https://example.com"
	)
	b := newBench(t)
	redirects := map[string]string{
		home + "/moved": home + "/here",
		home + "/other": other + "/",
		home + "/round": away + "/back",
		away + "/back":  home + "/chosen-elsewhere",
		away + "/in":    home + "/",
		home + "/plain": "http://" + runtimeHost + "/",
		home + "/far":   "https://bedrock-runtime.us-east-1.amazonaws.com/",
	}
	var got []string
	base := roundTripper(func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		if err != nil || string(body) != "{}" {
			t.Errorf("%s: %q, %v", r.URL, body, err)
		}
		text := r.URL.String()
		if r.Header.Get("Authorization") == "Bearer "+at(t, Bedrock, 0) {
			text += " with"
		}
		got = append(got, text)
		response := &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: r, Header: http.Header{}}
		if to, ok := redirects[r.URL.String()]; ok {
			response.StatusCode = http.StatusTemporaryRedirect
			response.Header.Set("Location", to)
		}
		return response, nil
	})
	for _, test := range []struct {
		err  error
		want []string
	}{
		{nil, []string{home + "/moved with", home + "/here with"}},
		{nil, []string{home + "/other with", other + "/"}},
		{nil, []string{home + "/round with", away + "/back", home + "/chosen-elsewhere"}},
		{nil, []string{away + "/in", home + "/"}},
		{ErrHost, []string{home + "/plain with"}},
		{ErrHost, []string{home + "/far with"}},
	} {
		got = nil
		from := strings.TrimSuffix(test.want[0], " with")
		_, err := (&http.Client{Transport: b.Transport(base)}).Post(from, "", strings.NewReader("{}"))
		if !errors.Is(err, test.err) || !slices.Equal(got, test.want) {
			t.Errorf("%v, %v; want %v", got, err, test.want)
		}
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
	b.give = fails
	for _, test := range []struct {
		address string
		err     error
	}{{"https://" + runtimeHost, errDown}, {"https://example.com", nil}} {
		if sent, err := send(t, b.Provider, nil, unchanged, test.address); !errors.Is(err, test.err) || len(sent) != 0 {
			t.Errorf("%s: %v, %v", test.address, sent, err)
		}
	}

	// The request's context is the one that is honoured.
	asked, letGo := b.hangs(nil)
	defer close(letGo)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-asked
		cancel()
	}()
	waits := func(r *http.Request) { *r = *r.WithContext(ctx) }
	if _, err := send(t, b.Provider, nil, waits, "https://"+runtimeHost); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
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
		b := newBench(t, WithLogger(slog.New(slog.DiscardHandler)))
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
			service.good = at(t, Bedrock, second)
		}
		do(body(), 200, "0 question")

		// The token of the same second is the same.
		takesOnly(-1)
		do(body(), status, "0 question")
		if b.invalidated.Load() != 1 || b.calls.Load() != 2 {
			t.Errorf("%d calls, %d invalidated", b.calls.Load(), b.invalidated.Load())
		}

		b.sleep(time.Minute)
		takesOnly(60)
		do(body(), 200, "0 question", "60 question")
		do(nil, 200, "60 ")
		if b.calls.Load() != 3 || b.invalidated.Load() != 2 {
			t.Errorf("%d calls, %d invalidated", b.calls.Load(), b.invalidated.Load())
		}

		// Permission was taken away: not with every request to the source.
		takesOnly(-1)
		b.sleep(59 * time.Second)
		do(body(), status, "60 question")
		b.sleep(time.Second)
		do(body(), status, "60 question", "120 question")
		for range 100 {
			do(body(), status, "120 question")
		}
		if b.calls.Load() != 4 {
			t.Errorf("%d calls", b.calls.Load())
		}

		// A body that cannot be had again; the next request has a new token.
		b.sleep(time.Minute)
		takesOnly(180)
		do(io.MultiReader(body()), status, "120 question")
		b.settle()
		do(io.MultiReader(body()), 200, "180 question")

		// A source that fails leaves the kept token, which may be refused for another reason.
		b.sleep(time.Minute)
		takesOnly(-1)
		b.give = fails
		do(body(), status, "180 question")
		service.good = ""
		do(body(), 200, "180 question")
		if b.calls.Load() != 6 {
			t.Errorf("%d calls", b.calls.Load())
		}

		// A source that hangs does not keep the refusal back, and its token is for the next request.
		b.sleep(time.Minute)
		takesOnly(300)
		b.timeout = 6 * time.Second
		asked, letGo := b.hangs(nil)
		go func() { <-asked }()
		do(body(), status, "180 question")
		close(letGo)
		b.settle()
		do(body(), 200, "300 question")
	}
}

// Many requests with one refused token renew it once, and all of them are sent again.
func TestTransportRenewsOnceForAll(t *testing.T) {
	b := newBench(t)
	old, err := b.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b.sleep(time.Second)
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
