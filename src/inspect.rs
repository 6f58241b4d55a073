use std::ffi::c_char;

use bedrock_token_core::Info;
use bedrock_token_core::raw::{TOKEN_MAX, check, expires_at, inspect_bytes, issued_at};

use crate::argument;
use crate::call::status_of;
use crate::output;
use crate::residue::leave_no_trace;
use crate::service::{self, bedrock_token_service};
use crate::status::{BEDROCK_TOKEN_ERR_NULL_ARGUMENT, Failure, bedrock_token_status};

/// What a token contains, without its secret parts. Later versions may add fields at the end.
#[repr(C)]
pub struct bedrock_token_info {
    /// Access key ID, NUL-terminated.
    pub access_key: [c_char; 129],
    /// AWS region, NUL-terminated. The token is valid in this region only.
    pub region: [c_char; 64],
    /// When the token was generated, in Unix seconds.
    pub issued_at: i64,
    /// When the token ends, in Unix seconds. If its credentials end sooner, the token ends with them,
    /// but this field does not show it.
    pub expires_at: i64,
    /// 1 if the token contains a session token, because its credentials are temporary; otherwise 0.
    pub has_session: i32,
    /// The service that the token is for.
    pub service: bedrock_token_service,
}

const _: () = assert!(
    size_of::<[c_char; 129]>() == check::ACCESS_KEY_MAX + 1
        && size_of::<[c_char; 64]>() == check::REGION_MAX + 1
);

impl bedrock_token_info {
    fn set(&mut self, read: &Info) {
        copy_text(&mut self.access_key, read.access_key());
        copy_text(&mut self.region, read.region());
        self.issued_at = issued_at(read);
        self.expires_at = expires_at(read);
        self.has_session = read.has_session().into();
        self.service = service::to_c(read.service());
    }
}

/// Into zeros, which end it.
fn copy_text(to: &mut [c_char], from: &str) {
    for (to, from) in to.iter_mut().zip(from.bytes()) {
        *to = from as c_char;
    }
}

/// Reads a token back. The token may come from any official generator or from this library. This
/// function checks the form alone: only the service can verify the signature. It allocates no memory.
///
/// @param token      A token, with its prefix and without a newline. Any text is safe to pass.
/// @param info       Receives what the token contains; unchanged on failure.
/// @param info_size  `sizeof(bedrock_token_info)`. The library writes no more than that, and sets the
///                   fields that it does not know to 0.
/// @return           BEDROCK_TOKEN_OK, ERR_NULL_ARGUMENT (info), ERR_INVALID_TOKEN or ERR_INTERNAL.
///
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bedrock_token_inspect(
    token: *const c_char,
    info: *mut bedrock_token_info,
    info_size: usize,
) -> bedrock_token_status {
    status_of(|| {
        if info.is_null() {
            return Err(Failure(BEDROCK_TOKEN_ERR_NULL_ARGUMENT));
        }
        // SAFETY: the caller's promise on the string.
        let token = unsafe { argument::string(token, TOKEN_MAX) };
        leave_no_trace(|| {
            let read = inspect_bytes(token)?;
            // SAFETY: the caller's promise on `info` and its size. All of its fields are integers.
            unsafe { output::fill(info, info_size, |info| info.set(&read)) };
            Ok(())
        })
    })
}
