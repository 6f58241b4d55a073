//go:build cgo

// Package bedrocktoken generates AWS bearer tokens out of credentials that the caller passes in: the
// short-term API keys of Amazon Bedrock and of Claude Platform on AWS. It calls the C library
// libbedrock_token.
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
// The package needs cgo and a C compiler. A released version carries the library, for Linux (glibc and
// musl; amd64 and arm64), Windows (amd64) and macOS, and programs contain it. With the build tag
// bedrock_token_dynamic they load an installed libbedrock_token.so.0 instead, which pkg-config finds.
package bedrocktoken

/*
// The library keeps no pointer and calls nothing back, which saves an allocation for each call.
#cgo noescape bedrock_token_generate_into
#cgo nocallback bedrock_token_generate_into
#cgo noescape bedrock_token_inspect
#cgo nocallback bedrock_token_inspect
#include "archive.h"
*/
import "C"

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"time"
	"unsafe"
)

// DefaultExpires is the life of a token of AWS's own generators, and the longest there is: 12 hours.
const DefaultExpires = C.BEDROCK_TOKEN_EXPIRES_DEFAULT * time.Second

// Credentials are what AWS calls security credentials. Printed, logged or marshaled as text or JSON,
// they show the access key ID and when they end, and nothing of the rest. Package fmt cannot see to
// that with the verb %p, or where they stand in an unexported field of what is printed.
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

// MarshalText implements [encoding.TextMarshaler], which packages log/slog and encoding/json use.
func (c Credentials) MarshalText() ([]byte, error) {
	return []byte(c.redacted()), nil
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
	Bedrock        Service = C.BEDROCK_TOKEN_SERVICE_BEDROCK         // Amazon Bedrock
	ClaudePlatform Service = C.BEDROCK_TOKEN_SERVICE_CLAUDE_PLATFORM // Claude Platform on AWS
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
// It lives for expires: whole seconds, up to [DefaultExpires]. It ends when the credentials do, if
// that is sooner.
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

	memory := newMemory(len(c.AccessKeyID) + len(c.SecretAccessKey) + len(c.SessionToken) + len(region) + 4)
	defer wipe(memory)
	accessKey, rest := cString(memory, c.AccessKeyID)
	secret, rest := cString(rest, c.SecretAccessKey)
	session, rest := cString(rest, c.SessionToken)
	cRegion, _ := cString(rest, region)

	// Room enough, unless a session token has uncommonly many characters to escape.
	capacity := 512 + 2*len(c.SessionToken)
	for {
		token := make([]byte, capacity)
		var length C.size_t
		status := C.bedrock_token_generate_into(C.bedrock_token_service(service), accessKey, secret, session, cRegion,
			seconds(expires), C.int64_t(at.Unix()),
			(*C.char)(unsafe.Pointer(&token[0])), C.size_t(len(token)), &length)
		switch status {
		case C.BEDROCK_TOKEN_OK:
			// Nothing else refers to these bytes, so they can be the string.
			return unsafe.String(&token[0], int(length)), nil
		case C.BEDROCK_TOKEN_ERR_BUFFER_TOO_SMALL:
			capacity = int(length) + 1
		default:
			return "", Error(status)
		}
	}
}

// seconds gives 0, which the library refuses, for what it could not be told.
func seconds(expires time.Duration) C.uint32_t {
	if expires < 0 || expires > DefaultExpires || expires%time.Second != 0 {
		return 0
	}
	return C.uint32_t(expires / time.Second)
}

// schedule is the library's rule of renewal. Its arguments are Unix seconds; ends is 0 if the
// credentials do not end.
func schedule(issued int64, expires time.Duration, ends int64) (times, error) {
	var t C.bedrock_token_times
	status := C.bedrock_token_schedule(C.int64_t(issued), seconds(expires), C.int64_t(ends), &t, C.sizeof_bedrock_token_times)
	if status != C.BEDROCK_TOKEN_OK {
		return times{}, Error(status)
	}
	millis := func(seconds C.int64_t) int64 { return int64(seconds) * 1000 }
	return times{millis(t.valid_from), millis(t.renew_at), millis(t.wait_from), millis(t.expires_at)}, nil
}

// retryAt is the library's rule after a renewal that failed, in Unix milliseconds.
func retryAt(now, ends int64) int64 {
	return 1000 * int64(C.bedrock_token_retry_at(C.int64_t((now+999)/1000), C.int64_t(ends/1000)))
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
	memory := newMemory(len(token) + 1)
	defer wipe(memory)
	cToken, _ := cString(memory, token)
	var info C.bedrock_token_info
	if status := C.bedrock_token_inspect(cToken, &info, C.sizeof_bedrock_token_info); status != C.BEDROCK_TOKEN_OK {
		return Info{}, Error(status)
	}
	return Info{
		AccessKeyID: C.GoString(&info.access_key[0]),
		Region:      C.GoString(&info.region[0]),
		IssuedAt:    time.Unix(int64(info.issued_at), 0).UTC(),
		ExpiresAt:   time.Unix(int64(info.expires_at), 0).UTC(),
		HasSession:  info.has_session != 0,
		Service:     Service(info.service),
	}, nil
}

// newMemory makes room for copies of secrets in Go's heap, which does not move. A stack leaves a copy
// behind when it grows, and Go may put a small slice there.
func newMemory(size int) []byte {
	return make([]byte, max(size, 256))[:size]
}

// cString copies s and a NUL to the front of memory, which is all zero, and returns them and what is
// left of memory.
func cString(memory []byte, s string) (*C.char, []byte) {
	n := copy(memory, s)
	if i := bytes.IndexByte(memory[:n], 0); i >= 0 {
		memory[i] = 1 // C would stop at a NUL; this is refused as well
	}
	return (*C.char)(unsafe.Pointer(&memory[0])), memory[n+1:]
}

func wipe(memory []byte) {
	clear(memory)
	runtime.KeepAlive(memory)
}
