//go:build cgo

package bedrocktoken

// #include "bedrock_token.h"
import "C"

// Error is a status of the library: why a call was refused or could not be done. Its text names
// the argument at fault and never shows its value, so it is safe to log.
//
// Every error of this package is one of the constants below, wraps one, or is a done context's:
//
//	errors.Is(err, bedrocktoken.ErrRegion)
//
// Later versions may add some.
type Error int32

const (
	ErrNullArgument       Error = C.BEDROCK_TOKEN_ERR_NULL_ARGUMENT       // a provider has no source
	ErrAccessKey          Error = C.BEDROCK_TOKEN_ERR_ACCESS_KEY          // AccessKeyID is not 1 to 128 of A-Z a-z 0-9 _
	ErrSecret             Error = C.BEDROCK_TOKEN_ERR_SECRET              // SecretAccessKey is not 1 to 256 printable ASCII characters, or has a space or a newline in it
	ErrSession            Error = C.BEDROCK_TOKEN_ERR_SESSION             // SessionToken is over 65,536 bytes, has one that is not printable ASCII, or a space at an end
	ErrSessionRequired    Error = C.BEDROCK_TOKEN_ERR_SESSION_REQUIRED    // AccessKeyID starts with ASIA, so it is temporary, and SessionToken is missing
	ErrRegion             Error = C.BEDROCK_TOKEN_ERR_REGION              // the region is not 1 to 63 of a-z 0-9 -, or has a - at an end
	ErrExpires            Error = C.BEDROCK_TOKEN_ERR_EXPIRES             // the life is not whole seconds, or over 12 hours
	ErrTime               Error = C.BEDROCK_TOKEN_ERR_TIME                // the time, or the system's clock, is before 1970 or after 9999
	ErrOutOfMemory        Error = C.BEDROCK_TOKEN_ERR_OUT_OF_MEMORY       // the library got no memory
	ErrInvalidToken       Error = C.BEDROCK_TOKEN_ERR_INVALID_TOKEN       // what should be a token is none
	ErrNoCredentials      Error = C.BEDROCK_TOKEN_ERR_NO_CREDENTIALS      // a provider's source gave no credentials
	ErrCredentialsExpired Error = C.BEDROCK_TOKEN_ERR_CREDENTIALS_EXPIRED // the credentials have expired already
	ErrInternal           Error = C.BEDROCK_TOKEN_ERR_INTERNAL            // a defect in the library; please report it
)

func (e Error) Error() string {
	return "bedrocktoken: " + C.GoString(C.bedrock_token_status_message(C.bedrock_token_status(e)))
}
