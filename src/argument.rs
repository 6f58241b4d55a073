//! Strings from C, made into slices.

use std::ffi::c_char;
use std::slice;

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
    unsafe { slice::from_raw_parts(string.cast(), libc::strnlen(string, limit + 1)) }
}
