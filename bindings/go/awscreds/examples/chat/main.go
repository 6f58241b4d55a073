package main

import (
	"context"
	"io"
	"log"
	"net/http"
	"os"
	"strings"

	"github.com/bedrock-token/bedrock-token/bindings/go/awscreds"
)

func main() {
	provider, err := awscreds.New(context.Background()) // AWS's default credentials and region
	if err != nil {
		log.Fatal(err)
	}
	client := &http.Client{Transport: provider.Transport(nil)} // puts a fresh token on each request
	response, err := client.Post("https://bedrock-mantle."+provider.Region()+".api.aws/v1/chat/completions",
		"application/json",
		strings.NewReader(`{"model": "openai.gpt-oss-120b", "messages": [{"role": "user", "content": "Hello"}]}`))
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
