// Package bedrocktoken generates AWS bearer tokens out of credentials that the caller passes in: the
// short-term API keys of Amazon Bedrock and of Claude Platform on AWS. It calls the library bedrock-token.
// Its import path does not end in its name, so programs name it:
//
//	import bedrocktoken "github.com/bedrock-token/bedrock-token/bindings/go"
//
// [Generate] generates one token. A [Provider] keeps one and renews it before it ends, and its
// [Provider.Transport] puts it on HTTP requests.
//
// The package reads no environment variable, no file and no socket, so a server may generate tokens
// for many tenants at the same time. To take credentials and region from where AWS programs usually
// find them, use the package awscreds, a module of its own beside this one.
//
// Everything here may be used by many goroutines at the same time.
//
// # Building
//
// With cgo, programs contain the library, which a released version carries for the usual platforms. With the
// build tag bedrock_token_dynamic they load an installed one instead. Without cgo, or with the build tag
// bedrock_token_wasm, they contain it as a WebAssembly module, on every platform. README.md has the details.
package bedrocktoken

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"
)

// DefaultExpires is the life of a token of AWS's own generators, and the longest there is: 12 hours.
const DefaultExpires = 12 * time.Hour

// Credentials are what AWS calls security credentials. Printed by package fmt or logged by log/slog,
// they show the access key ID and when they end, and no secret. Neither package can hide a secret where
// Credentials stand in an unexported field, nor slog's JSON handler where they stand in another struct:
// encoding/json writes all of them, and reads them back.
type Credentials struct {
	AccessKeyID     string    // 1 to 128 of A-Z a-z 0-9 _
	SecretAccessKey string    // 1 to 256 printable ASCII characters, no space
	SessionToken    string    // empty for long-term credentials; required when AccessKeyID starts with ASIA
	Expires         time.Time // when the credentials end; zero if they do not, or it is not known
}

// Format implements [fmt.Formatter] for every verb.
func (c Credentials) Format(f fmt.State, _ rune) {
	io.WriteString(f, c.redacted())
}

// LogValue implements [slog.LogValuer].
func (c Credentials) LogValue() slog.Value {
	return slog.StringValue(c.redacted())
}

func (c Credentials) redacted() string {
	hide := func(secret string) string {
		if secret == "" {
			return ""
		}
		return "REDACTED"
	}
	expires := "never"
	if !c.Expires.IsZero() {
		expires = c.Expires.UTC().Format(time.RFC3339)
	}
	return fmt.Sprintf("{AccessKeyID:%q SecretAccessKey:%q SessionToken:%q Expires:%s}",
		c.AccessKeyID, hide(c.SecretAccessKey), hide(c.SessionToken), expires)
}

// Service is a service that takes tokens.
type Service int32

const (
	Bedrock        Service = 0 // Amazon Bedrock
	ClaudePlatform Service = 1 // Claude Platform on AWS
)

// String returns the name that the command bedrock-token has for the service.
func (s Service) String() string {
	switch s {
	case Bedrock:
		return "bedrock"
	case ClaudePlatform:
		return "claude-platform"
	}
	return fmt.Sprintf("Service(%d)", int32(s))
}

// Generate generates a token for a region that is valid from now on.
//
// It lives for expires, without a fraction of a second: 1 second to [DefaultExpires]. It ends when the
// credentials do, if that is sooner.
//
// The error is an [Error].
func Generate(c Credentials, region string, expires time.Duration, opts ...Option) (string, error) {
	return GenerateAt(c, region, expires, time.Now(), opts...)
}

// The end of the year 9999.
const lastSecond = 253402300799

// GenerateAt generates the token of a given second, in the years 1970 to 9999. The same arguments
// always give the same token.
func GenerateAt(c Credentials, region string, expires time.Duration, at time.Time, opts ...Option) (string, error) {
	service := Bedrock
	for _, opt := range opts {
		service = opt.chosen()
	}
	if !c.Expires.IsZero() {
		// Unix seconds, because times compare by the monotonic clock if they can, and that one stops
		// while a machine sleeps.
		switch ends := c.Expires.Unix(); {
		case ends > lastSecond:
			return "", ErrTime // it was made of milliseconds
		case ends <= at.Unix():
			return "", ErrCredentialsExpired
		}
	}

	return generateInto(service, c, region, seconds(expires), at.Unix())
}

// seconds gives 0, which the library refuses, for what it could not be told.
func seconds(expires time.Duration) uint32 {
	if expires < 0 || expires > DefaultExpires {
		return 0
	}
	return uint32(expires / time.Second)
}

// put writes s and a NUL to the front of memory, and returns what is left of it.
func put(memory []byte, s string) (rest []byte) {
	n := copy(memory, s)
	if nul := strings.IndexByte(s, 0); nul >= 0 {
		memory[nul] = 1 // the library would stop at a NUL; this is refused as well
	}
	memory[n] = 0
	return memory[n+1:]
}

// Info is what a token says of itself.
type Info struct {
	AccessKeyID string
	Region      string    // the token is good in no other
	IssuedAt    time.Time // UTC
	ExpiresAt   time.Time // UTC; if the credentials end sooner, so does the token, without saying so
	HasSession  bool      // the credentials were temporary
	Service     Service   // the service that the token is for
}

// Inspect reads a token of this library or of any of AWS's own generators. The token may come from
// anyone: whether its signature is right, only the service can say.
//
// The error is an [Error].
func Inspect(token string) (Info, error) {
	return inspect(token)
}
