//! Results, written where C wants them.

use std::ffi::c_char;
use std::ptr;
use std::slice;

/// Stores a result, unless the caller did not ask for it.
///
/// # Safety
/// `output` is NULL or valid for a write.
pub unsafe fn set<T>(output: *mut T, value: T) {
    if !output.is_null() {
        // SAFETY: the caller's promise.
        unsafe { output.write(value) }
    }
}

/// The caller's buffer, zeroed: C need not have initialised it, and a Rust slice must be.
///
/// # Safety
/// `buf` is valid for writes of `len` bytes, which nothing else uses for `'a`.
pub unsafe fn buffer<'a>(buf: *mut c_char, len: usize) -> &'a mut [u8] {
    // SAFETY: the caller's promise; zeroing initialises every byte.
    unsafe {
        ptr::write_bytes(buf, 0, len);
        slice::from_raw_parts_mut(buf.cast(), len)
    }
}
