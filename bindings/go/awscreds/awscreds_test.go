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

// nowhere is an environment in which no AWS program finds anything. It returns its home folder.
func nowhere(t *testing.T) string {
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
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(home, ".aws", "config"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(home, ".aws", "credentials"))
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	return home
}

func write(t *testing.T, path ...string) {
	name, text := filepath.Join(path[:len(path)-1]...), path[len(path)-1]
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
}

// The chain is the SDK's. Where the region comes from is partly ours: the SDK does not ask the instance.
func TestDefaultChain(t *testing.T) {
	keys := "aws_access_key_id = " + accessKey + "\naws_secret_access_key = " + secret + "\n"
	for _, test := range []struct {
		name      string
		setUp     func(t *testing.T, home string)
		accessKey string
		region    string
	}{
		{"environment, temporary", func(t *testing.T, home string) {
			t.Setenv("AWS_ACCESS_KEY_ID", temporary)
			t.Setenv("AWS_SECRET_ACCESS_KEY", secret)
			t.Setenv("AWS_SESSION_TOKEN", session)
			t.Setenv("AWS_DEFAULT_REGION", "eu-west-2")
		}, temporary, "eu-west-2"},
		{"profile", func(t *testing.T, home string) {
			t.Setenv("AWS_PROFILE", "other")
			write(t, home, ".aws", "config", "[profile other]\nregion = eu-north-1\n"+keys)
		}, accessKey, "eu-north-1"},
		{"instance metadata", func(t *testing.T, home string) {
			metadata := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				fmt.Fprint(w, `{"region": "me-south-1"}`) // for the token that it asks for first, too
			}))
			t.Cleanup(metadata.Close)
			t.Setenv("AWS_EC2_METADATA_DISABLED", "false")
			t.Setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.URL)
			write(t, home, ".aws", "credentials", "[default]\n"+keys)
		}, accessKey, "me-south-1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.setUp(t, nowhere(t))
			p, err := New(t.Context(), bedrocktoken.WithExpires(time.Minute))
			if err != nil {
				t.Fatal(err)
			}
			token, err := p.Token(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			info, err := bedrocktoken.Inspect(token)
			if err != nil || info.AccessKeyID != test.accessKey || info.HasSession != (test.accessKey == temporary) ||
				info.Region != test.region || p.Region() != test.region || info.ExpiresAt.Sub(info.IssuedAt) != time.Minute {
				t.Errorf("%+v, %v", info, err)
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
	p, err := New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Token(t.Context()); !errors.Is(err, bedrocktoken.ErrNoCredentials) {
		t.Errorf("no credentials: %v", err)
	}
	t.Setenv("AWS_PROFILE", "missing")
	if p, err := New(t.Context()); p != nil || err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("no profile: %v, %v", p, err)
	}
}

func TestChangedFileIsNoticed(t *testing.T) {
	home := nowhere(t)
	t.Setenv("AWS_REGION", "eu-central-1")
	owner := func(p *bedrocktoken.Provider) string {
		token, err := p.Token(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		info, err := bedrocktoken.Inspect(token)
		if err != nil {
			t.Fatal(err)
		}
		return info.AccessKeyID
	}
	file := "[default]\naws_secret_access_key = " + secret + "\naws_access_key_id = "
	write(t, home, ".aws", "credentials", file+"FIRST")
	p, err := New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	first := owner(p)
	write(t, home, ".aws", "credentials", file+"SECOND")
	kept := owner(p)
	p.Invalidate("")
	if second := owner(p); first != "FIRST" || kept != "FIRST" || second != "SECOND" {
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
