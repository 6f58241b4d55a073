// A worker of benches/bench.py: the package, and the signer of AWS's SDK.
package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	bedrocktoken "github.com/bedrock-token/bedrock-token/bindings/go"
)

const (
	key    = "AKIAIOSFODNN7EXAMPLE"
	secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	region = "eu-central-1"
	prefix = "bedrock-api" + "-key-"

	unsigned  = "https://bedrock.amazonaws.com/?Action=CallWithBearerToken&X-Amz-Expires=43200"
	emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

var ctx = context.Background()

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func operation(name string) func(session string) string {
	switch name {
	case "generate":
		return func(session string) string {
			c := bedrocktoken.Credentials{AccessKeyID: key, SecretAccessKey: secret, SessionToken: session}
			return must(bedrocktoken.Generate(c, region, bedrocktoken.DefaultExpires))
		}
	case "kept":
		provider := must(bedrocktoken.NewProvider(bedrocktoken.CredentialsFunc(
			func(context.Context) (bedrocktoken.Credentials, error) {
				return bedrocktoken.Credentials{AccessKeyID: key, SecretAccessKey: secret}, nil
			}), region))
		return func(string) string { return must(provider.Token(ctx)) }
	}
	signer := v4.NewSigner() // it keeps signing keys
	return func(session string) string {
		c := aws.Credentials{AccessKeyID: key, SecretAccessKey: secret, SessionToken: session}
		request := must(http.NewRequest("POST", unsigned, nil))
		signed, _, err := signer.PresignHTTP(ctx, c, request, emptyHash, "bedrock", region, time.Now())
		url := strings.TrimPrefix(must(signed, err), "https://") + "&Version=1"
		return prefix + base64.StdEncoding.EncodeToString([]byte(url))
	}
}

func main() {
	fmt.Println("ready")
	var generate func(string) string
	lines := bufio.NewScanner(os.Stdin)
	for lines.Buffer(nil, 1<<16); lines.Scan(); {
		words := strings.Split(lines.Text(), " ")
		sessions := strings.Split(strings.TrimPrefix(words[2], "-"), ",")
		if generate == nil {
			generate = operation(words[0])
		}
		var token string
		for i := range must(strconv.Atoi(words[1])) {
			token = generate(sessions[i%len(sessions)])
		}
		fmt.Println(token)
	}
}
