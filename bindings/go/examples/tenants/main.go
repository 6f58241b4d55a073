package main

import (
	"context"
	"fmt"
	"log"
	"sync"

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

var providers sync.Map // of tenant to *bedrocktoken.Provider

// provider may be called by any goroutine. A provider of a tenant that is gone leaves with
// providers.Delete.
func (t tenant) provider() (*bedrocktoken.Provider, error) {
	if known, ok := providers.Load(t); ok {
		return known.(*bedrocktoken.Provider), nil
	}
	created, err := bedrocktoken.NewProvider(bedrocktoken.CredentialsFunc(t.credentials), t.region)
	if err != nil {
		return nil, err
	}
	first, _ := providers.LoadOrStore(t, created)
	return first.(*bedrocktoken.Provider), nil
}

func main() {
	provider, err := tenant{"acme", "eu-central-1"}.provider() // for each request
	if err != nil {
		log.Fatal(err)
	}
	token, err := provider.Token(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token)
}
