package awscreds_test

import (
	"context"
	"fmt"
	"log"

	"github.com/aws/aws-sdk-go-v2/aws"
	bedrocktoken "github.com/bedrock-token/bedrock-token/bindings/go"
	"github.com/bedrock-token/bedrock-token/bindings/go/awscreds"
)

func ExampleNewFromConfig() {
	cfg := aws.Config{
		Region: "eu-central-1",
		// For example stscreds.NewAssumeRoleProvider, with a tenant's role.
		Credentials: aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
			return aws.Credentials{
				AccessKeyID:     "AKIAIOSFODNN7EXAMPLE",
				SecretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
			}, nil
		}),
	}
	provider, err := awscreds.NewFromConfig(cfg)
	if err != nil {
		log.Fatal(err)
	}
	token, err := provider.Token(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	info, err := bedrocktoken.Inspect(token)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(info.AccessKeyID, info.Region)
	// Output: AKIAIOSFODNN7EXAMPLE eu-central-1
}
