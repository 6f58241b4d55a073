package bedrocktoken_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"strings"
	"time"

	bedrocktoken "github.com/bedrock-token/bedrock-token/bindings/go"
)

// AWS's documentation examples.
var credentials = bedrocktoken.Credentials{
	AccessKeyID:     "AKIAIOSFODNN7EXAMPLE",
	SecretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
}

func ExampleGenerate() {
	token, err := bedrocktoken.Generate(credentials, "eu-central-1", time.Hour)
	if err != nil {
		log.Fatal(err)
	}
	request, err := http.NewRequest("GET", "https://bedrock.eu-central-1.amazonaws.com/foundation-models", nil)
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	fmt.Println(strings.HasPrefix(token, "bedrock-api"+"-key-"))
	// Output: true
}

func ExampleWithService() {
	token, err := bedrocktoken.Generate(credentials, "us-west-2", time.Hour, bedrocktoken.WithService(bedrocktoken.ClaudePlatform))
	if err != nil {
		log.Fatal(err)
	}
	info, err := bedrocktoken.Inspect(token)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(info.Service, info.Region)
	// Output: claude-platform us-west-2
}

func ExampleInspect() {
	token, err := bedrocktoken.GenerateAt(credentials, "eu-central-1", 2*time.Hour, time.Unix(1781524800, 0))
	if err != nil {
		log.Fatal(err)
	}
	info, err := bedrocktoken.Inspect(token)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(info.AccessKeyID, info.Region)
	fmt.Println(info.IssuedAt)
	fmt.Println(info.ExpiresAt)
	// Output:
	// AKIAIOSFODNN7EXAMPLE eu-central-1
	// 2026-06-15 12:00:00 +0000 UTC
	// 2026-06-15 14:00:00 +0000 UTC
}

func ExampleError() {
	_, err := bedrocktoken.Generate(credentials, "Frankfurt", time.Hour)
	fmt.Println(err)
	fmt.Println(errors.Is(err, bedrocktoken.ErrRegion))
	// Output:
	// bedrocktoken: region: must be a name such as us-east-1: 1 to 63 of a-z 0-9 -, a letter first, and a number after the last -
	// true
}

func ExampleProvider() {
	source := bedrocktoken.CredentialsFunc(func(ctx context.Context) (bedrocktoken.Credentials, error) {
		return credentials, nil // as a tenant database or a vault has them now
	})
	provider, err := bedrocktoken.NewProvider(source, "eu-central-1", bedrocktoken.WithExpires(time.Hour))
	if err != nil {
		log.Fatal(err)
	}
	token, err := provider.Token(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	again, err := provider.Token(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token == again)
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
