package main

import (
	"context"
	"fmt"
	"log"

	bedrocktoken "github.com/bedrock-token/bedrock-token/bindings/go"
)

type tenant struct{ name, region string }

// credentials would ask a database or a vault.
func (t tenant) credentials(context.Context) (bedrocktoken.Credentials, error) {
	return bedrocktoken.Credentials{
		AccessKeyID:     "AKIAIOSFODNN7EXAMPLE",
		SecretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
	}, nil
}

func main() {
	tenants := bedrocktoken.NewTenants(10_000, func(t tenant) (*bedrocktoken.Provider, error) {
		return bedrocktoken.NewProvider(bedrocktoken.CredentialsFunc(t.credentials), t.region)
	})
	provider, err := tenants.Provider(tenant{"acme", "eu-central-1"}) // for each request
	if err != nil {
		log.Fatal(err)
	}
	token, err := provider.Token(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token)
}
