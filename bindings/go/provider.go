package bedrocktoken

import (
	"context"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// How long the context of a source lasts. A source that ignores it is given up a twelfth later. A
	// refused request waits for its renewal only for such a twelfth.
	sourceTimeout = time.Minute

	// How often at most a refused request makes the provider renew. Most refusals have other causes
	// than the token, such as a missing permission.
	refusalInterval = int64(time.Minute / time.Millisecond)

	// No limit below is set further into the future.
	longestWait = int64(2 * time.Hour / time.Millisecond)
)

var errCredentialsEnd = fmt.Errorf("%w: the credentials end", ErrEndsTooSoon)

// Not a variable: the library has the text, and should not be loaded when a program only starts.
func errStuck() error {
	return fmt.Errorf("%w: the source does not return", ErrNoCredentials)
}

// CredentialsProvider gives credentials to a [Provider], which does not call it again before it
// has returned or is given up. One that keeps credentials should be an [Invalidator], too.
type CredentialsProvider interface {
	// Retrieve returns credentials that hold now. It runs in a goroutine of its own. ctx has the
	// values of the call to [Provider.Token] that found it is time for new credentials. It is not
	// done when that call's context is, because others wait for the result, but after a minute.
	//
	// A call that has not returned five seconds later is given up: its result is ignored, and the
	// callers get an error. The next call then comes after a minute, and twice as late after each
	// further call that hangs, up to about an hour.
	//
	// A panic becomes an error of the callers, with a [*PanicError] in it.
	Retrieve(ctx context.Context) (Credentials, error)
}

// Invalidator is what a [CredentialsProvider] can be, too: it drops the credentials that it keeps.
type Invalidator interface {
	// Invalidate is called when the service has refused a token, and in [Provider.Invalidate]. Retrieve
	// may be running.
	Invalidate()
}

// CredentialsFunc is a function as a [CredentialsProvider].
type CredentialsFunc func(ctx context.Context) (Credentials, error)

// Retrieve calls f.
func (f CredentialsFunc) Retrieve(ctx context.Context) (Credentials, error) {
	return f(ctx)
}

// Provider keeps a token and renews it before it ends. When it renews is the rule of
// bedrock_token_schedule in the C library. A token ends when its own time is up or its credentials' is,
// whichever is sooner, by the system's clock, even if that jumps.
//
// It follows the rules of the C library's bedrock_token_provider. It is written in Go because a
// callback of C has no context, and a goroutine that waits in C keeps a thread.
type Provider struct {
	source  CredentialsProvider
	service Service
	region  string
	expires time.Duration
	timeout time.Duration
	now     func() time.Time
	log     func() *slog.Logger

	kept atomic.Pointer[keptToken] // written under mu

	mu      sync.Mutex
	renewal *renewal // the one that is under way
	failure error    // of the last renewal
	// Until then, in Unix milliseconds, ...
	refusedUntil int64 // ...a refused request does not start a renewal
	stuckUntil   int64 // ...nothing starts one, because so many calls to the source hang:
	stuck        int
	short        struct { // ...nothing that needs at least so much time does: it would not get it
		until   int64
		atLeast time.Duration
	}
}

// times are a token's, by the rule of [schedule]. They are Unix milliseconds, which are the wall
// clock's: a time.Time may compare by the monotonic clock, which stops while a machine sleeps.
type times struct {
	validFrom int64 // before that, the token is from the future
	renewAt   int64 // from then on it is renewed in the background...
	waitFrom  int64 // ...and from then on callers wait for the renewal
	expiresAt int64
}

// keptToken does not change.
type keptToken struct {
	token    string
	issuedAt int64 // Unix milliseconds
	times
}

func (k *keptToken) holds(now int64) bool {
	return k != nil && k.validFrom <= now && now < k.expiresAt
}

// lasts tells whether the token is valid for so long from now on.
func (k *keptToken) lasts(now int64, atLeast time.Duration) bool {
	return k.holds(now) && time.Duration(k.expiresAt-now)*time.Millisecond >= atLeast
}

// within tells whether a limit that was set for the near future still stands. One that is further
// away was set before the clock was set back.
func within(now, until int64) bool {
	return until != 0 && now < until && until-now <= longestWait
}

// renewing is the key of a source's context, and its value is the renewal.
type renewing struct{ *Provider }

// renewal is closed when it is over, and does not change after that.
type renewal struct {
	done chan struct{}
	over bool       // under Provider.mu
	kept *keptToken // a token that is valid, also when the renewal failed; or nil
	err  error
}

// Option is an option of [Generate], [GenerateAt] and [NewProvider].
type Option interface {
	ProviderOption
	chosen() Service
}

// ProviderOption is an option of [NewProvider].
type ProviderOption interface {
	provide(*Provider)
}

type serviceOption Service

func (s serviceOption) chosen() Service { return Service(s) }

func (s serviceOption) provide(p *Provider) { p.service = Service(s) }

// WithService sets the service that the token is for. Without it, that is [Bedrock].
func WithService(service Service) Option {
	return serviceOption(service)
}

type providerOption func(*Provider)

func (o providerOption) provide(p *Provider) { o(p) }

// WithExpires sets the life of each token, as for [Generate]. Without it, that is [DefaultExpires].
func WithExpires(expires time.Duration) ProviderOption {
	return providerOption(func(p *Provider) { p.expires = expires.Truncate(time.Second) })
}

// WithLogger sets who is told that a renewal failed while the kept token is valid. Without it, that is
// [slog.Default].
func WithLogger(logger *slog.Logger) ProviderOption {
	return providerOption(func(p *Provider) { p.log = func() *slog.Logger { return logger } })
}

// NewProvider makes a provider of tokens for a region. It asks source for nothing yet. The error is
// or wraps [ErrNullArgument], [ErrService], [ErrRegion] or [ErrExpires].
func NewProvider(source CredentialsProvider, region string, opts ...ProviderOption) (*Provider, error) {
	if source == nil {
		return nil, fmt.Errorf("%w: source", ErrNullArgument)
	}
	p := &Provider{source: source, region: region, expires: DefaultExpires, timeout: sourceTimeout, now: time.Now, log: slog.Default}
	for _, opt := range opts {
		opt.provide(p)
	}
	if p.log() == nil {
		return nil, fmt.Errorf("%w: logger", ErrNullArgument)
	}
	// The library checks the arguments.
	check := Credentials{AccessKeyID: "check", SecretAccessKey: "check"}
	if _, err := GenerateAt(check, p.region, p.expires, time.Unix(0, 0), WithService(p.service)); err != nil {
		return nil, err
	}
	return p, nil
}

// Region returns the region that the tokens are for, and whose hosts take them.
func (p *Provider) Region() string {
	return p.region
}

// Token returns a token that has not ended. While the kept token is valid, it does not wait: when it
// is time to renew, that goes on in the background. Shortly before the kept token ends, it waits for
// the renewal, and returns the kept token only if that fails. When there is no token, it waits for a
// renewal, which all callers share, or until ctx is done.
//
// A renewal that fails while the kept token is valid is a warning of [WithLogger]'s logger and in
// [Provider.Failure]. The source is asked again soon, by the rule of bedrock_token_retry_at.
//
// The error is ctx's, or wraps [ErrNoCredentials] and the source's own, or is another [Error]
// that says what is wrong with the credentials. A source that calls Token of its own provider, with
// the context that it was given, gets [ErrReentrant].
func (p *Provider) Token(ctx context.Context) (string, error) {
	kept, err := p.get(ctx, 0)
	if err != nil {
		return "", err
	}
	return kept.token, nil
}

// TokenFor returns a token that is valid for at least so long from now on, and when it ends. If the
// kept token ends sooner, it waits for a renewal. With 0, the token is the one of [Provider.Token].
//
// The error is one of [Provider.Token]'s, or wraps [ErrEndsTooSoon] when the source's credentials do not
// live that long, or for more than nine tenths of the life of the provider's tokens: each call would
// need a new one.
func (p *Provider) TokenFor(ctx context.Context, atLeast time.Duration) (token string, ends time.Time, err error) {
	kept, err := p.get(ctx, atLeast)
	if err != nil {
		return "", time.Time{}, err
	}
	return kept.token, time.UnixMilli(kept.expiresAt).UTC(), nil
}

// get returns a kept token that is valid for at least so long, and waits for one if it must.
func (p *Provider) get(ctx context.Context, atLeast time.Duration) (*keptToken, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if longest := p.expires / 10 * 9; atLeast > longest {
		return nil, fmt.Errorf("%w: at most %s, because the provider's tokens live for %s", ErrEndsTooSoon, longest, p.expires)
	}
	if now, kept := p.now().UnixMilli(), p.kept.Load(); kept.lasts(now, atLeast) && now < kept.renewAt {
		return kept, nil
	}
	for {
		p.mu.Lock()
		now, kept := p.now().UnixMilli(), p.kept.Load()
		enough := kept.lasts(now, atLeast)
		asked := !kept.holds(now) || now >= kept.renewAt ||
			!enough && !(within(now, p.short.until) && atLeast >= p.short.atLeast)
		if asked && p.renewal == nil && !within(now, p.stuckUntil) {
			p.start(ctx, false)
		}
		awaited := p.renewal
		p.mu.Unlock()

		switch {
		case enough && (now < kept.waitFrom || awaited == nil):
			return kept, nil
		case awaited == nil && asked:
			return nil, errStuck()
		case awaited == nil:
			return nil, errCredentialsEnd
		case ctx.Value(renewing{p}) == awaited:
			return nil, ErrReentrant
		}
		select {
		case <-awaited.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}

		if awaited.kept == nil {
			return nil, awaited.err
		}
		now = p.now().UnixMilli()
		if !awaited.kept.holds(now) {
			continue // it was short, or the clock was set
		}
		if awaited.err == nil {
			now = awaited.kept.issuedAt // nobody can get a later one
		}
		if awaited.kept.lasts(now, atLeast) {
			return awaited.kept, nil
		}
		p.mu.Lock()
		if !within(now, p.short.until) || atLeast < p.short.atLeast {
			p.short.until, p.short.atLeast = retryAt(now, awaited.kept.expiresAt), atLeast
		}
		p.mu.Unlock()
		if awaited.err != nil {
			return nil, awaited.err
		}
		return nil, errCredentialsEnd
	}
}

// refused is told that the service refused a token, and returns one that is worth another try. It
// may have to wait for that one, and does so only if told to, and not for long.
func (p *Provider) refused(ctx context.Context, token string, wait bool) (string, bool) {
	p.mu.Lock()
	now, kept := p.now().UnixMilli(), p.kept.Load()
	holds := kept.holds(now)
	if holds && kept.token != token {
		p.mu.Unlock()
		return kept.token, true
	}
	if p.renewal == nil && !within(now, p.stuckUntil) && !(holds && within(now, p.refusedUntil)) {
		p.refusedUntil = now + refusalInterval
		p.start(ctx, true)
	}
	awaited := p.renewal
	p.mu.Unlock()
	if awaited == nil || !wait || ctx.Value(renewing{p}) == awaited {
		return "", false
	}
	late := time.NewTimer(p.timeout / 12)
	defer late.Stop()
	select {
	case <-awaited.done:
	case <-late.C:
		return "", false
	case <-ctx.Done():
		return "", false
	}
	if awaited.err != nil || awaited.kept.token == token {
		return "", false
	}
	return awaited.kept.token, true
}

// Invalidate drops the kept token if it is the one that the service refused, and what the source
// keeps. "" drops any kept token. The next call to [Provider.Token] waits for a new one.
// [Provider.Transport] needs no help: it renews a refused token by itself.
func (p *Provider) Invalidate(refused string) {
	kept := p.kept.Load()
	if refused != "" && (kept == nil || subtle.ConstantTimeCompare([]byte(kept.token), []byte(refused)) == 0) {
		return
	}
	p.invalidateSource()
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := p.kept.Load(); refused == "" || now != nil && now.token == kept.token {
		p.kept.Store(nil)
	}
}

func (p *Provider) invalidateSource() {
	if source, ok := p.source.(Invalidator); ok {
		source.Invalidate()
	}
}

// Failure returns why the last renewal failed, even if callers still get the kept token, or nil if it did
// not fail: for health checks.
func (p *Provider) Failure() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.failure
}

// Format implements [fmt.Formatter] for every verb: nothing shows the token or its source.
func (p *Provider) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "bedrocktoken.Provider{service:%s region:%q expires:%s}", p.service, p.region, p.expires)
}

// start starts a renewal; mu is held.
func (p *Provider) start(ctx context.Context, refused bool) {
	r := &renewal{done: make(chan struct{})}
	p.renewal = r
	ctx = context.WithValue(context.WithoutCancel(ctx), renewing{p}, r)
	go p.renew(ctx, r, refused)
}

func (p *Provider) renew(ctx context.Context, r *renewal, refused bool) {
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	defer time.AfterFunc(p.timeout+p.timeout/12, func() { p.giveUp(r) }).Stop()

	var kept *keptToken
	// The source may end the goroutine, as a test's FailNow does.
	err := fmt.Errorf("%w: the source did not return", ErrNoCredentials)
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("%w: %w", ErrNoCredentials, &PanicError{value, debug.Stack()})
		}
		p.end(r, kept, err)
	}()
	if refused {
		p.invalidateSource()
	}
	kept, err = p.generate(ctx)
}

func (p *Provider) generate(ctx context.Context) (*keptToken, error) {
	credentials, err := p.source.Retrieve(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoCredentials, err)
	}
	now := p.now()
	token, err := GenerateAt(credentials, p.region, p.expires, now, WithService(p.service))
	if err != nil {
		return nil, err
	}
	var ends int64
	if !credentials.Expires.IsZero() {
		ends = credentials.Expires.Unix()
	}
	times, err := schedule(now.Unix(), p.expires, ends)
	if err != nil {
		return nil, err
	}
	return &keptToken{token, now.Unix() * 1000, times}, nil
}

// end ends a renewal with a token or an error.
func (p *Provider) end(r *renewal, kept *keptToken, err error) {
	p.mu.Lock()
	if !r.over {
		p.finish(r, kept, err)
		return
	}
	defer p.mu.Unlock()
	p.stuck-- // it was given up, and did return
	if p.stuck == 0 {
		p.stuckUntil = 0
	}
}

// giveUp ends a renewal whose source does not return.
func (p *Provider) giveUp(r *renewal) {
	p.mu.Lock()
	if r.over {
		p.mu.Unlock()
		return
	}
	p.stuckUntil = p.now().UnixMilli() + time.Minute.Milliseconds()<<min(p.stuck, 6)
	p.stuck++
	p.finish(r, nil, errStuck())
}

// finish hands the result of a renewal to those who wait for it; mu is held, and is not afterwards.
func (p *Provider) finish(r *renewal, kept *keptToken, err error) {
	if err != nil {
		now := p.now().UnixMilli()
		if kept = p.kept.Load(); !kept.holds(now) {
			kept = nil
		} else {
			// Not at once again: the source may fail slowly, or be asked too often already.
			later := *kept
			later.renewAt = retryAt(now, kept.expiresAt)
			later.waitFrom = max(kept.waitFrom, later.renewAt)
			kept = &later
		}
	}
	if kept != nil {
		p.kept.Store(kept)
	}
	r.over, r.kept, r.err = true, kept, err
	p.renewal, p.failure = nil, err
	close(r.done)
	p.mu.Unlock()
	if err != nil && kept != nil {
		p.log().Warn("bedrocktoken: the renewal failed, and the kept token is still in use",
			"region", p.region, "ends", time.UnixMilli(kept.expiresAt).UTC(), "error", err)
	}
}
