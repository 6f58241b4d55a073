use std::ffi::c_char;
use std::mem::{size_of, zeroed};
use std::ptr;

use bedrock_token_core::{Info, TOKEN_MAX, check, inspect};

use crate::argument;
use crate::boundary::status_of;
use crate::scratch::wipe_stack_after;
use crate::status::{BEDROCK_TOKEN_ERR_NULL_ARGUMENT, Failure, bedrock_token_status};

/// What a token says of itself; never its secret parts. It may grow at its end.
#[repr(C)]
pub struct bedrock_token_info {
    /// Access key ID, NUL-terminated.
    pub access_key: [c_char; 129],
    /// AWS region, NUL-terminated. The token is good in no other.
    pub region: [c_char; 64],
    /// Unix seconds.
    pub issued_at: i64,
    /// Unix seconds. If the credentials end sooner, so does the token, without saying so.
    pub expires_at: i64,
    /// 1 if the credentials were temporary (there is a session token), otherwise 0.
    pub has_session: i32,
}

const _: () = assert!(
    size_of::<[c_char; 129]>() == check::ACCESS_KEY_MAX + 1
        && size_of::<[c_char; 64]>() == check::REGION_MAX + 1
);

impl From<Info> for bedrock_token_info {
    fn from(read: Info) -> Self {
        // SAFETY: integers all of it; zeroed whole, because its padding is copied to the caller.
        let mut info: Self = unsafe { zeroed() };
        copy_text(&mut info.access_key, &read.access_key);
        copy_text(&mut info.region, &read.region);
        info.issued_at = read.issued_at;
        info.expires_at = read.expires_at;
        info.has_session = read.has_session.into();
        info
    }
}

fn copy_text(to: &mut [c_char], from: &[u8]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from as c_char;
    }
}

/// Reads what a token says of itself, from any official generator or from this library. Whether its
/// signature is right, only the service can say. Allocates nothing.
///
/// @param token      A token, with its `bedrock-api-key-` and without a newline. It may come from
///                   anyone.
/// @param info       Receives what it says; untouched on failure.
/// @param info_size  `sizeof(bedrock_token_info)`: the library writes no more than that, and zeros
///                   the fields that it does not know.
/// @return           BEDROCK_TOKEN_OK, ERR_NULL_ARGUMENT, ERR_INVALID_TOKEN or ERR_INTERNAL.
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
        let token = unsafe { argument::string(token, TOKEN_MAX) }?;
        let read = wipe_stack_after(|| inspect(token))?;
        let read = bedrock_token_info::from(read);
        let known = info_size.min(size_of::<bedrock_token_info>());
        // SAFETY: the caller's promise: `info` has room for `info_size` bytes. It is written
        // bytewise, because an older caller's is smaller than ours.
        unsafe {
            let info = info.cast::<u8>();
            ptr::copy_nonoverlapping(ptr::from_ref(&read).cast(), info, known);
            ptr::write_bytes(info.add(known), 0, info_size - known);
        }
        Ok(())
    })
}
