// Package awscreds gives bedrocktoken the credentials and the region that AWS programs find by
// themselves: environment variables, the shared config and credentials files with their profiles,
// IAM Identity Center (SSO), assumed roles, web identity, credential processes, container
// credentials and the instance metadata service. It is aws-sdk-go-v2's default chain and nothing
// of its own. [Authorize] makes the SDK's clients send tokens.
package awscreds

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/auth/bearer"
	bedrocktoken "github.com/bedrock-token/bedrock-token/bindings/go"
)

// New makes a provider of tokens for the default region, out of the default credentials. ctx is for
// finding the region; credentials are looked for when a token is asked for.
//
// They are looked for anew at each renewal, so new keys in a file, a new `aws sso login` or a rotated
// role is noticed; call [bedrocktoken.Provider.Invalidate] to have it noticed at once.
//
// The error wraps [bedrocktoken.ErrRegion] if no region is configured, and the SDK's own if it
// cannot read its configuration.
func New(ctx context.Context, opts ...bedrocktoken.ProviderOption) (*bedrocktoken.Provider, error) {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("awscreds: %w", err)
	}
	region := cfg.Region
	if region == "" {
		// Not before, because it takes a while where there is no such service.
		cfg, err := config.LoadDefaultConfig(ctx, config.WithEC2IMDSRegion())
		if err != nil {
			return nil, fmt.Errorf("%w: none in AWS_REGION, the shared config file or the instance metadata service: %w",
				bedrocktoken.ErrRegion, err)
		}
		region = cfg.Region
	}
	source := bedrocktoken.CredentialsFunc(func(ctx context.Context) (bedrocktoken.Credentials, error) {
		cfg, err := config.LoadDefaultConfig(ctx)
		if err != nil {
			return bedrocktoken.Credentials{}, err
		}
		return fromSDK{cfg.Credentials}.Retrieve(ctx)
	})
	return bedrocktoken.NewProvider(source, region, opts...)
}

// NewFromConfig makes a provider of tokens for the region of a configuration that the program made
// itself, out of its credentials: another profile, a role assumed for a tenant, and so on.
//
// Credentials come from cfg.Credentials, which often keeps them until they end;
// [bedrocktoken.Provider.Invalidate] makes it drop them.
func NewFromConfig(cfg aws.Config, opts ...bedrocktoken.ProviderOption) (*bedrocktoken.Provider, error) {
	if cfg.Credentials == nil {
		return bedrocktoken.NewProvider(nil, cfg.Region, opts...)
	}
	return bedrocktoken.NewProvider(fromSDK{cfg.Credentials}, cfg.Region, opts...)
}

// fromSDK is a source of the SDK as one of bedrocktoken.
type fromSDK struct {
	provider aws.CredentialsProvider
}

func (s fromSDK) Retrieve(ctx context.Context) (bedrocktoken.Credentials, error) {
	c, err := s.provider.Retrieve(ctx)
	if err != nil {
		return bedrocktoken.Credentials{}, err
	}
	credentials := bedrocktoken.Credentials{
		AccessKeyID:     c.AccessKeyID,
		SecretAccessKey: c.SecretAccessKey,
		SessionToken:    c.SessionToken,
	}
	if c.CanExpire {
		credentials.Expires = c.Expires
	}
	return credentials, nil
}

// Invalidate has the SDK's cache drop what it keeps.
func (s fromSDK) Invalidate() {
	if cache, ok := s.provider.(*aws.CredentialsCache); ok {
		cache.Invalidate()
	}
}

// Authorize makes the clients of bedrockruntime and bedrock that are made from cfg send the provider's
// tokens, instead of signing with credentials. It sets cfg.HTTPClient, with the provider's
// [bedrocktoken.Provider.Transport]. That sends the token only to the service's hosts in the provider's region
// and to those in hosts, and repeats a refused request once. The token in AWS_BEARER_TOKEN_BEDROCK is not sent.
//
// Anthropic's SDK takes the HTTP client apart from the configuration:
//
//	anthropic.NewClient(bedrock.WithConfig(cfg), option.WithHTTPClient(cfg.HTTPClient))
//
// It fails if cfg.HTTPClient is neither an [http.Client] nor the SDK's own.
func Authorize(cfg *aws.Config, p *bedrocktoken.Provider, hosts ...string) error {
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	switch own := cfg.HTTPClient.(type) {
	case nil:
		client.Transport = awshttp.NewBuildableClient().GetTransport()
	case *awshttp.BuildableClient:
		client.Transport, client.Timeout = own.GetTransport(), own.GetTimeout()
	case *http.Client:
		client = *own
	default:
		return fmt.Errorf("awscreds: HTTPClient is a %T, and must be an *http.Client or an *awshttp.BuildableClient", own)
	}
	client.Transport = repeatable{p.Transport(client.Transport, hosts...)}
	cfg.HTTPClient = &client
	// The SDK does not sign, and has no token that it could send elsewhere.
	cfg.BearerAuthTokenProvider = bearer.StaticTokenProvider{Token: bearer.Token{Value: "unused"}}
	cfg.AuthSchemePreference = []string{"httpBearerAuth"}
	return nil
}

// repeatable keeps the body of a request, which the SDK has in memory anyway, for one more try.
type repeatable struct{ http.RoundTripper }

func (t repeatable) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.GetBody == nil && request.Body != nil && request.ContentLength > 0 {
		body, err := io.ReadAll(request.Body)
		request.Body.Close()
		if err != nil {
			return nil, err
		}
		request = request.Clone(request.Context())
		request.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		request.Body, _ = request.GetBody()
	}
	return t.RoundTripper.RoundTrip(request)
}

// BearerTokens returns the SDK's own hook for tokens: the BearerAuthTokenProvider of a client's options or
// of a configuration. Prefer [Authorize], if you can: with the hook alone, the SDK sends the token to
// whatever host the client has, and does not repeat a refused request. Call
// [bedrocktoken.Provider.Invalidate] then.
//
// bedrockruntime uses the hook if AuthSchemePreference is "httpBearerAuth" or there are no credentials. If
// the environment has AWS_BEARER_TOKEN_BEDROCK, that token is sent instead: by Anthropic's SDK in any case,
// and by AWS's unless the hook stands in a client's own options.
func BearerTokens(p *bedrocktoken.Provider) bearer.TokenProvider {
	return bearer.TokenProviderFunc(func(ctx context.Context) (bearer.Token, error) {
		token, ends, err := p.TokenFor(ctx, 0)
		return bearer.Token{Value: token, CanExpire: true, Expires: ends}, err
	})
}
