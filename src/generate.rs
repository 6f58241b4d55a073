use std::ffi::c_char;
use std::ptr::{self, NonNull};

use bedrock_token_core::check;
use zeroize::Zeroize as _;

use crate::argument;
use crate::boundary::{catch, status_of, test_panic};
use crate::mint::{Arguments, now};
use crate::scratch::leave_no_trace;
use crate::status::{
    BEDROCK_TOKEN_ERR_BUFFER_TOO_SMALL, BEDROCK_TOKEN_ERR_NULL_ARGUMENT, Failure,
    bedrock_token_status,
};
use crate::token_memory::TokenMemory;

/// The shortest life of a token, in seconds.
pub const BEDROCK_TOKEN_EXPIRES_MIN: u32 = 1;
/// The longest life of a token, in seconds: 12 hours.
pub const BEDROCK_TOKEN_EXPIRES_MAX: u32 = 43200;
/// The life of the official generators' tokens, in seconds: 12 hours.
pub const BEDROCK_TOKEN_EXPIRES_DEFAULT: u32 = 43200;

const _: () = assert!(
    BEDROCK_TOKEN_EXPIRES_MIN == check::EXPIRES_MIN
        && BEDROCK_TOKEN_EXPIRES_MAX == check::EXPIRES_MAX
        && BEDROCK_TOKEN_EXPIRES_DEFAULT == check::EXPIRES_MAX
);

/// Mints a token that is valid from now on, out of these credentials alone.
///
/// @param access_key  Access key ID: 1 to 128 of `A-Z a-z 0-9 _`.
/// @param secret      Secret access key: 1 to 256 printable ASCII characters, no space.
/// @param session     Session token: at most 65,536 printable ASCII characters, no space at either
///                    end. NULL or "" with long-term credentials; required when access_key starts
///                    with ASIA.
/// @param region      AWS region that the token is for: 1 to 63 of `a-z 0-9 -`, no `-` at either
///                    end. Any name of that form is accepted.
/// @param expires     Seconds that the token lives: 1 to 43200. With temporary credentials it ends
///                    when they do, if that is sooner.
/// @param out_buf     Receives the token, a NUL-terminated string that the caller owns and gives
///                    back with bedrock_token_free(), never free(). NULL on failure.
/// @param len         Receives its length without the NUL; 0 on failure. May be NULL.
/// @return            BEDROCK_TOKEN_OK, ERR_NULL_ARGUMENT, ERR_ACCESS_KEY, ERR_SECRET, ERR_SESSION,
///                    ERR_SESSION_REQUIRED, ERR_REGION, ERR_EXPIRES (checked in this order),
///                    ERR_TIME (the system's clock), ERR_OUT_OF_MEMORY or ERR_INTERNAL.
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
    // SAFETY: the caller's promise on `out_buf` and `len`.
    unsafe {
        argument::set(out_buf, ptr::null_mut());
        argument::set(len, 0);
    }
    let arguments = Arguments { access_key, secret, session, region, expires };
    status_of(|| {
        if out_buf.is_null() {
            return Err(Failure(BEDROCK_TOKEN_ERR_NULL_ARGUMENT));
        }
        // SAFETY: the caller's promise on the strings.
        let token = unsafe { arguments.mint(now()) }?;
        // SAFETY: the caller's promise on `len` and `out_buf`, which is not NULL.
        unsafe {
            argument::set(len, token.len());
            out_buf.write(token.into_raw());
        }
        Ok(())
    })
}

/// Mints the token of a given second into the caller's buffer: no allocation, no clock. The same
/// arguments always give the same bytes.
///
/// @param access_key    As for bedrock_token_generate().
/// @param secret        As for bedrock_token_generate().
/// @param session       As for bedrock_token_generate().
/// @param region        As for bedrock_token_generate().
/// @param expires       As for bedrock_token_generate(), counted from signing_time.
/// @param signing_time  Unix seconds, 0 to 253402300799 (the end of the year 9999).
/// @param buf           Receives the token and its NUL; "" on failure, if capacity is not 0. Must not
///                      overlap the other arguments. NULL with capacity 0 asks for the length.
/// @param capacity      Bytes that buf has room for; the token needs `*len + 1`.
/// @param len           Receives the token's length without the NUL, also when the buffer is too
///                      small; 0 on other failures. May be NULL.
/// @return              BEDROCK_TOKEN_OK, ERR_NULL_ARGUMENT, ERR_ACCESS_KEY, ERR_SECRET,
///                      ERR_SESSION, ERR_SESSION_REQUIRED, ERR_REGION, ERR_EXPIRES, ERR_TIME,
///                      ERR_BUFFER_TOO_SMALL (checked in this order), ERR_OUT_OF_MEMORY (only in
///                      a process with over 32 thread-specific keys, for which the C library
///                      itself allocates, once a thread) or ERR_INTERNAL.
///
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bedrock_token_generate_into(
    access_key: *const c_char,
    secret: *const c_char,
    session: *const c_char,
    region: *const c_char,
    expires: u32,
    signing_time: i64,
    buf: *mut c_char,
    capacity: usize,
    len: *mut usize,
) -> bedrock_token_status {
    // SAFETY: the caller's promise on `buf` and `len`.
    unsafe {
        argument::set(len, 0);
        if capacity > 0 {
            argument::set(buf, 0);
        }
    }
    let arguments = Arguments { access_key, secret, session, region, expires };
    status_of(|| {
        if buf.is_null() && capacity > 0 {
            return Err(Failure(BEDROCK_TOKEN_ERR_NULL_ARGUMENT));
        }
        let token_len = leave_no_trace(|| {
            // SAFETY: the caller's promise on the strings.
            let request = unsafe { arguments.request(signing_time) }?;
            let token_len = request.token_len();
            if token_len < capacity {
                // SAFETY: the caller's promise on `buf`; the NUL is part of what is zeroed.
                let buf = unsafe { argument::buffer(buf, token_len + 1) };
                catch(|| {
                    request.write_token(&mut buf[..token_len]);
                    test_panic::point();
                    Ok(())
                })
                .inspect_err(|_| buf.zeroize())?;
            }
            Ok(token_len)
        })?;
        // SAFETY: the caller's promise on `len`.
        unsafe { argument::set(len, token_len) };
        if token_len < capacity { Ok(()) } else { Err(Failure(BEDROCK_TOKEN_ERR_BUFFER_TOO_SMALL)) }
    })
}

/// Wipes and frees a token that the library allocated.
///
/// @param token  From bedrock_token_generate() or bedrock_token_provider_get(), not freed before;
///               not one of bedrock_token_generate_into(). NULL does nothing.
///
/// Threads: any; also another one than minted the token.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bedrock_token_free(token: *mut c_char) {
    // The status has no way out, and dropping a token does not panic.
    status_of(|| {
        if let Some(token) = NonNull::new(token) {
            // SAFETY: the caller's promise: this library made the token, and it was not freed.
            drop(unsafe { TokenMemory::from_raw(token) });
        }
        Ok(())
    });
}
