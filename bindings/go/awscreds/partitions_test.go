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
	source := bedrocktoken.CredentialsFunc(func(context.Context) (bedrocktoken.Credentials, error) {
		return bedrocktoken.Credentials{AccessKeyID: accessKey, SecretAccessKey: secret}, nil
	})
	// takes tells whether a request to a host has the token of a region's provider.
	takes := func(host, region string) (takes bool, err error) {
		p, err := bedrocktoken.NewProvider(source, region)
		if err != nil {
			t.Fatal(err)
		}
		client := http.Client{Transport: p.Transport(roundTripper(func(r *http.Request) (*http.Response, error) {
			takes = r.Header.Get("Authorization") != ""
			return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
		}))}
		_, err = client.Get("https://" + host + "/")
		return takes, err
	}
	tried := map[string]int{}
	for _, partition := range file.Partitions {
		for region := range partition.Regions {
			if strings.HasSuffix(region, "-global") {
				continue // it has no hosts
			}
			for _, host := range []string{
				"bedrock-runtime." + region + "." + partition.Outputs.DNSSuffix,
				"bedrock-runtime." + region + "." + partition.Outputs.DualStackDNSSuffix,
				"vpce-0a1b2c.bedrock-runtime." + region + ".vpce." + partition.Outputs.DNSSuffix,
			} {
				if takes, err := takes(host, region); !takes || err != nil {
					t.Errorf("%s: a request without a token, %v", host, err)
				}
				if takes, err := takes(host, "xx-nowhere-1"); takes || !errors.Is(err, bedrocktoken.ErrHost) {
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
