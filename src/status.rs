use std::ffi::{CStr, c_char};

use bedrock_token_core::Error;

/// The answer of a function: 0 is success, and every other value names the fault. Values are never
/// reused. Later versions may add values, so treat an unknown value as a failure.
pub type bedrock_token_status = i32;

/// Success.
pub const BEDROCK_TOKEN_OK: i32 = 0;
/// An output, a provider or a callback is NULL, and must not be. A NULL string gives the status that
/// names the string, such as ERR_REGION.
pub const BEDROCK_TOKEN_ERR_NULL_ARGUMENT: i32 = 1;
/// access_key is not 1 to 128 characters of `A-Z a-z 0-9 _`.
pub const BEDROCK_TOKEN_ERR_ACCESS_KEY: i32 = 2;
/// secret is not 1 to 256 printable ASCII characters without spaces or newlines, or it begins or ends
/// with a quote.
pub const BEDROCK_TOKEN_ERR_SECRET: i32 = 3;
/// session is longer than 65,536 bytes, has a byte that is not printable ASCII, or begins or ends
/// with a space or a quote.
pub const BEDROCK_TOKEN_ERR_SESSION: i32 = 4;
/// access_key starts with ASIA, so it is temporary, and the session token is missing.
pub const BEDROCK_TOKEN_ERR_SESSION_REQUIRED: i32 = 5;
/// region is not 1 to 63 characters of `a-z 0-9 -`, with a letter first and a number after the last
/// `-`.
pub const BEDROCK_TOKEN_ERR_REGION: i32 = 6;
/// expires is not 1 to 43200 seconds.
pub const BEDROCK_TOKEN_ERR_EXPIRES: i32 = 7;
/// signing_time, issued_at or the system's clock is before 1970 or after 9999. Or the credentials end
/// after 9999: their end is then probably in milliseconds, not in seconds.
pub const BEDROCK_TOKEN_ERR_TIME: i32 = 8;
/// The buffer is too small. `*len` is the token's length without the NUL.
pub const BEDROCK_TOKEN_ERR_BUFFER_TOO_SMALL: i32 = 9;
/// There is not enough memory.
pub const BEDROCK_TOKEN_ERR_OUT_OF_MEMORY: i32 = 10;
/// The token is not a short-term API key of either service. It may be a long-term Bedrock API key
/// (`ABSK...`), which does not say when it ends.
pub const BEDROCK_TOKEN_ERR_INVALID_TOKEN: i32 = 11;
/// The callback gave no credentials.
pub const BEDROCK_TOKEN_ERR_NO_CREDENTIALS: i32 = 12;
/// The credentials have already expired.
pub const BEDROCK_TOKEN_ERR_CREDENTIALS_EXPIRED: i32 = 13;
/// A defect of this library; please report it. The caller may go on using the library.
pub const BEDROCK_TOKEN_ERR_INTERNAL: i32 = 14;
/// service is not one of BEDROCK_TOKEN_SERVICE_*.
pub const BEDROCK_TOKEN_ERR_SERVICE: i32 = 15;
/// A callback used its own provider, on the thread that runs the callback.
pub const BEDROCK_TOKEN_ERR_REENTRANT: i32 = 16;

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
            Error::InvalidToken | Error::LongTermKey => BEDROCK_TOKEN_ERR_INVALID_TOKEN,
            Error::NoCredentials => BEDROCK_TOKEN_ERR_NO_CREDENTIALS,
            Error::CredentialsExpired => BEDROCK_TOKEN_ERR_CREDENTIALS_EXPIRED,
            Error::Reentrant => BEDROCK_TOKEN_ERR_REENTRANT,
            Error::Service => BEDROCK_TOKEN_ERR_SERVICE,
            // Each error has its line above. The compiler wants this one for later versions of core.
            _ => BEDROCK_TOKEN_ERR_INTERNAL,
        })
    }
}

/// Describes a status in one English sentence, without a full stop. The sentence names the argument
/// at fault and never shows its value, so it is safe to log.
///
/// @param status  Any value, even one that this version does not know.
/// @return        A static string, never NULL; not to be freed.
///
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub extern "C" fn bedrock_token_status_message(status: bedrock_token_status) -> *const c_char {
    message(status).as_ptr()
}

/// The text of an [`Error`] with the NUL that C wants.
macro_rules! message {
    ($error:ident) => {{
        const TEXT: &[u8] = Error::$error.message().as_bytes();
        static WITH_NUL: [u8; TEXT.len() + 1] = {
            let mut with_nul = [0; TEXT.len() + 1];
            with_nul.split_at_mut(TEXT.len()).0.copy_from_slice(TEXT);
            with_nul
        };
        const MESSAGE: &CStr = match CStr::from_bytes_with_nul(&WITH_NUL) {
            Ok(message) => message,
            Err(_) => panic!("a NUL inside"), // at compile time
        };
        MESSAGE
    }};
}

fn message(status: bedrock_token_status) -> &'static CStr {
    match status {
        BEDROCK_TOKEN_OK => c"success",
        BEDROCK_TOKEN_ERR_NULL_ARGUMENT => c"an output, a provider or a callback is NULL",
        BEDROCK_TOKEN_ERR_ACCESS_KEY => message!(AccessKey),
        BEDROCK_TOKEN_ERR_SECRET => message!(Secret),
        BEDROCK_TOKEN_ERR_SESSION => message!(Session),
        BEDROCK_TOKEN_ERR_SESSION_REQUIRED => message!(SessionRequired),
        BEDROCK_TOKEN_ERR_REGION => message!(Region),
        BEDROCK_TOKEN_ERR_EXPIRES => message!(Expires),
        BEDROCK_TOKEN_ERR_TIME => message!(Time),
        BEDROCK_TOKEN_ERR_BUFFER_TOO_SMALL => c"buffer: too small for the token and its NUL",
        BEDROCK_TOKEN_ERR_OUT_OF_MEMORY => c"out of memory",
        BEDROCK_TOKEN_ERR_INVALID_TOKEN => message!(InvalidToken),
        BEDROCK_TOKEN_ERR_NO_CREDENTIALS => message!(NoCredentials),
        BEDROCK_TOKEN_ERR_CREDENTIALS_EXPIRED => message!(CredentialsExpired),
        BEDROCK_TOKEN_ERR_INTERNAL => c"internal error in bedrock-token, please report it",
        BEDROCK_TOKEN_ERR_SERVICE => message!(Service),
        BEDROCK_TOKEN_ERR_REENTRANT => message!(Reentrant),
        _ => c"unknown status",
    }
}
