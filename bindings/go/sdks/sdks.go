// Clients of each SDK, with a token that renews itself. Copy what you need.
package main

import (
	"context"
	"net/http"

	"github.com/anthropics/anthropic-sdk-go"
	anthropicaws "github.com/anthropics/anthropic-sdk-go/aws"
	anthropicbedrock "github.com/anthropics/anthropic-sdk-go/bedrock"
	"github.com/anthropics/anthropic-sdk-go/option"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	bedrocktoken "github.com/bedrock-token/bedrock-token/bindings/go"
	"github.com/bedrock-token/bedrock-token/bindings/go/awscreds"
)

// cfg is for example config.LoadDefaultConfig's. p is awscreds.NewFromConfig(cfg).
func awsSDK(cfg aws.Config, p *bedrocktoken.Provider) (*bedrockruntime.Client, error) {
	err := awscreds.Authorize(&cfg, p)
	return bedrockruntime.NewFromConfig(cfg), err
}

// The SDK's own hook. The program itself has to repeat a refused request, after p.Invalidate(token).
func awsSDKWithHook(cfg aws.Config, p *bedrocktoken.Provider) *bedrockruntime.Client {
	return bedrockruntime.NewFromConfig(cfg, func(o *bedrockruntime.Options) {
		o.BearerAuthTokenProvider = awscreds.BearerTokens(p)
		o.AuthSchemePreference = []string{"httpBearerAuth"}
	})
}

func anthropicOnBedrock(cfg aws.Config, p *bedrocktoken.Provider) (anthropic.Client, error) {
	err := awscreds.Authorize(&cfg, p)
	return anthropic.NewClient(anthropicbedrock.WithConfig(cfg), option.WithHTTPClient(cfg.HTTPClient)), err
}

// The hook again, for a program that has no AWS_BEARER_TOKEN_BEDROCK.
func anthropicOnBedrockWithHook(cfg aws.Config, p *bedrocktoken.Provider) anthropic.Client {
	return anthropic.NewClient(anthropicbedrock.WithConfig(hooked(cfg, p)))
}

func hooked(cfg aws.Config, p *bedrocktoken.Provider) aws.Config {
	cfg.BearerAuthTokenProvider = awscreds.BearerTokens(p)
	cfg.AuthSchemePreference = []string{"httpBearerAuth"}
	return cfg
}

// The provider is one WithService(bedrocktoken.ClaudePlatform).
func claudePlatform(ctx context.Context, workspace string, p *bedrocktoken.Provider) (*anthropicaws.Client, error) {
	about := anthropicaws.ClientConfig{AWSRegion: p.Region(), WorkspaceID: workspace, APIKey: "unused"}
	return anthropicaws.NewClient(ctx, about, option.WithHTTPClient(&http.Client{Transport: p.Transport(nil)}))
}
