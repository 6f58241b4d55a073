//! Strings from C, made into slices.

use std::ffi::c_char;
use std::slice;

use crate::status::{BEDROCK_TOKEN_ERR_NULL_ARGUMENT, Failure};

/// The bytes of a C string, read no further than `limit` plus one. A longer string comes back one
/// byte too long, so the checks refuse it.
///
/// # Safety
/// `string` is NULL, a string, or at least the first `limit` plus one bytes of one. It stays
/// unchanged for `'a`.
pub unsafe fn string<'a>(string: *const c_char, limit: usize) -> Result<&'a [u8], Failure> {
    if string.is_null() {
        return Err(Failure(BEDROCK_TOKEN_ERR_NULL_ARGUMENT));
    }
    // SAFETY: the caller's promise; `strnlen` stops at the NUL or at `limit + 1`.
    unsafe { Ok(slice::from_raw_parts(string.cast(), libc::strnlen(string, limit + 1))) }
}

/// The same for a string that may be absent, where NULL means empty.
///
/// # Safety
/// As [`string`].
pub unsafe fn optional_string<'a>(
    pointer: *const c_char,
    limit: usize,
) -> Result<&'a [u8], Failure> {
    // SAFETY: the caller's promise.
    if pointer.is_null() { Ok(b"") } else { unsafe { string(pointer, limit) } }
}
