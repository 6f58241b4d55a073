use std::ffi::{CStr, c_char};

use bedrock_token_core::Error;

/// What a function answers: 0 is success, everything else names what is wrong. Values are never
/// reused; later versions may add some, so treat an unknown one as a failure.
pub type bedrock_token_status = i32;

/// Success.
pub const BEDROCK_TOKEN_OK: i32 = 0;
/// A pointer that must not be NULL is NULL.
pub const BEDROCK_TOKEN_ERR_NULL_ARGUMENT: i32 = 1;
/// access_key is not 1 to 128 of `A-Z a-z 0-9 _`.
pub const BEDROCK_TOKEN_ERR_ACCESS_KEY: i32 = 2;
/// secret is not 1 to 256 printable ASCII characters, or has a space or a newline in it.
pub const BEDROCK_TOKEN_ERR_SECRET: i32 = 3;
/// session is over 65,536 bytes, has a byte that is not printable ASCII, or a space at an end.
pub const BEDROCK_TOKEN_ERR_SESSION: i32 = 4;
/// access_key starts with ASIA, so it is temporary, and the session token is missing.
pub const BEDROCK_TOKEN_ERR_SESSION_REQUIRED: i32 = 5;
/// region is not 1 to 63 of `a-z 0-9 -`, or has a `-` at an end.
pub const BEDROCK_TOKEN_ERR_REGION: i32 = 6;
/// expires is not 1 to 43200 seconds.
pub const BEDROCK_TOKEN_ERR_EXPIRES: i32 = 7;
/// signing_time, or the system's clock, is before 1970 or after 9999.
pub const BEDROCK_TOKEN_ERR_TIME: i32 = 8;
/// The buffer is too small; `*len` says what is needed, without the NUL.
pub const BEDROCK_TOKEN_ERR_BUFFER_TOO_SMALL: i32 = 9;
/// No memory for the result.
pub const BEDROCK_TOKEN_ERR_OUT_OF_MEMORY: i32 = 10;
/// What should be a token is none.
pub const BEDROCK_TOKEN_ERR_INVALID_TOKEN: i32 = 11;
/// The callback gave no credentials.
pub const BEDROCK_TOKEN_ERR_NO_CREDENTIALS: i32 = 12;
/// The credentials have expired already.
pub const BEDROCK_TOKEN_ERR_CREDENTIALS_EXPIRED: i32 = 13;
/// A defect in this library; please report it. The process goes on and so may the caller.
pub const BEDROCK_TOKEN_ERR_INTERNAL: i32 = 14;

/// A failure on its way to the caller; never `BEDROCK_TOKEN_OK`.
#[derive(Clone, Copy)]
pub struct Failure(pub bedrock_token_status);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(match error {
            Error::AccessKey => BEDROCK_TOKEN_ERR_ACCESS_KEY,
            Error::Secret => BEDROCK_TOKEN_ERR_SECRET,
            Error::Session => BEDROCK_TOKEN_ERR_SESSION,
            Error::SessionRequired => BEDROCK_TOKEN_ERR_SESSION_REQUIRED,
            Error::Region => BEDROCK_TOKEN_ERR_REGION,
            Error::Expires => BEDROCK_TOKEN_ERR_EXPIRES,
            Error::Time => BEDROCK_TOKEN_ERR_TIME,
            Error::InvalidToken => BEDROCK_TOKEN_ERR_INVALID_TOKEN,
            Error::NoCredentials => BEDROCK_TOKEN_ERR_NO_CREDENTIALS,
            Error::CredentialsExpired => BEDROCK_TOKEN_ERR_CREDENTIALS_EXPIRED,
        })
    }
}

/// Says in one English sentence, without a full stop, what a status means. It names the argument at
/// fault and never shows its value, so it is safe to log.
///
/// @param status  Any value, also one that this version does not know.
/// @return        A static string, never NULL; not to be freed.
///
/// Threads: any, at any time.
#[unsafe(no_mangle)]
pub extern "C" fn bedrock_token_status_message(status: bedrock_token_status) -> *const c_char {
    message(status).as_ptr()
}

fn message(status: bedrock_token_status) -> &'static CStr {
    match status {
        BEDROCK_TOKEN_OK => c"success",
        BEDROCK_TOKEN_ERR_NULL_ARGUMENT => c"an argument that must not be NULL is NULL",
        BEDROCK_TOKEN_ERR_ACCESS_KEY => c"access key: must be 1 to 128 of A-Z a-z 0-9 _",
        BEDROCK_TOKEN_ERR_SECRET => {
            c"secret: must be 1 to 256 printable ASCII characters without spaces or newlines"
        }
        BEDROCK_TOKEN_ERR_SESSION => {
            c"session token: must be at most 65536 printable ASCII characters without a space at either end"
        }
        BEDROCK_TOKEN_ERR_SESSION_REQUIRED => {
            c"session token: missing, and required because the access key is temporary (ASIA)"
        }
        BEDROCK_TOKEN_ERR_REGION => c"region: must be 1 to 63 of a-z 0-9 - without a - at either end",
        BEDROCK_TOKEN_ERR_EXPIRES => c"expires: must be 1 to 43200 seconds",
        BEDROCK_TOKEN_ERR_TIME => c"signing time, or the system's clock: must be in the years 1970 to 9999",
        BEDROCK_TOKEN_ERR_BUFFER_TOO_SMALL => c"buffer: too small for the token and its NUL",
        BEDROCK_TOKEN_ERR_OUT_OF_MEMORY => c"out of memory",
        BEDROCK_TOKEN_ERR_INVALID_TOKEN => c"token: not a Bedrock token",
        BEDROCK_TOKEN_ERR_NO_CREDENTIALS => c"credentials: the callback gave none",
        BEDROCK_TOKEN_ERR_CREDENTIALS_EXPIRED => c"credentials: expired already",
        BEDROCK_TOKEN_ERR_INTERNAL => c"internal error in bedrock-token, please report it",
        _ => c"unknown status",
    }
}
