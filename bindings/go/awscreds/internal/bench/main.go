// A worker of benches/languages.py: this package, and the signer of AWS's SDK.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	bedrocktoken "github.com/bedrock-token/bedrock-token/bindings/go"
	"github.com/bedrock-token/bedrock-token/bindings/go/awscreds/internal/sdk"
)

const (
	key    = "AKIAIOSFODNN7EXAMPLE"
	secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	region = "eu-central-1"
)

// generator makes the function of an operation, which generates a token from a session token.
func generator(operation string) func(session string) (string, error) {
	ctx := context.Background()
	provider := func(accessKey string) (*bedrocktoken.Provider, error) {
		c := bedrocktoken.Credentials{AccessKeyID: accessKey, SecretAccessKey: secret}
		source := func(context.Context) (bedrocktoken.Credentials, error) { return c, nil }
		return bedrocktoken.NewProvider(bedrocktoken.CredentialsFunc(source), region)
	}
	switch operation {
	case "generate":
		return func(session string) (string, error) {
			c := bedrocktoken.Credentials{AccessKeyID: key, SecretAccessKey: secret, SessionToken: session}
			return bedrocktoken.Generate(c, region, bedrocktoken.DefaultExpires)
		}
	case "kept":
		kept := must(provider(key))
		return func(string) (string, error) { return kept.Token(ctx) }
	case "sdk", "first":
		signer, tenant := v4.NewSigner(), 0 // the signer keeps signing keys
		return func(session string) (string, error) {
			c := aws.Credentials{AccessKeyID: key, SecretAccessKey: secret, SessionToken: session}
			if operation == "first" {
				c.AccessKeyID = fmt.Sprintf("AKIA%016d", tenant)
				tenant++
			}
			return sdk.Presign(ctx, signer, c, region, bedrocktoken.DefaultExpires, time.Now())
		}
	}
	var count int // tenants_COUNT: the kept tokens of so many, in turn
	must(fmt.Sscanf(operation, "tenants_%d", &count))
	tenants := bedrocktoken.NewTenants(count, func(tenant int) (*bedrocktoken.Provider, error) {
		return provider(fmt.Sprintf("AKIA%016d", tenant))
	})
	tenant := 0
	next := func(string) (string, error) {
		tenant = (tenant + 1) % count
		p, err := tenants.Provider(tenant)
		if err != nil {
			return "", err
		}
		return p.Token(ctx)
	}
	for range count {
		must(next(""))
	}
	return next
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// run runs all the iterations in each goroutine.
func run(generate func(string) (string, error), sessions []string, iterations, goroutines int) time.Duration {
	var all sync.WaitGroup
	started := time.Now()
	for range goroutines {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := range iterations {
				must(generate(sessions[i%len(sessions)]))
			}
		}()
	}
	all.Wait()
	return time.Since(started)
}

func main() {
	generators := map[string]func(string) (string, error){}
	sessions := map[string][]string{}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var command, name, length string
		var first, second int
		must(fmt.Sscan(lines.Text(), &command, &name, &length, &first, &second))
		if generators[name] == nil {
			generators[name] = generator(name)
		}
		if sessions[length] == nil {
			sessions[length] = strings.Split(string(must(os.ReadFile(filepath.Join(os.Args[1], length)))), "\n")[:64]
		}
		if command == "token" {
			fmt.Println(must(generators[name](sessions[length][first])))
		} else {
			fmt.Println(run(generators[name], sessions[length], first, second).Nanoseconds())
		}
	}
}
