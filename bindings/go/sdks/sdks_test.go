package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/anthropics/anthropic-sdk-go"
	anthropicbedrock "github.com/anthropics/anthropic-sdk-go/bedrock"
	"github.com/anthropics/anthropic-sdk-go/option"
	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	bedrocktoken "github.com/bedrock-token/bedrock-token/bindings/go"
	"github.com/bedrock-token/bedrock-token/bindings/go/awscreds"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// service notes what a client sent in Authorization, and refuses it.
type service struct {
	got   string
	calls int
}

func (s *service) RoundTrip(r *http.Request) (*http.Response, error) {
	s.got = strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	s.calls++
	body, err := io.ReadAll(r.Body)
	if err != nil || !strings.Contains(string(body), "Hello") {
		return nil, errors.New("no body")
	}
	header := http.Header{"X-Amzn-ErrorType": {"AccessDeniedException"}, "Content-Type": {"application/json"}}
	return &http.Response{StatusCode: http.StatusForbidden, Header: header, Body: io.NopCloser(strings.NewReader("{}")), Request: r}, nil
}

// Whose token each SDK sends, by itself or with Authorize, with a token in the environment and without.
func TestWhoseTokenIsSent(t *testing.T) {
	source := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}, nil
	})
	const ours, environments, signature, errHost = "ours", "the environment's", "a signature", "ErrHost"
	const claude = "eu.anthropic.claude-sonnet-5"
	authorized := func(cfg aws.Config, p *bedrocktoken.Provider) asks { return converse(must(awsSDK(cfg, p))) }
	withHook := func(cfg aws.Config, p *bedrocktoken.Provider) asks { return converse(awsSDKWithHook(cfg, p)) }
	for _, test := range []struct {
		name   string
		region string // of the client
		client func(cfg aws.Config, p *bedrocktoken.Provider) asks
		alone  string
		with   string // AWS_BEARER_TOKEN_BEDROCK
	}{
		{"AWS's, Authorize", "eu-central-1", authorized, ours, ours},
		{"AWS's, Authorize, another region", "us-east-1", authorized, errHost, errHost},
		{"AWS's, the client's hook", "eu-central-1", withHook, ours, ours},
		{"AWS's, the client's hook, another region", "us-east-1", withHook, ours, ours},
		{"AWS's, the configuration's hook", "eu-central-1", func(cfg aws.Config, p *bedrocktoken.Provider) asks {
			return converse(bedrockruntime.NewFromConfig(hooked(cfg, p)))
		}, ours, environments},
		{"AWS's, the hook without a preference", "eu-central-1", func(cfg aws.Config, p *bedrocktoken.Provider) asks {
			cfg.BearerAuthTokenProvider = awscreds.BearerTokens(p)
			return converse(bedrockruntime.NewFromConfig(cfg))
		}, signature, environments},
		{"Anthropic's, Authorize", "eu-central-1", func(cfg aws.Config, p *bedrocktoken.Provider) asks {
			return messages(must(anthropicOnBedrock(cfg, p)).Messages, claude)
		}, ours, ours},
		{"Anthropic's, the configuration's hook", "eu-central-1", func(cfg aws.Config, p *bedrocktoken.Provider) asks {
			about := option.WithHTTPClient(cfg.HTTPClient)
			return messages(anthropic.NewClient(anthropicbedrock.WithConfig(hooked(cfg, p)), about).Messages, claude)
		}, ours, environments},
	} {
		for token, want := range map[string]string{"": test.alone, "old": test.with} {
			t.Setenv("AWS_BEARER_TOKEN_BEDROCK", token)
			p := must(awscreds.NewFromConfig(aws.Config{Region: "eu-central-1", Credentials: source}))
			bedrock := &service{}
			cfg := aws.Config{Region: test.region, Credentials: source, HTTPClient: &http.Client{Transport: bedrock}}
			_, err := test.client(cfg, p)(t.Context())
			got := "nothing"
			switch _, inspected := bedrocktoken.Inspect(bedrock.got); {
			case errors.Is(err, bedrocktoken.ErrHost) && bedrock.calls == 0:
				got = errHost
			case inspected == nil:
				got = ours
			case bedrock.got == "old":
				got = environments
			case strings.HasPrefix(bedrock.got, "AWS4-HMAC-SHA256 "):
				got = signature
			}
			if got != want || err == nil {
				t.Errorf("%s, with %q: %s, %v; want %s", test.name, token, got, err, want)
			}
		}
	}
}

type otherClient struct{ aws.HTTPClient }

// The configuration's own HTTP client stays, and the tokens are the provider's.
func TestAuthorize(t *testing.T) {
	p := must(awscreds.NewFromConfig(aws.Config{Region: "eu-central-1", Credentials: aws.CredentialsProviderFunc(
		func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, errors.New("no") })}))
	for _, test := range []struct {
		own aws.HTTPClient
		ok  bool
	}{{nil, true}, {&http.Client{Timeout: 7}, true}, {awshttp.NewBuildableClient().WithTimeout(7), true}, {otherClient{}, false}} {
		cfg := aws.Config{HTTPClient: test.own}
		err := awscreds.Authorize(&cfg, p)
		client, _ := cfg.HTTPClient.(*http.Client)
		if (err == nil) != test.ok || test.ok && (client.Transport == nil || (client.Timeout == 7) != (test.own != nil)) {
			t.Errorf("%T: %v, %+v", test.own, err, client)
		}
	}
	if token, err := awscreds.BearerTokens(p).RetrieveBearerToken(t.Context()); !errors.Is(err, bedrocktoken.ErrNoCredentials) || token.Value != "" {
		t.Errorf("%v", err)
	}
}
