package bedrocktoken

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
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
	clock atomic.Int64 // Unix milliseconds
	calls atomic.Int32
	// give is what the source does; tests change it between renewals.
	give func(ctx context.Context) (Credentials, error)

	invalidated  atomic.Int32
	invalidating func()
}

func works(context.Context) (Credentials, error) { return example, nil }

var errDown = errors.New("source is down")

func fails(context.Context) (Credentials, error) { return Credentials{}, errDown }

func newBench(opts ...ProviderOption) *bench {
	b := &bench{give: works, invalidating: func() {}}
	b.clock.Store(noon.UnixMilli())
	b.Provider = must(NewProvider(b, region, opts...))
	b.now = func() time.Time { return time.UnixMilli(b.clock.Load()) }
	return b
}

func (b *bench) Retrieve(ctx context.Context) (Credentials, error) {
	b.calls.Add(1)
	return b.give(ctx)
}

// The source's method, which has the name of the provider's.
func (b *bench) Invalidate() {
	b.invalidated.Add(1)
	b.invalidating()
}

func (b *bench) sleep(d time.Duration) { b.clock.Add(d.Milliseconds()) }

// lives makes credentials that end so many seconds from now.
func (b *bench) lives(seconds int64) {
	c := example
	c.Expires = time.Unix(b.clock.Load()/1000+seconds, 0)
	b.give = func(context.Context) (Credentials, error) { return c, nil }
}

// hangs makes a source that waits to be let go, and says when it was asked.
func (b *bench) hangs(failure error) (asked chan context.Context, letGo chan struct{}) {
	asked, letGo = make(chan context.Context), make(chan struct{})
	b.give = func(ctx context.Context) (Credentials, error) {
		asked <- ctx
		<-letGo
		return example, failure
	}
	return asked, letGo
}

// wants gets a token, lets a renewal that this may have started end, and compares how many seconds
// ago the token was issued and how often the source was asked.
func (b *bench) wants(t *testing.T, issued int64, calls int32) {
	t.Helper()
	token := must(b.Token(t.Context()))
	b.settle()
	info := must(Inspect(token))
	if got := b.clock.Load()/1000 - info.IssuedAt.Unix(); got != issued || b.calls.Load() != calls {
		t.Errorf("issued %d s ago, %d calls; want %d and %d", got, b.calls.Load(), issued, calls)
	}
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
	for _, v := range vectors(t, "renewal.tsv") {
		var issued, ends, asked int64
		if _, err := fmt.Sscan(strings.Join(v[:3], " "), &issued, &ends, &asked); err != nil {
			t.Fatal(err)
		}
		want := v[3]

		for _, byCredentials := range []bool{true, false} {
			b := newBench(WithLogger(slog.New(slog.DiscardHandler)))
			b.clock.Store(issued * 1000)
			if byCredentials {
				b.lives(ends - issued)
			} else {
				b.expires = time.Duration(ends-issued) * time.Second
			}
			kept := must(b.Token(t.Context()))

			// While the source is asked, a caller leaves if it has to wait.
			ctx, leave := context.WithCancel(t.Context())
			letGo := make(chan struct{})
			b.give = func(context.Context) (Credentials, error) {
				leave()
				<-letGo
				return Credentials{}, errDown
			}
			b.clock.Store(asked * 1000)
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

// lines are what a log was told.
type lines chan string

func (l lines) Write(line []byte) (int, error) {
	l <- string(line)
	return len(line), nil
}

// A failure is told while the kept token is handed out, and its reason is in the error afterwards. The
// source is not asked more often than the library's rule says, which counts in whole seconds.
func TestProviderWithSourceThatFails(t *testing.T) {
	log := make(lines, 10)
	b := newBench(WithLogger(slog.New(slog.NewTextHandler(log, nil))))
	b.wants(t, 0, 1)
	if err := b.Failure(); err != nil {
		t.Error(err)
	}
	b.give = fails
	kept := b.kept.Load()
	again, end := retryAt(kept.renewAt, kept.expiresAt), kept.expiresAt
	for _, step := range []struct {
		at    int64
		calls int32
	}{
		{kept.renewAt, 2}, {kept.renewAt, 2}, {again - 1, 2}, {again, 3}, {again, 3},
		{end - 4100, 4}, {end - 3001, 4}, {end - 3000, 5}, {end - 2001, 5}, {end - 2000, 6},
	} {
		b.clock.Store(step.at)
		b.wants(t, step.at/1000-noon.Unix(), step.calls)
	}
	if t.Failed() {
		return // nobody would write some of the lines
	}
	for range 5 {
		if line := <-log; !strings.Contains(line, "level=WARN") || !strings.Contains(line, errDown.Error()) || strings.Contains(line, kept.token) {
			t.Error(line)
		}
	}
	b.clock.Store(kept.expiresAt)
	_, err := b.Token(t.Context())
	for _, err := range []error{err, b.Failure()} {
		if !errors.Is(err, ErrNoCredentials) || !errors.Is(err, errDown) || !strings.HasSuffix(err.Error(), ": source is down") {
			t.Errorf("%v", err)
		}
	}
	b.give = works
	b.wants(t, 0, 8)
	if err := b.Failure(); err != nil || len(log) != 0 {
		t.Errorf("%v, %d warnings too many", err, len(log))
	}
}

func TestProviderErrors(t *testing.T) {
	source := CredentialsFunc(works)
	for _, test := range []struct {
		source CredentialsProvider
		region string
		option ProviderOption
		want   Error
	}{
		{nil, region, WithExpires(time.Hour), ErrNullArgument},
		{source, region, WithLogger(nil), ErrNullArgument},
		{source, "", WithExpires(time.Hour), ErrRegion},
		{source, "eu central", WithExpires(time.Hour), ErrRegion},
		{source, region, WithExpires(0), ErrExpires},
		{source, region, WithExpires(time.Millisecond), ErrExpires},
		{source, region, WithExpires(13 * time.Hour), ErrExpires},
		{source, region, WithService(2), ErrService},
	} {
		if p, err := NewProvider(test.source, test.region, test.option); p != nil || !errors.Is(err, test.want) {
			t.Errorf("%v, %v, want %v", p, err, test.want)
		}
	}

	b := newBench()
	now := b.clock.Load() / 1000
	cause := errors.New("a defect of the source")
	ends := func(at int64) func(context.Context) (Credentials, error) {
		c := example
		c.Expires = time.Unix(at, 0)
		return func(context.Context) (Credentials, error) { return c, nil }
	}
	for name, test := range map[string]struct {
		give   func(context.Context) (Credentials, error)
		want   error
		suffix string
	}{
		"expired":        {ends(now), ErrCredentialsExpired, ""},
		"the wrong unit": {ends(now * 1000), ErrTime, ""},
		"no secret":      {func(context.Context) (Credentials, error) { return Credentials{AccessKeyID: "A"}, nil }, ErrSecret, ""},
		"Goexit":         {func(context.Context) (Credentials, error) { runtime.Goexit(); panic("unreachable") }, ErrNoCredentials, "the source did not return"},
		"panic":          {func(context.Context) (Credentials, error) { panic("no more") }, ErrNoCredentials, "panic: no more"},
		"panic of error": {func(context.Context) (Credentials, error) { panic(cause) }, cause, "panic: a defect of the source"},
	} {
		b.give = test.give
		_, err := b.Token(t.Context())
		if !errors.Is(err, test.want) || !strings.HasSuffix(err.Error(), test.suffix) {
			t.Errorf("%s: %v", name, err)
		}
		var panicked *PanicError
		if errors.As(err, &panicked) != strings.HasPrefix(name, "panic") ||
			panicked != nil && !strings.Contains(string(panicked.Stack), "TestProviderErrors") {
			t.Errorf("%s: %#v", name, err)
		}
	}
	b.give = works
	b.wants(t, 0, 7)
	b.clock.Store(-1000)
	if _, err := b.Token(t.Context()); err != ErrTime {
		t.Errorf("before 1970: %v", err)
	}
}

// A source that uses its own provider would wait for itself.
func TestProviderFromWithinItsSource(t *testing.T) {
	b := newBench()
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
	b.give = works
	if _, err := b.Token(context.WithoutCancel(kept)); err != nil {
		t.Errorf("later: %v", err)
	}

	// A source gets the kept token, and does not wait for another when that one is refused.
	b.clock.Store(b.kept.Load().renewAt)
	b.give = func(ctx context.Context) (Credentials, error) {
		token, err := b.Token(ctx)
		begin := time.Now()
		_, again := b.refused(ctx, token, true)
		if token != at(0) || err != nil || again || time.Since(begin) > 4*time.Second {
			t.Errorf("%q, %v, another: %v, after %v", token, err, again, time.Since(begin))
		}
		return example, nil
	}
	b.wants(t, b.clock.Load()/1000-noon.Unix(), 3)
	b.wants(t, 0, 3)
}

func TestProviderWithSourceThatHangs(t *testing.T) {
	b := newBench(WithLogger(slog.New(slog.DiscardHandler)))
	set := func(give func(context.Context) (Credentials, error), timeout time.Duration) {
		b.give, b.timeout = give, timeout
	}
	refuses := func(calls int32) {
		t.Helper()
		_, err := b.Token(t.Context())
		if !errors.Is(err, ErrNoCredentials) || !strings.Contains(err.Error(), "does not return") || b.calls.Load() != calls {
			t.Errorf("%d calls, want %d, %v", b.calls.Load(), calls, err)
		}
	}
	returned := func() { // waits until the calls that were given up have returned
		for stuck := 1; stuck != 0; runtime.Gosched() {
			b.mu.Lock()
			stuck = b.stuck
			b.mu.Unlock()
		}
	}
	asked, letGo := b.hangs(nil)
	hangs := b.give
	set(hangs, 50*time.Millisecond)
	refuses(1)
	<-asked
	set(works, time.Minute)
	b.sleep(59 * time.Second)
	refuses(1) // at once, because it would hang again
	set(hangs, 50*time.Millisecond)
	b.sleep(time.Second)
	refuses(2)
	<-asked
	b.sleep(119 * time.Second)
	refuses(2)

	// The provider works when the source does, whether or not the other calls have returned.
	set(works, time.Minute)
	b.sleep(time.Second)
	b.wants(t, 0, 3)
	b.sleep(10 * time.Second)
	close(letGo)
	returned()
	b.wants(t, 10, 3) // not a token of a call that was given up

	// When all calls have returned, the next one comes at once.
	asked, letGo = b.hangs(nil)
	set(b.give, 50*time.Millisecond)
	b.Provider.Invalidate("")
	refuses(4)
	<-asked
	close(letGo)
	returned()
	set(works, time.Minute)
	b.wants(t, 0, 5)

	// A token that holds is handed out meanwhile.
	asked, letGo = b.hangs(nil)
	set(b.give, 50*time.Millisecond)
	defer close(letGo)
	kept := b.kept.Load()
	b.clock.Store(kept.waitFrom)
	b.wants(t, (kept.waitFrom-kept.issuedAt)/1000, 6)
	<-asked
	b.clock.Store(kept.expiresAt - 1000)
	b.wants(t, (kept.expiresAt-kept.issuedAt)/1000-1, 6)
	b.clock.Store(kept.expiresAt)
	refuses(6)
}

func TestProviderTokenFor(t *testing.T) {
	b := newBench(WithExpires(time.Hour), WithLogger(slog.New(slog.DiscardHandler)))
	// At so many seconds, a token for so long is one that was issued then, or none ("short") is.
	const short = -1
	for _, step := range []struct {
		at      int64
		ends    int64 // when credentials of the source end from now on; 0: as before
		atLeast time.Duration
		issued  int64
		calls   int32
	}{
		{0, 0, 0, 0, 1},
		{0, 0, 54 * time.Minute, 0, 1},
		{0, 0, 54*time.Minute + 1, short, 1}, // each call would need a new token
		{600, 0, 50 * time.Minute, 0, 1},
		{600, 0, 50*time.Minute + 1, 600, 2},
		{1000, 1500, 54 * time.Minute, short, 3},
		{1000, 0, 54 * time.Minute, short, 3},
		{1000, 0, 0, 1000, 3},
		{1000, 0, 5 * time.Minute, 1000, 3},
		{1049, 0, 54 * time.Minute, short, 3},
		{1049, 0, 460 * time.Second, short, 4}, // less than there was not, so it is tried
		{1049, 0, 30 * time.Minute, short, 4},
		{1049, 0, 450 * time.Second, 1049, 4},
		{1095, 0, 30 * time.Minute, short, 5},
	} {
		b.clock.Store(noon.UnixMilli() + step.at*1000)
		if step.ends != 0 {
			b.lives(step.ends - step.at)
		}
		token, ends, err := b.TokenFor(t.Context(), step.atLeast)
		b.settle()
		if b.calls.Load() != step.calls {
			t.Errorf("%+v: %d calls", step, b.calls.Load())
		}
		if step.issued == short {
			if token != "" || !ends.IsZero() || !errors.Is(err, ErrEndsTooSoon) {
				t.Errorf("%+v: %q, %v, %v", step, token, ends, err)
			}
			continue
		}
		info, inspected := Inspect(token)
		if err := errors.Join(err, inspected); err != nil || info.IssuedAt.Unix() != noon.Unix()+step.issued {
			t.Errorf("%+v: %+v, %v", step, info, err)
		}
		if ends.Location() != time.UTC || info.ExpiresAt.Before(ends) || ends.UnixMilli()-b.clock.Load() < step.atLeast.Milliseconds() {
			t.Errorf("%+v: ends %v, and the token %v", step, ends, info.ExpiresAt)
		}
	}
	b.give = fails
	b.sleep(70 * time.Second)
	if _, _, err := b.TokenFor(t.Context(), 30*time.Minute); !errors.Is(err, errDown) {
		t.Errorf("%v", err)
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := b.TokenFor(done, 0); err != context.Canceled {
		t.Errorf("%v", err)
	}
	if b.kept.Load() == nil {
		t.Error("the kept token was lost")
	}

	// Time passes between the renewal and its end.
	b = newBench(WithExpires(time.Second))
	b.now = func() time.Time { return time.UnixMilli(b.clock.Add(40)) }
	if _, _, err := b.TokenFor(t.Context(), 900*time.Millisecond); err != nil || b.calls.Load() != 1 {
		t.Errorf("%v, %d calls", err, b.calls.Load())
	}
}

func TestProviderInvalidate(t *testing.T) {
	b := newBench(WithLogger(slog.New(slog.DiscardHandler)))
	b.wants(t, 0, 1)
	b.sleep(time.Minute)
	for _, refused := range []struct {
		token string
		drops bool
	}{{"another", false}, {at(0), true}, {at(0), false}, {"", true}} {
		invalidated, calls := b.invalidated.Load(), b.calls.Load()
		b.Provider.Invalidate(refused.token)
		b.sleep(time.Second)
		must(b.Token(t.Context()))
		if got := b.calls.Load() - calls; got != 1 && refused.drops || got != 0 && !refused.drops || b.invalidated.Load()-invalidated != got {
			t.Errorf("%.9q: dropped %d times, its source %d times", refused.token, got, b.invalidated.Load()-invalidated)
		}
	}

	// A renewal fails meanwhile, and goes on with the same token.
	b.give = fails
	kept := b.kept.Load()
	b.clock.Store(kept.renewAt)
	b.invalidating = func() {
		must(b.Token(t.Context()))
		b.settle()
	}
	b.Provider.Invalidate(kept.token)
	if b.kept.Load() != nil {
		t.Error("the refused token is still kept")
	}
}

type contextKey struct{}

// Callers share a renewal. One that leaves disturbs nobody, even if its call started the renewal.
func TestProviderWithSlowSource(t *testing.T) {
	for _, failure := range []error{nil, errDown} {
		b := newBench()
		get := func(ctx context.Context) chan error {
			got := make(chan error, 1)
			go func() {
				token, err := b.Token(ctx)
				if (token == "") != (err != nil) {
					t.Errorf("%q, %v", token, err)
				}
				got <- err
			}()
			return got
		}
		asked, letGo := b.hangs(failure)
		first, leave := context.WithCancel(context.WithValue(t.Context(), contextKey{}, "value"))
		left := get(first)
		renewal := <-asked
		shared := b.Provider.renewal
		var waiting []chan error
		for range 64 {
			waiting = append(waiting, get(t.Context()))
		}
		leave()
		if err := <-left; err != context.Canceled {
			t.Errorf("left: %v", err)
		}
		if renewal.Err() != nil || renewal.Value(contextKey{}) != "value" {
			t.Error("the source's context is done, or has lost its values")
		}
		if deadline, ok := renewal.Deadline(); !ok || time.Until(deadline) > time.Minute {
			t.Error("the source may take for ever")
		}
		go func() { // those that come after a failure may start another renewal
			for range asked {
			}
		}()
		close(letGo)
		for _, w := range waiting {
			if err := <-w; !errors.Is(err, failure) {
				t.Errorf("%v, want %v", err, failure)
			}
		}
		b.settle()
		close(asked)
		if !errors.Is(shared.err, failure) {
			t.Errorf("the first renewal ended with %v", shared.err)
		}
	}
}

// Everything at the same time, with a clock that runs fast; most of all for the race detector.
func TestProviderUnderLoad(t *testing.T) {
	b := newBench(WithExpires(100*time.Second), WithLogger(slog.New(slog.DiscardHandler)))
	var atOnce atomic.Int32
	b.give = func(context.Context) (Credentials, error) {
		if atOnce.Add(1) > 1 {
			t.Error("the source was called twice at the same time")
		}
		defer atOnce.Add(-1)
		runtime.Gosched()
		if b.calls.Load()%3 == 0 {
			return Credentials{}, errDown
		}
		return example, nil
	}
	var wait sync.WaitGroup
	for goroutine := range 64 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for i := range 500 {
				before := b.clock.Load() / 1000
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
					b.clock.Add(7000)
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
