//go:build cgo && !bedrock_token_wasm

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
	"runtime"
	"time"
	"unsafe"
)

// The numbers of error.go and bedrocktoken.go are those of the header, or this does not compile.
var (
	_ = [1]struct{}{}[ErrNullArgument-C.BEDROCK_TOKEN_ERR_NULL_ARGUMENT]
	_ = [1]struct{}{}[ErrAccessKey-C.BEDROCK_TOKEN_ERR_ACCESS_KEY]
	_ = [1]struct{}{}[ErrSecret-C.BEDROCK_TOKEN_ERR_SECRET]
	_ = [1]struct{}{}[ErrSession-C.BEDROCK_TOKEN_ERR_SESSION]
	_ = [1]struct{}{}[ErrSessionRequired-C.BEDROCK_TOKEN_ERR_SESSION_REQUIRED]
	_ = [1]struct{}{}[ErrRegion-C.BEDROCK_TOKEN_ERR_REGION]
	_ = [1]struct{}{}[ErrExpires-C.BEDROCK_TOKEN_ERR_EXPIRES]
	_ = [1]struct{}{}[ErrTime-C.BEDROCK_TOKEN_ERR_TIME]
	_ = [1]struct{}{}[ErrOutOfMemory-C.BEDROCK_TOKEN_ERR_OUT_OF_MEMORY]
	_ = [1]struct{}{}[ErrInvalidToken-C.BEDROCK_TOKEN_ERR_INVALID_TOKEN]
	_ = [1]struct{}{}[ErrNoCredentials-C.BEDROCK_TOKEN_ERR_NO_CREDENTIALS]
	_ = [1]struct{}{}[ErrCredentialsExpired-C.BEDROCK_TOKEN_ERR_CREDENTIALS_EXPIRED]
	_ = [1]struct{}{}[ErrInternal-C.BEDROCK_TOKEN_ERR_INTERNAL]
	_ = [1]struct{}{}[ErrService-C.BEDROCK_TOKEN_ERR_SERVICE]
	_ = [1]struct{}{}[ErrReentrant-C.BEDROCK_TOKEN_ERR_REENTRANT]
	_ = [1]struct{}{}[Bedrock-C.BEDROCK_TOKEN_SERVICE_BEDROCK]
	_ = [1]struct{}{}[ClaudePlatform-C.BEDROCK_TOKEN_SERVICE_CLAUDE_PLATFORM]
	_ = [1]struct{}{}[DefaultExpires-C.BEDROCK_TOKEN_EXPIRES_DEFAULT*time.Second]
)

func generateInto(service Service, c Credentials, region string, expires uint32, at int64) (string, error) {
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
			C.uint32_t(expires), C.int64_t(at),
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

// schedule is the library's rule of renewal. Its arguments are Unix seconds; ends is 0 if the
// credentials do not end.
func schedule(issued int64, expires time.Duration, ends int64) (times, error) {
	var t C.bedrock_token_times
	status := C.bedrock_token_schedule(C.int64_t(issued), C.uint32_t(seconds(expires)), C.int64_t(ends), &t, C.sizeof_bedrock_token_times)
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

func inspect(token string) (Info, error) {
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

func statusMessage(status int32) string {
	return C.GoString(C.bedrock_token_status_message(C.bedrock_token_status(status)))
}

// newMemory makes room for copies of secrets in Go's heap, which does not move. A stack leaves a copy
// behind when it grows, and Go may put a small slice there.
func newMemory(size int) []byte {
	return make([]byte, max(size, 256))[:size]
}

// cString puts s to the front of memory, and returns it and what is left of memory.
func cString(memory []byte, s string) (*C.char, []byte) {
	return (*C.char)(unsafe.Pointer(&memory[0])), put(memory, s)
}

func wipe(memory []byte) {
	clear(memory)
	runtime.KeepAlive(memory)
}
