package bedrocktoken_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"sync"
	"time"

	bedrocktoken "github.com/bedrock-token/bedrock-token/bindings/go"
)

// AWS's documentation examples.
var credentials = bedrocktoken.Credentials{
	AccessKeyID:     "AKIAIOSFODNN7EXAMPLE",
	SecretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
}

func ExampleGenerate() {
	token, err := bedrocktoken.Generate(credentials, "us-west-2", time.Hour,
		bedrocktoken.WithService(bedrocktoken.ClaudePlatform))
	if err != nil {
		log.Fatal(err)
	}
	info, err := bedrocktoken.Inspect(token)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(info.Service, info.Region, info.AccessKeyID, info.ExpiresAt.Sub(info.IssuedAt))
	// Output: claude-platform us-west-2 AKIAIOSFODNN7EXAMPLE 1h0m0s
}

func ExampleError() {
	_, err := bedrocktoken.Generate(credentials, "Frankfurt", time.Hour)
	fmt.Println(err)
	fmt.Println(errors.Is(err, bedrocktoken.ErrRegion))
	// Output:
	// bedrocktoken: region: must be a name such as us-east-1: 1 to 63 of a-z 0-9 -, a letter first, and a number after the last -
	// true
}

// A server keeps a provider for each tenant.
func ExampleProvider() {
	var providers sync.Map // of tenants' names; Delete ends one
	token := func(ctx context.Context, tenant, region string) (string, error) {
		provider, known := providers.Load(tenant)
		if !known {
			source := bedrocktoken.CredentialsFunc(func(context.Context) (bedrocktoken.Credentials, error) {
				return credentials, nil // as a database or a vault has the tenant's now
			})
			created, err := bedrocktoken.NewProvider(source, region, bedrocktoken.WithExpires(time.Hour))
			if err != nil {
				return "", err
			}
			provider, _ = providers.LoadOrStore(tenant, created)
		}
		return provider.(*bedrocktoken.Provider).Token(ctx)
	}
	first, err := token(context.Background(), "acme", "eu-central-1")
	if err != nil {
		log.Fatal(err)
	}
	again, err := token(context.Background(), "acme", "eu-central-1")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(first == again)
	// Output: true
}

func ExampleProvider_Transport() {
	source := bedrocktoken.CredentialsFunc(func(ctx context.Context) (bedrocktoken.Credentials, error) {
		return credentials, nil
	})
	provider, err := bedrocktoken.NewProvider(source, "eu-central-1")
	if err != nil {
		log.Fatal(err)
	}
	client := &http.Client{Transport: provider.Transport(nil), Timeout: time.Minute}
	_, err = client.Get("https://bedrock.us-east-1.amazonaws.com/foundation-models")
	fmt.Println(err)
	// Output: Get "https://bedrock.us-east-1.amazonaws.com/foundation-models": bedrocktoken: host bedrock.us-east-1.amazonaws.com: the provider's tokens are for bedrock in eu-central-1
}
