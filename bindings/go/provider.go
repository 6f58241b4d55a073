package bedrocktoken

import (
	"context"
	"crypto/subtle"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// How long the context of a source lasts. A source that ignores it is given up a twelfth later.
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
// has returned or is given up.
//
// If it has a method Invalidate(), the provider calls that when the service has refused a token,
// and in [Provider.Invalidate], so that it can drop credentials that it keeps. Invalidate may be
// called while Retrieve runs.
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

// CredentialsFunc is a function as a [CredentialsProvider].
type CredentialsFunc func(ctx context.Context) (Credentials, error)

// Retrieve calls f.
func (f CredentialsFunc) Retrieve(ctx context.Context) (Credentials, error) {
	return f(ctx)
}

// Provider keeps a token and renews it before it ends: 5 minutes before, or at 90 % of a life
// shorter than 50 minutes. A token ends when its own time is up or its credentials' is, whichever
// is sooner, by the system's clock, even if that jumps.
//
// It follows the rules of the C library's bedrock_token_provider. It is written in Go because a
// callback of C has no context, and a goroutine that waits in C keeps a thread.
type Provider struct {
	source  CredentialsProvider
	service Service
	region  string
	expires time.Duration
	hosts   []string // of WithHosts
	timeout time.Duration
	now     func() time.Time

	kept atomic.Pointer[keptToken] // written under mu

	mu      sync.Mutex
	renewal *renewal // the one that is under way
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
	provide(*Provider) error
}

type serviceOption Service

func (s serviceOption) chosen() Service { return Service(s) }

func (s serviceOption) provide(p *Provider) error {
	p.service = Service(s)
	return nil
}

// WithService sets the service that the token is for. Without it, that is [Bedrock].
func WithService(service Service) Option {
	return serviceOption(service)
}

type expiresOption time.Duration

func (e expiresOption) provide(p *Provider) error {
	p.expires = time.Duration(e)
	return nil
}

// WithExpires sets the life of each token, as for [Generate]. Without it, that is [DefaultExpires].
func WithExpires(expires time.Duration) ProviderOption {
	return expiresOption(expires)
}

// NewProvider makes a provider of tokens for a region. It asks source for nothing yet. The error is
// or wraps [ErrNullArgument], [ErrService], [ErrRegion], [ErrExpires] or [ErrHost].
func NewProvider(source CredentialsProvider, region string, opts ...ProviderOption) (*Provider, error) {
	if source == nil {
		return nil, fmt.Errorf("%w: source", ErrNullArgument)
	}
	p := &Provider{source: source, region: region, expires: DefaultExpires, timeout: sourceTimeout, now: time.Now}
	for _, opt := range opts {
		if err := opt.provide(p); err != nil {
			return nil, err
		}
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
// is time to renew, that goes on in the background. In the last 30 seconds of the kept token (in the
// last hundredth of a life shorter than 50 minutes, but at least its last second) it waits for the
// renewal, and returns the kept token only if that fails. When there is no token, it waits for a
// renewal, which all callers share, or until ctx is done.
//
// After a renewal that failed, the source is asked again when a tenth of the kept token's time has
// passed, and at most once a second.
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
// The error is one of [Provider.Token]'s, or wraps [ErrEndsTooSoon] when the source's credentials or
// the provider's tokens do not live that long.
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
	if now, kept := p.now().UnixMilli(), p.kept.Load(); kept.lasts(now, atLeast) && now < kept.renewAt {
		return kept, nil
	}
	if atLeast > p.expires {
		return nil, fmt.Errorf("%w: the provider's tokens live for %s", ErrEndsTooSoon, p.expires)
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
// may have to wait for that one, and does so only if told to.
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
	select {
	case <-awaited.done:
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
	if refused == "" || p.kept.Load() == kept {
		p.kept.Store(nil)
	}
}

func (p *Provider) invalidateSource() {
	if source, ok := p.source.(interface{ Invalidate() }); ok {
		source.Invalidate()
	}
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
	defer p.mu.Unlock()
	if r.over {
		p.stuck-- // it was given up, and did return
		if p.stuck == 0 {
			p.stuckUntil = 0
		}
		return
	}
	p.finish(r, kept, err)
}

// giveUp ends a renewal whose source does not return.
func (p *Provider) giveUp(r *renewal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.over {
		return
	}
	p.stuckUntil = p.now().UnixMilli() + time.Minute.Milliseconds()<<min(p.stuck, 6)
	p.stuck++
	p.finish(r, nil, errStuck())
}

// finish hands the result of a renewal to those who wait for it; mu is held.
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
	p.renewal = nil
	close(r.done)
}
