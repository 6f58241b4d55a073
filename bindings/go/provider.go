//go:build cgo

package bedrocktoken

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	// Renewal starts this long before a token ends...
	renewBeforeEnd = 5 * 60
	// ...and at 90 % of a life so short that this would be more than its last tenth.
	shortLife = 10 * renewBeforeEnd
	// How far a token may come from the future, as it does when the clock was wrong when it was
	// minted, before the service refuses it.
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
	clockSkew = 5 * 60

	// How long a source may take. Without a limit, one that hangs would hang a provider for good.
	renewalTimeout = time.Minute
)

// CredentialsProvider gives credentials to a [Provider], which never calls it twice at the same time.
//
// If it has a method Invalidate(), [Provider.Invalidate] calls that too, so that it can drop
// credentials that it keeps.
type CredentialsProvider interface {
	// Retrieve returns credentials that hold now. It runs in a goroutine of its own. ctx has the
	// values of the call to [Provider.Token] that found it is time for new credentials; it is not
	// done when that call's is, because others wait for the outcome, but after a minute.
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
// Its rules are those of the C library's bedrock_token_provider, with contexts added: a callback of
// C has none, and to wait in C costs a thread for each goroutine that waits.
type Provider struct {
	source  CredentialsProvider
	region  string
	expires time.Duration
	now     func() time.Time

	mu      sync.Mutex
	kept    keptToken
	renewal *renewal // the one that is under way
}

// keptToken has its times in Unix seconds, so that they are the wall clock's.
type keptToken struct {
	token     string // empty: none
	issuedAt  int64
	expiresAt int64
	renewAt   int64
}

func (k keptToken) holds(now int64) bool {
	return k.token != "" && k.issuedAt-clockSkew <= now && now < k.expiresAt
}

// renewal is closed when it is over, and does not change after that.
type renewal struct {
	done  chan struct{}
	token string
	err   error
}

// ProviderOption is something that [NewProvider] can be told.
type ProviderOption func(*Provider)

// WithExpires sets the life of each token, as for [Generate].
func WithExpires(expires time.Duration) ProviderOption {
	return func(p *Provider) { p.expires = expires }
}

// NewProvider makes a provider of tokens for a region. It asks source for nothing yet. The error is
// or wraps [ErrNullArgument], [ErrRegion] or [ErrExpires].
func NewProvider(source CredentialsProvider, region string, opts ...ProviderOption) (*Provider, error) {
	if source == nil {
		return nil, fmt.Errorf("%w: source", ErrNullArgument)
	}
	p := &Provider{source: source, region: region, expires: DefaultExpires, now: time.Now}
	for _, opt := range opts {
		opt(p)
	}
	if p.expires == 0 {
		p.expires = DefaultExpires
	}
	// What is wrong with the region or the life, the library knows best.
	if _, err := GenerateAt(Credentials{AccessKeyID: "check", SecretAccessKey: "check"}, p.region, p.expires, time.Unix(0, 0)); err != nil {
		return nil, err
	}
	return p, nil
}

// Region returns the region that the tokens are for, and whose hosts take them.
func (p *Provider) Region() string {
	return p.region
}

// Token returns a token that has not ended. While the kept one holds, it does not wait: when it is
// time to renew, that goes on in the background, and if it fails it is tried again later. When none
// holds, it waits for a renewal, which all who wait share, or until ctx is done.
//
// The error is ctx's, or wraps [ErrNoCredentials] and what the source said, or is another [Error]
// that says what is wrong with the credentials.
func (p *Provider) Token(ctx context.Context) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	p.mu.Lock()
	now := p.now().Unix()
	kept, holds := p.kept.token, p.kept.holds(now)
	if p.renewal == nil && (!holds || now >= p.kept.renewAt) {
		p.renewal = &renewal{done: make(chan struct{})}
		go p.renew(context.WithoutCancel(ctx), p.renewal)
	}
	awaited := p.renewal
	p.mu.Unlock()
	if holds {
		return kept, nil
	}
	select {
	case <-awaited.done:
		return awaited.token, awaited.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// Invalidate drops the kept token, for example after the service refused it with status 403. The
// next call to [Provider.Token] mints, or waits for a renewal that is under way.
func (p *Provider) Invalidate() {
	if source, ok := p.source.(interface{ Invalidate() }); ok {
		source.Invalidate()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kept = keptToken{}
}

// Format implements [fmt.Formatter] for every verb: nothing shows the token or its source.
func (p *Provider) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "bedrocktoken.Provider{region:%q expires:%s}", p.region, p.expires)
}

func (p *Provider) renew(ctx context.Context, r *renewal) {
	// The source may end the goroutine, as a test's FailNow does.
	kept, err := keptToken{}, fmt.Errorf("%w: the source did not return", ErrNoCredentials)
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		now := p.now().Unix()
		switch {
		case err == nil:
			p.kept = kept
			r.token = kept.token
		case p.kept.holds(now):
			// Not at once again: the source may fail slowly, or be asked too often already.
			p.kept.renewAt = now + (p.kept.expiresAt-now)/10
			r.token = p.kept.token
		default:
			r.err = err
		}
		p.renewal = nil
		close(r.done)
	}()
	kept, err = p.mint(ctx)
}

func (p *Provider) mint(ctx context.Context) (keptToken, error) {
	ctx, cancel := context.WithTimeout(ctx, renewalTimeout)
	defer cancel()
	credentials, err := p.source.Retrieve(ctx)
	if err != nil {
		return keptToken{}, fmt.Errorf("%w: %w", ErrNoCredentials, err)
	}
	now := p.now()
	token, err := GenerateAt(credentials, p.region, p.expires, now)
	if err != nil {
		return keptToken{}, err
	}
	kept := keptToken{token: token, issuedAt: now.Unix()}
	life := int64(p.expires / time.Second)
	if !credentials.Expires.IsZero() {
		life = min(life, credentials.Expires.Unix()-kept.issuedAt)
	}
	kept.expiresAt = kept.issuedAt + life
	if life < shortLife {
		kept.renewAt = kept.issuedAt + life*9/10
	} else {
		kept.renewAt = kept.expiresAt - renewBeforeEnd
	}
	return kept, nil
}
