package bedrocktoken

import (
	"context"
	"errors"
	"runtime"
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

	invalidated int
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
func (b *bench) Invalidate() { b.invalidated++ }

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

func TestProviderKeepsAndRenews(t *testing.T) {
	for _, test := range []struct {
		name        string
		expires     time.Duration
		credentials int64 // seconds that they live; 0: for ever
		renewAfter  int64
		endsAfter   int64
	}{
		{"12 hours", 0, 0, 43200 - 300, 43200},
		{"50 minutes", 50 * time.Minute, 0, 2700, 3000},
		{"a second less", 2999 * time.Second, 0, 2699, 2999},
		{"15 minutes", 15 * time.Minute, 0, 810, 900},
		{"10 seconds", 10 * time.Second, 0, 9, 10},
		{"1 second", time.Second, 0, 0, 1},
		{"credentials end sooner", 0, 3600, 3300, 3600},
		{"credentials end soon", 0, 100, 90, 100},
		{"credentials end later", time.Hour, 3601, 3300, 3600},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t, WithExpires(test.expires))
			start := b.clock.Load()
			if test.credentials != 0 {
				b.lives(test.credentials)
			}
			if b.issued(t) != 0 || b.calls.Load() != 1 {
				t.Fatal("no token of now")
			}
			if test.renewAfter > 0 {
				b.clock.Store(start + test.renewAfter - 1)
				if b.issued(t) != test.renewAfter-1 || b.calls.Load() != 1 {
					t.Fatal("not kept until it is time to renew")
				}
			}
			b.clock.Store(start + test.endsAfter - 1)
			b.give = func(context.Context) (Credentials, error) { return example, nil }
			if b.issued(t) != test.endsAfter-1 || b.calls.Load() != 2 {
				t.Fatal("not handed out while it was renewed")
			}
			if b.issued(t) != 0 {
				t.Fatal("not renewed in the background")
			}

			// And as it is without the background: the source fails until the token ends.
			b = newBench(t, WithExpires(test.expires))
			if test.credentials != 0 {
				b.lives(test.credentials)
			}
			b.issued(t)
			b.give = func(context.Context) (Credentials, error) { return Credentials{}, errors.New("no") }
			b.clock.Store(start + test.endsAfter - 1)
			if b.issued(t) != test.endsAfter-1 {
				t.Fatal("not handed out to its last second")
			}
			b.clock.Store(start + test.endsAfter)
			if token, err := b.Token(t.Context()); token != "" || !errors.Is(err, ErrNoCredentials) {
				t.Fatalf("handed out when it had ended: %v", err)
			}
		})
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
		{nil, region, 0, ErrNullArgument},
		{source, "", 0, ErrRegion},
		{source, "eu central", 0, ErrRegion},
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
	b.Provider.Invalidate()
	if b.issued(t) != 0 || b.calls.Load() != 2 || b.invalidated != 1 {
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
	if waiting.token != "" || waiting.err == nil {
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
					b.mu.Lock() // the source's own Invalidate is not for many goroutines
					b.kept = keptToken{}
					b.mu.Unlock()
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
