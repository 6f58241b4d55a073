use std::ffi::c_char;
use std::ptr::{self, NonNull};

use bedrock_token_core::raw::{Request, Target};

use crate::allocator;
use crate::call::{status_of, test_panic};
use crate::clock::now;
use crate::generate_into::{CredentialStrings, target};
use crate::output;
use crate::residue::leave_no_trace;
use crate::service::{self, BEDROCK_TOKEN_SERVICE_BEDROCK, bedrock_token_service};
use crate::status::{BEDROCK_TOKEN_ERR_NULL_ARGUMENT, Failure, bedrock_token_status};
use crate::token_memory::TokenMemory;

impl CredentialStrings {
    /// Generates a token in the library's memory. The credentials are checked before the target.
    ///
    /// # Safety
    /// Each string is as [`argument::string`] wants it.
    pub unsafe fn generate(
        &self,
        target: impl FnOnce() -> Result<Target, Failure>,
        signing_time: i64,
    ) -> Result<TokenMemory, Failure> {
        let mut token = None;
        leave_no_trace(|| {
            // SAFETY: the caller's promise.
            let credentials = unsafe { self.credentials() }?;
            let target = target()?;
            let request = Request::new(&target, credentials, signing_time)?;
            let memory = token.insert(TokenMemory::new(request.token_len())?);
            let _reserved = allocator::reserve()?;
            request.write_token(memory.bytes_mut());
            test_panic::point();
            Ok(())
        })?;
        Ok(token.expect("generated without a failure"))
    }
}

/// Generates an Amazon Bedrock token that is valid from now on, from these credentials alone.
///
/// @param access_key  Access key ID: 1 to 128 characters of `A-Z a-z 0-9 _`.
/// @param secret      Secret access key: 1 to 256 printable ASCII characters without spaces, no quote
///                    at either end.
/// @param session     Session token: at most 65,536 printable ASCII characters, no space and no quote
///                    at either end. NULL or "" with long-term credentials. Required when access_key
///                    starts with ASIA.
/// @param region      AWS region that the token is for: 1 to 63 characters of `a-z 0-9 -`, with a
///                    letter first and a number after the last `-`. The library has no list of
///                    regions.
/// @param expires     Life of the token in seconds: 1 to 43200. If the credentials end sooner, the
///                    token ends with them.
/// @param out_buf     Receives the token, a NUL-terminated string. The caller owns it and gives it
///                    back with bedrock_token_free(), never free(). NULL on failure.
/// @param len         Receives the token's length without the NUL; 0 on failure. May be NULL.
/// @return            BEDROCK_TOKEN_OK, ERR_NULL_ARGUMENT (out_buf), ERR_ACCESS_KEY, ERR_SECRET,
///                    ERR_SESSION, ERR_SESSION_REQUIRED, ERR_REGION, ERR_EXPIRES (checked in this
///                    order), ERR_TIME (the system's clock), ERR_OUT_OF_MEMORY or ERR_INTERNAL.
///
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bedrock_token_generate(
    access_key: *const c_char,
    secret: *const c_char,
    session: *const c_char,
    region: *const c_char,
    expires: u32,
    out_buf: *mut *mut c_char,
    len: *mut usize,
) -> bedrock_token_status {
    let strings = CredentialStrings { access_key, secret, session };
    // SAFETY: the caller's promises are the same.
    unsafe { generate(BEDROCK_TOKEN_SERVICE_BEDROCK, strings, region, expires, out_buf, len) }
}

/// Generates a token for either service. The rest is as for bedrock_token_generate().
///
/// @param service     One of BEDROCK_TOKEN_SERVICE_*.
/// @param access_key  As for bedrock_token_generate().
/// @param secret      As for bedrock_token_generate().
/// @param session     As for bedrock_token_generate().
/// @param region      As for bedrock_token_generate().
/// @param expires     As for bedrock_token_generate().
/// @param out_buf     As for bedrock_token_generate().
/// @param len         As for bedrock_token_generate().
/// @return            BEDROCK_TOKEN_OK, ERR_NULL_ARGUMENT (out_buf), ERR_SERVICE, ERR_ACCESS_KEY,
///                    ERR_SECRET, ERR_SESSION, ERR_SESSION_REQUIRED, ERR_REGION, ERR_EXPIRES (checked
///                    in this order), ERR_TIME (the system's clock), ERR_OUT_OF_MEMORY or
///                    ERR_INTERNAL.
///
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bedrock_token_generate_for(
    service: bedrock_token_service,
    access_key: *const c_char,
    secret: *const c_char,
    session: *const c_char,
    region: *const c_char,
    expires: u32,
    out_buf: *mut *mut c_char,
    len: *mut usize,
) -> bedrock_token_status {
    let strings = CredentialStrings { access_key, secret, session };
    // SAFETY: the caller's promises are the same.
    unsafe { generate(service, strings, region, expires, out_buf, len) }
}

/// Exported functions call no other: a host that loads a function of the same name first would have it
/// called instead.
///
/// # Safety
///
/// Those of [`bedrock_token_generate_for`].
unsafe fn generate(
    service: bedrock_token_service,
    strings: CredentialStrings,
    region: *const c_char,
    expires: u32,
    out_buf: *mut *mut c_char,
    len: *mut usize,
) -> bedrock_token_status {
    // SAFETY: the caller's promise on `out_buf` and `len`.
    unsafe {
        output::set(out_buf, ptr::null_mut());
        output::set(len, 0);
    }
    status_of(|| {
        if out_buf.is_null() {
            return Err(Failure(BEDROCK_TOKEN_ERR_NULL_ARGUMENT));
        }
        let service = service::from_c(service)?;
        // SAFETY: the caller's promise on the strings.
        let token = unsafe { strings.generate(|| target(service, region, expires), now()) }?;
        // SAFETY: the caller's promise on `len` and `out_buf`, which is not NULL.
        unsafe {
            output::set(len, token.len());
            out_buf.write(token.into_raw());
        }
        Ok(())
    })
}

/// Wipes and frees a token that the library allocated.
///
/// @param token  From bedrock_token_generate(), bedrock_token_generate_for() or
///               bedrock_token_provider_get(), not freed before. NULL does nothing.
///
/// Threads: any, even if another thread generated the token.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bedrock_token_free(token: *mut c_char) {
    // This function returns no status, and dropping a token does not panic.
    status_of(|| {
        if let Some(token) = NonNull::new(token) {
            // SAFETY: the caller's promise: this library made the token, and it was not freed.
            drop(unsafe { TokenMemory::from_raw(token) });
        }
        Ok(())
    });
}
