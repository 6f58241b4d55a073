package bedrocktoken

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
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

// placeholders are what an API client has in the headers.
var placeholders = http.Header{
	"authorization": {"Bearer placeholder"},
	"Authorization": {"Bearer more", "Basic more"},
	"x-aPI-key":     {"placeholder"},
	"X-Other":       {"stays"},
}

// send gives a request with placeholders to a transport, and returns the headers that it sent, or nil.
func send(t *testing.T, p *Provider, hosts []string, change func(*http.Request), address string) (http.Header, error) {
	t.Helper()
	var sent http.Header
	base := roundTripper(func(r *http.Request) (*http.Response, error) {
		sent = r.Header
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: r}, nil
	})
	body := &closer{Reader: strings.NewReader("{}")}
	request := must(http.NewRequestWithContext(t.Context(), "POST", address, body))
	request.Header = placeholders.Clone()
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
	for _, v := range vectors(t, "hosts.tsv") {
		service, region, address, want := services[v[0]], v[1], v[3], v[4]
		var more []string
		if v[2] != "-" {
			more = append(more, v[2])
		}
		p := must(NewProvider(CredentialsFunc(works), region, WithService(service)))
		token := must(p.Token(t.Context()))
		with := http.Header{"Authorization": {"Bearer " + token}, "X-Other": {"stays"}}
		if service == ClaudePlatform {
			with = http.Header{"X-Api-Key": {token}, "X-Other": {"stays"}}
		}
		sent, err := send(t, p, more, unchanged, address)
		got := "another"
		switch u, _ := url.Parse(address); {
		case errors.Is(err, ErrHost) && strings.Contains(err.Error(), strings.ToLower(u.Hostname())):
			got = "error"
		case err == nil && reflect.DeepEqual(sent, placeholders):
			got = "none"
		case err == nil && reflect.DeepEqual(sent, with):
			got = "token"
		}
		if got != want {
			t.Errorf("%v: %s, %v, %v", v, got, sent, err)
		}
	}
}

// Requests that only a program can make, such as one without a URL. ExampleProvider_Transport has the whole text of an error.
func TestTransportRequests(t *testing.T) {
	for _, test := range []struct {
		change func(*http.Request)
		err    error
		says   string
	}{
		{func(r *http.Request) { r.Header = nil }, ErrNullArgument, "Header"},
		{func(r *http.Request) { r.URL = nil }, ErrNullArgument, "URL"},
		{func(r *http.Request) { r.URL.Opaque = "//example.com/" }, ErrHost, runtimeHost},
	} {
		_, err := send(t, newBench().Provider, nil, test.change, "https://"+runtimeHost)
		if !errors.Is(err, test.err) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%v, want %v %q", err, test.err, test.says)
		}
	}
}

func TestTransportTakesHosts(t *testing.T) {
	p := newBench().Provider
	for _, host := range []string{"", ".", "*", "*.example.com", "example.com.", "https://example.com", "example.com/", "user@example.com",
		"example.com:x", "example.com:", "example.com:0", "example.com:65536", ":80", "exam ple.com", "::1", "example.com?", "example.com#", "example.com\n"} {
		_, err := send(t, p, []string{"example.com", host}, unchanged, "https://example.com/")
		if !errors.Is(err, ErrHost) || !strings.Contains(err.Error(), "host 2 of 2") {
			t.Errorf("%q: %v", host, err)
		}
	}
}

// A proxy sees every request that is sent over http, also one to this machine.
func TestTransportWithProxy(t *testing.T) {
	base := &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: "127.0.0.1:1"})}
	client := &http.Client{Transport: newBench().Transport(base, "localhost")}
	for address, refused := range map[string]bool{"http://localhost/": true, "https://localhost/": false, "http://example.com/": false} {
		if _, err := client.Get(address); errors.Is(err, ErrHost) != refused || err == nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestTransportRedirects(t *testing.T) {
	const (
		home  = "https://" + runtimeHost
		other = "https://bedrock." + region + ".amazonaws.com" // Bedrock as well
		away  = "https://example.com"
	)
	b := newBench()
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
		if r.Header.Get("Authorization") == "Bearer "+at(0) {
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
	b := newBench()
	b.give = fails
	if _, err := send(t, b.Provider, nil, unchanged, "https://"+runtimeHost); !errors.Is(err, errDown) {
		t.Errorf("%v", err)
	}
	if _, err := send(t, b.Provider, nil, unchanged, "https://example.com"); err != nil {
		t.Errorf("needs no token: %v", err)
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

func TestTransportRenewsARefusedToken(t *testing.T) {
	const all, none = -1, -2
	text := func() io.Reader { return strings.NewReader("question") }
	stream := func() io.Reader { return io.MultiReader(text()) } // cannot be had again
	nothing := func() io.Reader { return nil }
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden} {
		b := newBench(WithLogger(slog.New(slog.DiscardHandler)))
		b.timeout = 6 * time.Second
		asked, letGo := b.hangs(nil)
		hangs := b.give
		go func() { <-asked }()

		var good int64 // the second of the token that the service takes
		var got []string
		var bodies []*closer // of responses
		client := &http.Client{Transport: b.Transport(roundTripper(func(r *http.Request) (*http.Response, error) {
			var body []byte
			if r.Body != nil {
				body, _ = io.ReadAll(r.Body)
			}
			info, err := Inspect(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
			if err != nil {
				return nil, err
			}
			second := info.IssuedAt.Unix() - noon.Unix()
			got = append(got, fmt.Sprintf("%d %s", second, body))
			response := &http.Response{StatusCode: status, Body: &closer{Reader: strings.NewReader("why not")}, Request: r}
			if good == all || good == second {
				response.StatusCode = http.StatusOK
			}
			bodies = append(bodies, response.Body.(*closer))
			return response, nil
		}))}
		for number, step := range []struct {
			sleep time.Duration
			good  int64
			give  func(context.Context) (Credentials, error)
			body  func() io.Reader
			ok    bool
			want  []string
			calls int32 // of the source; before all but the first it was told to drop what it keeps
		}{
			{0, all, works, text, true, []string{"0 question"}, 1},
			{0, none, works, text, false, []string{"0 question"}, 2}, // another token of the same second is the same
			{time.Minute, 60, works, text, true, []string{"0 question", "60 question"}, 3},
			{0, 60, works, nothing, true, []string{"60 "}, 3},
			// Permission was taken away: not with every request to the source.
			{59 * time.Second, none, works, text, false, []string{"60 question"}, 3},
			{time.Second, none, works, text, false, []string{"60 question", "120 question"}, 4},
			{0, none, works, text, false, []string{"120 question"}, 4},
			// The next request has a new token.
			{time.Minute, 180, works, stream, false, []string{"120 question"}, 5},
			{0, 180, works, stream, true, []string{"180 question"}, 5},
			// A source that fails leaves the kept token, which may be refused for another reason.
			{time.Minute, none, fails, text, false, []string{"180 question"}, 6},
			{0, all, fails, text, true, []string{"180 question"}, 6},
			// A source that hangs does not keep the refusal back, and its token is for the next request.
			{time.Minute, 300, hangs, text, false, []string{"180 question"}, 7},
			{0, 300, works, text, true, []string{"300 question"}, 7},
		} {
			b.sleep(step.sleep)
			good, b.give, got, bodies = step.good, step.give, nil, nil
			response, err := client.Post("https://"+runtimeHost+"/", "", step.body())
			if err != nil {
				t.Fatal(err)
			}
			said, err := io.ReadAll(response.Body)
			response.Body.Close()
			if (response.StatusCode == http.StatusOK) != step.ok || string(said) != "why not" || err != nil || !slices.Equal(got, step.want) {
				t.Errorf("step %d: status %d %q %v, requests %q", number, response.StatusCode, said, err, got)
			}
			if response.Request.Header.Get("Authorization") != "" || slices.ContainsFunc(bodies, func(c *closer) bool { return !c.closed }) {
				t.Errorf("step %d: the response has the token, or a body is open", number)
			}
			if step.sleep == time.Minute && step.good == 300 {
				close(letGo)
			}
			b.settle()
			if calls := b.calls.Load(); calls != step.calls || b.invalidated.Load() != calls-1 {
				t.Errorf("step %d: %d calls, %d invalidated", number, calls, b.invalidated.Load())
			}
		}
	}
}

// Many requests with one refused token renew it once, and all of them are sent again.
func TestTransportRenewsOnceForAll(t *testing.T) {
	b := newBench()
	b.wants(t, 0, 1)
	b.sleep(time.Second)
	var all, done sync.WaitGroup
	all.Add(64)
	base := roundTripper(func(r *http.Request) (*http.Response, error) {
		status := http.StatusOK
		if r.Header.Get("Authorization") == "Bearer "+at(0) {
			all.Done()
			all.Wait()
			status = http.StatusForbidden
		}
		return &http.Response{StatusCode: status, Body: http.NoBody}, nil
	})
	client := &http.Client{Transport: b.Transport(base)}
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
	b.wants(t, 0, 2)
}

func TestTransportBase(t *testing.T) {
	if newBench().Transport(nil).(*transport).base != http.DefaultTransport {
		t.Error("nil is not the default transport")
	}
	base := &closing{}
	(&http.Client{Transport: newBench().Transport(base)}).CloseIdleConnections()
	(&http.Client{Transport: newBench().Transport(roundTripper(nil))}).CloseIdleConnections()
	if base.closed != 1 {
		t.Errorf("idle connections were closed %d times", base.closed)
	}
}

type closing struct {
	roundTripper
	closed int
}

func (c *closing) CloseIdleConnections() { c.closed++ }
