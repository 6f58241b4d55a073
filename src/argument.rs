//! Strings from C, made into slices.

use std::ffi::c_char;
use std::slice;

#[cfg(not(target_arch = "wasm32"))]
use libc::strnlen;

/// The bytes of a C string, read no further than `limit` plus one. A longer string comes back one
/// byte too long, so the checks refuse it. NULL is the same as "".
///
/// # Safety
/// `string` is NULL, a string, or at least the first `limit` plus one bytes of one. It stays
/// unchanged for `'a`.
pub unsafe fn string<'a>(string: *const c_char, limit: usize) -> &'a [u8] {
    if string.is_null() {
        return b"";
    }
    // SAFETY: the caller's promise; `strnlen` stops at the NUL or at `limit + 1`.
    unsafe { slice::from_raw_parts(string.cast(), strnlen(string, limit + 1)) }
}

/// There is no C library.
#[cfg(target_arch = "wasm32")]
unsafe fn strnlen(string: *const c_char, limit: usize) -> usize {
    // SAFETY: the caller's promise: no byte behind the NUL is read.
    (0..limit).find(|&at| unsafe { *string.add(at) } == 0).unwrap_or(limit)
}
