package bedrocktoken

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
	ErrNullArgument       Error = 1  // a provider has no source, or a request no URL or no Header
	ErrAccessKey          Error = 2  // AccessKeyID is not 1 to 128 of A-Z a-z 0-9 _
	ErrSecret             Error = 3  // SecretAccessKey is not 1 to 256 printable ASCII characters without spaces or newlines, or it has a quote at an end
	ErrSession            Error = 4  // SessionToken is over 65,536 bytes, has one that is not printable ASCII, or has a space or a quote at an end
	ErrSessionRequired    Error = 5  // AccessKeyID starts with ASIA, so it is temporary, and SessionToken is missing
	ErrRegion             Error = 6  // the region is not 1 to 63 of a-z 0-9 -, with a letter first and a number after the last -
	ErrExpires            Error = 7  // the life is not 1 second to 12 hours
	ErrTime               Error = 8  // the time or the system's clock is before 1970 or after 9999, or Expires is after 9999: it was made of milliseconds
	ErrOutOfMemory        Error = 10 // the library got no memory
	ErrInvalidToken       Error = 11 // the token is not a short-term API key of either service
	ErrNoCredentials      Error = 12 // a provider's source gave no credentials
	ErrCredentialsExpired Error = 13 // the credentials have already expired
	ErrInternal           Error = 14 // a defect of the library; please report it
	ErrService            Error = 15 // the service is not one that the library knows
	ErrReentrant          Error = 16 // a source used its own provider
)

func (e Error) Error() string {
	return "bedrocktoken: " + statusMessage(int32(e))
}

var (
	// ErrHost is the error of a request of [Provider.Transport] that may not have the token.
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
