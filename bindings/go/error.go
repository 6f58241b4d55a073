//go:build cgo

package bedrocktoken

// #include "archive.h"
import "C"

import (
	"errors"
	"fmt"
)

// Error is a status of the library: why a call was refused or could not be done. Its text names
// the argument at fault and never shows its value, so it is safe to log.
//
// Every error of this package is one of the constants below, [ErrHost] or [ErrEndsTooSoon], wraps
// one of them, or is a done context's:
//
//	errors.Is(err, bedrocktoken.ErrRegion)
//
// Later versions may add some.
type Error int32

const (
	ErrNullArgument       Error = C.BEDROCK_TOKEN_ERR_NULL_ARGUMENT       // a provider has no source
	ErrAccessKey          Error = C.BEDROCK_TOKEN_ERR_ACCESS_KEY          // AccessKeyID is not 1 to 128 of A-Z a-z 0-9 _
	ErrSecret             Error = C.BEDROCK_TOKEN_ERR_SECRET              // SecretAccessKey is not 1 to 256 printable ASCII characters without spaces or newlines, or it has a quote at an end
	ErrSession            Error = C.BEDROCK_TOKEN_ERR_SESSION             // SessionToken is over 65,536 bytes, has one that is not printable ASCII, or has a space or a quote at an end
	ErrSessionRequired    Error = C.BEDROCK_TOKEN_ERR_SESSION_REQUIRED    // AccessKeyID starts with ASIA, so it is temporary, and SessionToken is missing
	ErrRegion             Error = C.BEDROCK_TOKEN_ERR_REGION              // the region is not 1 to 63 of a-z 0-9 -, with a letter first and a number after the last -
	ErrExpires            Error = C.BEDROCK_TOKEN_ERR_EXPIRES             // the life is not whole seconds, from 1 second to 12 hours
	ErrTime               Error = C.BEDROCK_TOKEN_ERR_TIME                // the time or the system's clock is before 1970 or after 9999, or Expires is after 9999: it was made of milliseconds
	ErrOutOfMemory        Error = C.BEDROCK_TOKEN_ERR_OUT_OF_MEMORY       // the library got no memory
	ErrInvalidToken       Error = C.BEDROCK_TOKEN_ERR_INVALID_TOKEN       // the token is not a short-term API key of either service
	ErrNoCredentials      Error = C.BEDROCK_TOKEN_ERR_NO_CREDENTIALS      // a provider's source gave no credentials
	ErrCredentialsExpired Error = C.BEDROCK_TOKEN_ERR_CREDENTIALS_EXPIRED // the credentials have already expired
	ErrInternal           Error = C.BEDROCK_TOKEN_ERR_INTERNAL            // a defect of the library; please report it
	ErrService            Error = C.BEDROCK_TOKEN_ERR_SERVICE             // the service is not one that the library knows
	ErrReentrant          Error = C.BEDROCK_TOKEN_ERR_REENTRANT           // a source used its own provider
)

func (e Error) Error() string {
	return "bedrocktoken: " + C.GoString(C.bedrock_token_status_message(C.bedrock_token_status(e)))
}

var (
	// ErrHost is the error of a request that may not have the token, and of an argument of [WithHosts].
	ErrHost = errors.New("bedrocktoken: host")

	// ErrEndsTooSoon is the error of [Provider.TokenFor] when no token is valid for as long as the
	// caller asked.
	ErrEndsTooSoon = errors.New("bedrocktoken: no token holds for so long")
)

// PanicError is in the error of a call for which a source of credentials panicked.
type PanicError struct {
	Value any    // of the panic
	Stack []byte // of the source's goroutine
}

func (e *PanicError) Error() string {
	return fmt.Sprintf("panic: %v", e.Value)
}

// Unwrap returns the panic's value if that is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}
