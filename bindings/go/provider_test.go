package bedrocktoken

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// bench is a provider on a test bench: its clock and its source are in the test's hands.
type bench struct {
	*Provider
	clock atomic.Int64 // Unix seconds
	calls atomic.Int32
	// give is what the source does; tests change it between renewals.
	give func(ctx context.Context) (Credentials, error)

	invalidated atomic.Int32
}

func newBench(t *testing.T, opts ...ProviderOption) *bench {
	b := &bench{give: func(context.Context) (Credentials, error) { return example, nil }}
	b.clock.Store(noon.Unix())
	p, err := NewProvider(b, region, opts...)
	if err != nil {
		t.Fatal(err)
	}
	p.now = func() time.Time { return time.Unix(b.clock.Load(), 0) }
	b.Provider = p
	return b
}

func (b *bench) Retrieve(ctx context.Context) (Credentials, error) {
	b.calls.Add(1)
	return b.give(ctx)
}

// The source's method, which has the name of the provider's.
func (b *bench) Invalidate() { b.invalidated.Add(1) }

// lives makes credentials that end so many seconds from now.
func (b *bench) lives(seconds int64) {
	c := example
	c.Expires = time.Unix(b.clock.Load()+seconds, 0)
	b.give = func(context.Context) (Credentials, error) { return c, nil }
}

// issued gets a token, lets a renewal that this may have started end, and tells how many seconds
// ago the token was issued.
func (b *bench) issued(t *testing.T) int64 {
	t.Helper()
	token, err := b.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b.settle()
	info, err := Inspect(token)
	if err != nil {
		t.Fatal(err)
	}
	return b.clock.Load() - info.IssuedAt.Unix()
}

func (b *bench) settle() {
	b.mu.Lock()
	renewal := b.renewal
	b.mu.Unlock()
	if renewal != nil {
		<-renewal.done
	}
}

// The cases that every provider of the project is held to.
func TestProviderRenewal(t *testing.T) {
	for _, v := range vectors(t, "renewal.tsv", 4) {
		var at [3]int64
		for i := range at {
			var err error
			if at[i], err = strconv.ParseInt(v[i], 10, 64); err != nil {
				t.Fatal(err)
			}
		}
		issued, ends, asked, want := at[0], at[1], at[2], v[3]

		for _, byCredentials := range []bool{true, false} {
			b := newBench(t)
			b.clock.Store(issued)
			if byCredentials {
				b.lives(ends - issued)
			} else {
				b.expires = time.Duration(ends-issued) * time.Second
			}
			kept, err := b.Token(t.Context())
			if err != nil {
				t.Fatal(err)
			}

			// While the source is asked, a caller leaves if it has to wait.
			ctx, leave := context.WithCancel(t.Context())
			letGo := make(chan struct{})
			b.give = func(context.Context) (Credentials, error) {
				leave()
				<-letGo
				return Credentials{}, errors.New("no")
			}
			b.clock.Store(asked)
			during, err := b.Token(ctx)
			waits := errors.Is(err, context.Canceled)
			if err != nil && !waits {
				t.Fatal(err)
			}
			close(letGo)
			b.settle()
			calls := b.calls.Load()
			after, err := b.Token(t.Context()) // the renewal has failed
			leave()

			got := "unlike any"
			switch {
			case during == kept && calls == 1:
				got = "kept"
			case during == kept && calls == 2 && after == kept:
				got = "renew"
			case waits && calls == 2 && after == kept:
				got = "wait"
			case waits && calls == 2 && after == "" && errors.Is(err, ErrNoCredentials):
				got = "ended"
			}
			if got != want {
				t.Errorf("%v, by credentials: %v: %s", v, byCredentials, got)
			}
		}
	}
}

func TestProviderRenews(t *testing.T) {
	for _, wait := range []bool{false, true} {
		b := newBench(t)
		b.issued(t)
		b.clock.Add(43200 - 300)
		want := int64(43200 - 300)
		if wait {
			b.clock.Add(270)
			want = 0
		}
		if got := b.issued(t); got != want || b.calls.Load() != 2 {
			t.Errorf("issued %d s ago, want %d; %d calls", got, want, b.calls.Load())
		}
		if b.issued(t) != 0 || b.calls.Load() != 2 {
			t.Error("not renewed, or more than once")
		}
	}
}

func TestProviderRetriesSeldom(t *testing.T) {
	b := newBench(t)
	b.issued(t)
	failure := errors.New("source is down")
	b.give = func(context.Context) (Credentials, error) { return Credentials{}, failure }
	end := b.clock.Load() + 43200
	b.clock.Store(end - 300)
	for range 10 {
		b.issued(t)
	}
	b.clock.Store(end - 271)
	b.issued(t)
	if calls := b.calls.Load(); calls != 2 {
		t.Errorf("%d calls, want the first and a failed one", calls)
	}
	b.clock.Store(end - 270) // a tenth of the rest later
	b.issued(t)
	b.issued(t)
	if calls := b.calls.Load(); calls != 3 {
		t.Errorf("%d calls, want one more", calls)
	}
	b.clock.Store(end - 9) // never more often than once a second
	for range 1000 {
		b.issued(t)
	}
	if calls := b.calls.Load(); calls != 4 {
		t.Errorf("%d calls, want one more", calls)
	}
	b.clock.Store(end)
	_, err := b.Token(t.Context())
	if !errors.Is(err, ErrNoCredentials) || !errors.Is(err, failure) || !strings.HasSuffix(err.Error(), ": source is down") {
		t.Errorf("%v", err)
	}
	b.give = func(context.Context) (Credentials, error) { return example, nil }
	if b.issued(t) != 0 {
		t.Error("no new token when the source is back")
	}
}

// A failed renewal at the end of a second is not tried again a moment later.
func TestProviderRetriesAfterASecond(t *testing.T) {
	b := newBench(t)
	b.issued(t)
	var millis int64
	b.now = func() time.Time { return time.Unix(b.clock.Load(), millis*1e6) }
	b.give = func(context.Context) (Credentials, error) { return Credentials{}, errors.New("no") }
	b.clock.Add(43200 - 5)
	for _, test := range []struct {
		seconds, millis int64
		calls           int32
	}{{0, 900, 2}, {1, 999, 2}, {1, 0, 3}, {0, 999, 3}, {1, 0, 4}} {
		b.clock.Add(test.seconds)
		millis = test.millis
		if _, err := b.Token(t.Context()); err != nil || b.calls.Load() != test.calls {
			t.Errorf("%d.%03d: %d calls, want %d, %v", b.clock.Load(), millis, b.calls.Load(), test.calls, err)
		}
		b.settle()
	}
}

func TestProviderFollowsTheClock(t *testing.T) {
	b := newBench(t)
	start := b.clock.Load()
	b.issued(t)
	b.clock.Store(start + 43200*100) // a laptop woke up
	if b.issued(t) != 0 {
		t.Error("an old token after a sleep")
	}
	b.clock.Store(start + 43200*100 - 300) // back by as much as the service tolerates
	if b.issued(t) != -300 {
		t.Error("a new token after a small step back")
	}
	b.clock.Store(start)
	if b.issued(t) != 0 {
		t.Error("a token from the future")
	}
	if calls := b.calls.Load(); calls != 3 {
		t.Errorf("%d calls", calls)
	}
}

func TestProviderErrors(t *testing.T) {
	source := CredentialsFunc(func(context.Context) (Credentials, error) { return example, nil })
	for _, test := range []struct {
		source  CredentialsProvider
		region  string
		expires time.Duration
		want    Error
	}{
		{nil, region, time.Hour, ErrNullArgument},
		{source, "", time.Hour, ErrRegion},
		{source, "eu central", time.Hour, ErrRegion},
		{source, region, 0, ErrExpires},
		{source, region, time.Millisecond, ErrExpires},
		{source, region, 13 * time.Hour, ErrExpires},
	} {
		if p, err := NewProvider(test.source, test.region, WithExpires(test.expires)); p != nil || !errors.Is(err, test.want) {
			t.Errorf("%v, %v, want %v", p, err, test.want)
		}
	}

	b := newBench(t)
	b.lives(0)
	if _, err := b.Token(t.Context()); err != ErrCredentialsExpired {
		t.Errorf("expired: %v", err)
	}
	b.give = func(context.Context) (Credentials, error) { return Credentials{AccessKeyID: "A"}, nil }
	if _, err := b.Token(t.Context()); err != ErrSecret {
		t.Errorf("no secret: %v", err)
	}
	b.lives(b.clock.Load() * 999) // milliseconds
	if _, err := b.Token(t.Context()); err != ErrTime {
		t.Errorf("the wrong unit: %v", err)
	}
	b.give = func(context.Context) (Credentials, error) { runtime.Goexit(); panic("unreachable") }
	if _, err := b.Token(t.Context()); !errors.Is(err, ErrNoCredentials) {
		t.Errorf("Goexit: %v", err)
	}
	b.give = func(context.Context) (Credentials, error) { return example, nil }
	b.clock.Store(-1)
	if _, err := b.Token(t.Context()); err != ErrTime {
		t.Errorf("before 1970: %v", err)
	}
}

func TestProviderWithPanic(t *testing.T) {
	b := newBench(t)
	cause := errors.New("a defect of the source")
	for _, value := range []any{"no more", cause} {
		b.give = func(context.Context) (Credentials, error) { panic(value) }
		_, err := b.Token(t.Context())
		var panicked *PanicError
		if !errors.Is(err, ErrNoCredentials) || !errors.As(err, &panicked) || panicked.Value != value ||
			!strings.HasSuffix(err.Error(), fmt.Sprintf("panic: %v", value)) ||
			!strings.Contains(string(panicked.Stack), "TestProviderWithPanic") {
			t.Errorf("%v", err)
		}
		if errors.Is(err, cause) != (value == cause) {
			t.Errorf("%v wraps the panic's value: %v", err, errors.Is(err, cause))
		}
	}
	b.give = func(context.Context) (Credentials, error) { return example, nil }
	if b.issued(t) != 0 {
		t.Error("no token after a panic")
	}
}

// A source that uses its own provider would wait for itself.
func TestProviderFromWithinItsSource(t *testing.T) {
	b := newBench(t)
	var kept context.Context
	b.give = func(ctx context.Context) (Credentials, error) {
		kept = ctx
		inner, cancel := context.WithCancel(ctx)
		defer cancel()
		_, err := b.Token(inner)
		return Credentials{}, err
	}
	if _, err := b.Token(t.Context()); !errors.Is(err, ErrReentrant) || !errors.Is(err, ErrNoCredentials) {
		t.Errorf("%v", err)
	}
	// When the source has returned, its context is as good as any.
	b.give = func(context.Context) (Credentials, error) { return example, nil }
	if _, err := b.Token(context.WithoutCancel(kept)); err != nil {
		t.Errorf("later: %v", err)
	}

	// A request of the source gets the kept token, and does not wait for another.
	b.clock.Add(43200 - 300)
	statuses := make(chan int, 1)
	b.give = func(ctx context.Context) (Credentials, error) {
		refuses := roundTripper(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusForbidden, Body: http.NoBody}, nil
		})
		request, err := http.NewRequestWithContext(ctx, "GET", "https://"+runtimeHost+"/", nil)
		if err != nil {
			return Credentials{}, err
		}
		response, err := b.Transport(refuses).RoundTrip(request)
		if err != nil {
			return Credentials{}, err
		}
		statuses <- response.StatusCode
		return example, nil
	}
	b.issued(t)
	if got := <-statuses; got != http.StatusForbidden || b.issued(t) != 0 {
		t.Errorf("status %d", got)
	}
}

func TestProviderWithSourceThatHangs(t *testing.T) {
	b := newBench(t)
	b.timeout = time.Millisecond
	asked, letGo := make(chan struct{}), make(chan struct{})
	hangs := func(context.Context) (Credentials, error) {
		asked <- struct{}{}
		<-letGo
		return example, nil
	}
	works := func(context.Context) (Credentials, error) { return example, nil }
	fails := func(calls int32) {
		t.Helper()
		if _, err := b.Token(t.Context()); !errors.Is(err, ErrNoCredentials) || !strings.Contains(err.Error(), "does not return") {
			t.Errorf("%v", err)
		}
		if got := b.calls.Load(); got != calls {
			t.Errorf("%d calls, want %d", got, calls)
		}
	}
	returned := func() { // waits until the calls that were given up have returned
		t.Helper()
		for deadline := time.Now().Add(time.Minute); ; {
			b.mu.Lock()
			stuck := b.stuck
			b.mu.Unlock()
			if stuck == 0 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatal("the calls that hung were not seen to return")
			}
			runtime.Gosched()
		}
	}
	b.give = hangs
	fails(1)
	<-asked
	b.give = works
	b.clock.Add(59)
	fails(1) // at once, because it would hang again
	b.give = hangs
	b.clock.Add(1)
	fails(2)
	<-asked
	b.clock.Add(119)
	fails(2)

	// The provider works when the source does, whether or not the other calls have returned.
	b.give = works
	b.clock.Add(1)
	if b.issued(t) != 0 {
		t.Error("no token when the source is back")
	}
	b.clock.Add(10)
	close(letGo)
	returned()
	if b.issued(t) != 10 {
		t.Error("a token of a call that was given up")
	}

	// When all calls have returned, the next one comes at once.
	once := make(chan struct{})
	b.give = func(context.Context) (Credentials, error) {
		asked <- struct{}{}
		<-once
		return example, nil
	}
	b.Provider.Invalidate("")
	calls := b.calls.Load()
	fails(calls + 1)
	<-asked
	close(once)
	returned()
	b.give = works
	if b.issued(t) != 0 {
		t.Error("no token when the call that hung has returned")
	}
	b.clock.Add(10)

	// A token that holds is handed out meanwhile.
	never := make(chan struct{})
	defer close(never)
	b.give = func(context.Context) (Credentials, error) {
		asked <- struct{}{}
		<-never
		return example, nil
	}
	b.clock.Add(43200 - 20)
	if b.issued(t) != 43200-10 {
		t.Error("no kept token when its renewal hangs")
	}
	<-asked
	b.clock.Add(9)
	if b.issued(t) != 43200-1 {
		t.Error("no kept token after its renewal hung")
	}
	calls = b.calls.Load()
	b.clock.Add(1)
	fails(calls)
}

func TestProviderTokenFor(t *testing.T) {
	b := newBench(t, WithExpires(time.Hour))
	start := b.clock.Load()
	get := func(atLeast time.Duration, want int64, calls int32) {
		t.Helper()
		token, ends, err := b.TokenFor(t.Context(), atLeast)
		if err != nil {
			t.Fatal(err)
		}
		b.settle()
		info, err := Inspect(token)
		if err != nil || info.IssuedAt.Unix() != start+want || b.calls.Load() != calls {
			t.Errorf("%v, %d calls, %v; want one of %d and %d calls", info, b.calls.Load(), err, want, calls)
		}
		if ends.Location() != time.UTC || info.ExpiresAt.Before(ends) || ends.Unix()-b.clock.Load() < int64(atLeast/time.Second) {
			t.Errorf("ends %v, and the token %v", ends, info.ExpiresAt)
		}
	}
	short := func(atLeast time.Duration, calls int32) {
		t.Helper()
		if token, ends, err := b.TokenFor(t.Context(), atLeast); token != "" || !ends.IsZero() || !errors.Is(err, ErrEndsTooSoon) {
			t.Errorf("%q, %v, %v", token, ends, err)
		}
		if got := b.calls.Load(); got != calls {
			t.Errorf("%d calls, want %d", got, calls)
		}
	}
	get(0, 0, 1)
	get(time.Hour, 0, 1)
	b.clock.Store(start + 600)
	get(50*time.Minute, 0, 1)
	get(50*time.Minute+time.Nanosecond, 600, 2)
	short(time.Hour+1, 2)

	// Credentials that end in ten minutes.
	b.lives(600)
	b.clock.Store(start + 700)
	short(time.Hour, 3)
	for range 1000 {
		short(time.Hour, 3)
	}
	get(0, 700, 3)
	get(5*time.Minute, 700, 3)
	b.clock.Store(start + 749)
	short(time.Hour, 3)
	short(460*time.Second, 4) // less than there was not, so it is tried
	short(30*time.Minute, 4)
	get(450*time.Second, 749, 4)
	b.clock.Store(start + 749 + 46)
	short(30*time.Minute, 5)

	// Time passes between the renewal and its end.
	b = newBench(t, WithExpires(time.Hour))
	b.now = func() time.Time { return time.Unix(b.clock.Add(1), 0) }
	if _, _, err := b.TokenFor(t.Context(), time.Hour); err != nil || b.calls.Load() != 1 {
		t.Errorf("%v, %d calls", err, b.calls.Load())
	}

	b = newBench(t)
	b.lives(11 * 3600)
	for range 1000 {
		short(11*time.Hour+time.Second, 1)
	}
	b = newBench(t, WithExpires(time.Hour))
	b.lives(600)
	b.issued(t)

	failure := errors.New("source is down")
	b.give = func(context.Context) (Credentials, error) { return Credentials{}, failure }
	b.clock.Add(70)
	if _, _, err := b.TokenFor(t.Context(), 30*time.Minute); !errors.Is(err, failure) {
		t.Errorf("%v", err)
	}
	if b.issued(t) != 70 {
		t.Error("the kept token was lost")
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := b.TokenFor(done, 0); err != context.Canceled {
		t.Errorf("%v", err)
	}
}

func TestProviderInvalidate(t *testing.T) {
	b := newBench(t)
	b.issued(t)
	if b.Region() != region {
		t.Error(b.Region())
	}
	b.clock.Add(60)
	if b.issued(t) != 60 {
		t.Error("not kept")
	}
	b.Provider.Invalidate("")
	if b.issued(t) != 0 || b.calls.Load() != 2 || b.invalidated.Load() != 1 {
		t.Error("not dropped, or its source was not told")
	}
}

// slow makes a source that waits to be let go, and says when it was asked.
func (b *bench) slow(failure error) (asked chan context.Context, letGo chan struct{}) {
	asked, letGo = make(chan context.Context), make(chan struct{})
	b.give = func(ctx context.Context) (Credentials, error) {
		asked <- ctx
		<-letGo
		return example, failure
	}
	return asked, letGo
}

type contextKey struct{}

func TestProviderWithSlowSource(t *testing.T) {
	b := newBench(t)
	asked, letGo := b.slow(nil)

	type result struct {
		token string
		err   error
	}
	first, leave := context.WithCancel(context.WithValue(t.Context(), contextKey{}, "value"))
	get := func(ctx context.Context) chan result {
		got := make(chan result, 1)
		go func() {
			token, err := b.Token(ctx)
			got <- result{token, err}
		}()
		return got
	}
	left := get(first)
	renewal := <-asked

	var waiting []chan result
	for range 64 {
		waiting = append(waiting, get(t.Context()))
	}
	// The one whose call started the renewal leaves, and nobody else is disturbed.
	leave()
	if r := <-left; r.err != context.Canceled || r.token != "" {
		t.Errorf("cancelled: %+v", r)
	}
	late, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if r := <-get(late); r.err != context.DeadlineExceeded || r.token != "" {
		t.Errorf("timed out: %+v", r)
	}
	if renewal.Err() != nil || renewal.Value(contextKey{}) != "value" {
		t.Error("the source's context is done, or has lost its values")
	}
	if deadline, ok := renewal.Deadline(); !ok || time.Until(deadline) > time.Minute {
		t.Error("the source may take for ever")
	}
	close(letGo)
	want := reference(example, region, DefaultExpires, noon)
	for _, w := range waiting {
		if r := <-w; r.token != want || r.err != nil {
			t.Fatalf("%+v", r)
		}
	}
	if calls := b.calls.Load(); calls != 1 {
		t.Errorf("%d calls", calls)
	}
	if _, err := b.Token(first); err != context.Canceled {
		t.Errorf("a done context, and a kept token: %v", err)
	}

	// While a token holds, nobody waits for the next one.
	b.clock.Add(43200 - 300)
	asked, letGo = b.slow(nil)
	if r := <-get(t.Context()); r.token != want || r.err != nil {
		t.Errorf("%+v", r)
	}
	<-asked
	for range 64 {
		if r := <-get(t.Context()); r.token != want || r.err != nil {
			t.Errorf("%+v", r)
		}
	}
	close(letGo)
	b.settle()
	if b.issued(t) != 0 || b.calls.Load() != 2 {
		t.Error("not renewed, or more than once")
	}
}

func TestProviderWithSlowFailure(t *testing.T) {
	b := newBench(t)
	failure := errors.New("no network")
	asked, letGo := b.slow(failure)
	failures := make(chan error, 64)
	get := func() {
		_, err := b.Token(t.Context())
		failures <- err
	}
	go get()
	<-asked
	waiting := b.renewal
	for range 63 {
		go get()
	}
	// All but the first may come when the renewal is over, and then start another, shared again.
	go func() {
		for range asked {
		}
	}()
	close(letGo)
	for range 64 {
		if err := <-failures; !errors.Is(err, ErrNoCredentials) || !errors.Is(err, failure) {
			t.Errorf("%v", err)
		}
	}
	if waiting.kept != nil || waiting.err == nil {
		t.Error("the first renewal did not fail")
	}
}

// Everything at the same time, with a clock that runs fast; most of all for the race detector.
func TestProviderUnderLoad(t *testing.T) {
	b := newBench(t, WithExpires(100*time.Second))
	var atOnce atomic.Int32
	b.give = func(context.Context) (Credentials, error) {
		if atOnce.Add(1) > 1 {
			t.Error("the source was called twice at the same time")
		}
		defer atOnce.Add(-1)
		runtime.Gosched()
		if b.calls.Load()%3 == 0 {
			return Credentials{}, errors.New("every third fails")
		}
		return example, nil
	}
	var wait sync.WaitGroup
	for goroutine := range 64 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for i := range 500 {
				before := b.clock.Load()
				token, err := b.Token(t.Context())
				if err != nil {
					if !errors.Is(err, ErrNoCredentials) {
						t.Error(err)
					}
					continue
				}
				if info, err := Inspect(token); err != nil || info.ExpiresAt.Unix() <= before {
					t.Errorf("%+v at %d, %v", info, before, err)
				}
				switch {
				case goroutine == 0:
					b.clock.Add(7)
				case goroutine == 1 && i%50 == 0:
					b.Provider.Invalidate("")
				}
			}
		}()
	}
	wait.Wait()
	b.settle()
	if calls := b.calls.Load(); calls < 10 {
		t.Errorf("only %d calls", calls)
	}
}
