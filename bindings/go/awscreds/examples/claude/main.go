// Asks a model of Claude Platform on AWS.
package main

import (
	"context"
	"io"
	"log"
	"net/http"
	"os"
	"strings"

	bedrocktoken "github.com/bedrock-token/bedrock-token/bindings/go"
	"github.com/bedrock-token/bedrock-token/bindings/go/awscreds"
)

func main() {
	provider, err := awscreds.New(context.Background(), bedrocktoken.WithService(bedrocktoken.ClaudePlatform))
	if err != nil {
		log.Fatal(err)
	}
	request, err := http.NewRequest(http.MethodPost,
		"https://aws-external-anthropic."+provider.Region()+".api.aws/v1/messages",
		strings.NewReader(`{"model": "claude-sonnet-4-6", "max_tokens": 1024, "messages": [{"role": "user", "content": "Hello"}]}`))
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("anthropic-version", "2023-06-01")
	request.Header.Set("anthropic-workspace-id", os.Getenv("ANTHROPIC_AWS_WORKSPACE_ID"))
	client := &http.Client{Transport: provider.Transport(nil)} // puts a fresh token on each request
	response, err := client.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(os.Stdout, response.Body); err != nil {
		log.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		log.Fatal(response.Status)
	}
}
