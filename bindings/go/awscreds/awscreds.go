// Package awscreds gives bedrocktoken the credentials and the region that AWS programs find by
// themselves: environment variables, the shared config and credentials files with their profiles,
// IAM Identity Center (SSO), assumed roles, web identity, credential processes, container
// credentials and the instance metadata service. It is aws-sdk-go-v2's default chain and nothing
// of its own.
package awscreds

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
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
