package awscreds

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	bedrocktoken "github.com/bedrock-token/bedrock-token/bindings/go"
)

// AWS's documentation examples.
const (
	accessKey = "AKIAIOSFODNN7EXAMPLE"
	temporary = "ASIAIOSFODNN7EXAMPLE"
	secret    = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	session   = "FAKE/SESSION+TOKEN=="
)

// nowhere is an environment in which no AWS program finds anything. It returns what writes one of its files.
func nowhere(t *testing.T) (write func(name, text string)) {
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "") // so that it is put back
			os.Unsetenv(name)
		}
	}
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	// The SDK knew the home folder when the program started.
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(home, "config"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(home, "credentials"))
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	return func(name, text string) {
		if err := os.WriteFile(filepath.Join(home, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// must returns the value of a call that has to succeed.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// generates returns what a provider's token says of itself.
func generates(p *bedrocktoken.Provider) bedrocktoken.Info {
	return must(bedrocktoken.Inspect(must(p.Token(context.Background()))))
}

// The chain is the SDK's. Where the region comes from is partly ours: the SDK does not ask the instance.
func TestDefaultChain(t *testing.T) {
	keys := "aws_access_key_id = " + accessKey + "\naws_secret_access_key = " + secret + "\n"
	for _, test := range []struct {
		name      string
		setUp     func(t *testing.T, write func(name, text string))
		accessKey string
		region    string
	}{
		{"environment, temporary", func(t *testing.T, _ func(name, text string)) {
			t.Setenv("AWS_ACCESS_KEY_ID", temporary)
			t.Setenv("AWS_SECRET_ACCESS_KEY", secret)
			t.Setenv("AWS_SESSION_TOKEN", session)
			t.Setenv("AWS_DEFAULT_REGION", "eu-west-2")
		}, temporary, "eu-west-2"},
		{"profile", func(t *testing.T, write func(name, text string)) {
			t.Setenv("AWS_PROFILE", "other")
			write("config", "[profile other]\nregion = eu-north-1\n"+keys)
		}, accessKey, "eu-north-1"},
		{"instance metadata", func(t *testing.T, write func(name, text string)) {
			metadata := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				fmt.Fprint(w, `{"region": "me-south-1"}`) // for the token that it asks for first, too
			}))
			t.Cleanup(metadata.Close)
			t.Setenv("AWS_EC2_METADATA_DISABLED", "false")
			t.Setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.URL)
			write("credentials", "[default]\n"+keys)
		}, accessKey, "me-south-1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.setUp(t, nowhere(t))
			p := must(New(t.Context(), bedrocktoken.WithExpires(time.Minute)))
			info := generates(p)
			if info.AccessKeyID != test.accessKey || info.HasSession != (test.accessKey == temporary) ||
				info.Region != test.region || p.Region() != test.region || info.ExpiresAt.Sub(info.IssuedAt) != time.Minute {
				t.Errorf("%+v", info)
			}
		})
	}
}

func TestNothingFound(t *testing.T) {
	nowhere(t)
	if p, err := New(t.Context()); p != nil || !errors.Is(err, bedrocktoken.ErrRegion) {
		t.Errorf("no region: %v, %v", p, err)
	}
	t.Setenv("AWS_REGION", "eu-central-1")
	p := must(New(t.Context()))
	if _, err := p.Token(t.Context()); !errors.Is(err, bedrocktoken.ErrNoCredentials) {
		t.Errorf("no credentials: %v", err)
	}
	t.Setenv("AWS_PROFILE", "missing")
	if p, err := New(t.Context()); p != nil || err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("no profile: %v, %v", p, err)
	}
}

func TestChangedFileIsNoticed(t *testing.T) {
	write := nowhere(t)
	t.Setenv("AWS_REGION", "eu-central-1")
	keys := "[default]\naws_secret_access_key = " + secret + "\naws_access_key_id = "
	write("credentials", keys+"FIRST")
	p := must(New(t.Context()))
	first := generates(p).AccessKeyID
	write("credentials", keys+"SECOND")
	kept := generates(p).AccessKeyID
	p.Invalidate("")
	if second := generates(p).AccessKeyID; first != "FIRST" || kept != "FIRST" || second != "SECOND" {
		t.Errorf("%s, %s, %s", first, kept, second)
	}
}

func TestNewFromConfig(t *testing.T) {
	given := aws.Credentials{AccessKeyID: temporary, SecretAccessKey: secret, SessionToken: session, CanExpire: true, Expires: time.Now().Add(time.Hour)}
	calls := 0
	source := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		calls++
		return given, nil
	})
	for _, test := range []struct {
		region  string
		source  aws.CredentialsProvider
		ends    time.Duration // from now on
		expires bool
		made    error
		token   error
	}{
		{"eu-central-1", aws.NewCredentialsCache(source), time.Hour, true, nil, nil},
		{"eu-central-1", source, -time.Second, true, nil, bedrocktoken.ErrCredentialsExpired},
		{"eu-central-1", aws.NewCredentialsCache(source), -time.Second, true, nil, bedrocktoken.ErrCredentialsExpired},
		{"eu-central-1", source, -time.Second, false, nil, nil}, // the SDK says that they do not end
		{"eu-central-1", nil, time.Hour, true, bedrocktoken.ErrNullArgument, nil},
		{"", source, time.Hour, true, bedrocktoken.ErrRegion, nil},
	} {
		given.Expires, given.CanExpire = time.Now().Add(test.ends), test.expires
		p, err := NewFromConfig(aws.Config{Region: test.region, Credentials: test.source})
		if !errors.Is(err, test.made) {
			t.Errorf("%+v: %v", test, err)
		}
		if err != nil {
			continue
		}
		calls = 0
		for range 2 {
			if _, err := p.Token(t.Context()); !errors.Is(err, test.token) || err == nil && calls != 1 {
				t.Errorf("%+v: %d calls, %v", test, calls, err)
			}
		}
		if test.token != nil {
			continue
		}
		p.Invalidate("")
		if _, err := p.Token(t.Context()); err != nil || calls != 2 {
			t.Errorf("%+v: %d calls, %v: the SDK's cache still had them", test, calls, err)
		}
	}
}
