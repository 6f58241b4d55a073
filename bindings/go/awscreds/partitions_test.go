package awscreds

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	bedrocktoken "github.com/bedrock-token/bedrock-token/bindings/go"
)

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Bedrock's hosts, in every region that the SDK knows, get the token of that region's provider.
func TestHostsOfThePartitionsOfTheSDK(t *testing.T) {
	sdk, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/aws/aws-sdk-go-v2").Output()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(sdk)), "internal", "endpoints", "awsrulesfn", "partitions.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Partitions []struct {
			ID      string
			Outputs struct{ DNSSuffix, DualStackDNSSuffix string }
			Regions map[string]any
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	source := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: secret}, nil
	})
	var sent *http.Request
	base := roundTripper(func(r *http.Request) (*http.Response, error) {
		sent = r
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
	})
	elsewhere, err := NewFromConfig(aws.Config{Region: "xx-nowhere-1", Credentials: source})
	if err != nil {
		t.Fatal(err)
	}
	tried := map[string]int{}
	for _, partition := range file.Partitions {
		for region := range partition.Regions {
			if strings.HasSuffix(region, "-global") {
				continue // it has no hosts
			}
			p, err := NewFromConfig(aws.Config{Region: region, Credentials: source})
			if err != nil {
				t.Fatal(err)
			}
			for _, host := range []string{
				"bedrock-runtime." + region + "." + partition.Outputs.DNSSuffix,
				"bedrock-runtime." + region + "." + partition.Outputs.DualStackDNSSuffix,
				"vpce-0a1b2c.bedrock-runtime." + region + ".vpce." + partition.Outputs.DNSSuffix,
			} {
				request, err := http.NewRequestWithContext(t.Context(), "GET", "https://"+host+"/", nil)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := p.Transport(base).RoundTrip(request); err != nil || sent.Header.Get("Authorization") == "" {
					t.Errorf("%s: a request without a token, %v", host, err)
				}
				if _, err := elsewhere.Transport(base).RoundTrip(request); !errors.Is(err, bedrocktoken.ErrHost) {
					t.Errorf("%s, of another region: %v", host, err)
				}
				tried[partition.ID]++
			}
		}
	}
	if len(tried) < 8 || tried["aws"] < 90 || tried["aws-eusc"] == 0 {
		t.Errorf("partitions and how many hosts were tried: %v", tried)
	}
}
