package awscreds

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go/auth/bearer"
	bedrocktoken "github.com/bedrock-token/bedrock-token/bindings/go"
)

// Authorize makes the clients of bedrockruntime and bedrock that are made from cfg send the provider's
// tokens, instead of signing with credentials. It sets cfg.HTTPClient, whose
// [bedrocktoken.Provider.Transport] puts the token on: to the service's hosts in the provider's region
// and to hosts alone, and once more after a refusal. The token in AWS_BEARER_TOKEN_BEDROCK is not sent.
//
// Anthropic's SDK takes the HTTP client apart from the configuration:
//
//	anthropic.NewClient(bedrock.WithConfig(cfg), option.WithHTTPClient(cfg.HTTPClient))
//
// The error is of a cfg.HTTPClient that is neither an [http.Client] nor the SDK's own.
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
