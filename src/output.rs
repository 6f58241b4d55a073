//! Results, written where C wants them.

use std::ffi::c_char;
use std::mem::MaybeUninit;
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

/// The most that a struct with a size may ever grow to. A larger size is garbage.
const STRUCT_MAX: usize = 4096;

/// Fills a struct that may grow in later versions: no more than the `size` that the caller was compiled
/// with. Fields that this version does not know become 0, and so does padding.
///
/// # Safety
/// `output` is valid for writes of `size` bytes. A `T` may be all zeros.
pub unsafe fn fill<T>(output: *mut T, size: usize, set_fields: impl FnOnce(&mut T)) {
    let known = size.min(size_of::<T>());
    let unknown = if size <= STRUCT_MAX { size - known } else { 0 };
    let mut filled = MaybeUninit::<T>::uninit();
    // SAFETY: the caller's promises. The struct stays in its place, because a move need not keep the
    // zeros of its padding. It is copied bytewise: an older caller's is smaller.
    unsafe {
        filled.as_mut_ptr().write_bytes(0, 1);
        set_fields(filled.assume_init_mut());
        let output = output.cast::<u8>();
        output.copy_from_nonoverlapping(filled.as_ptr().cast(), known);
        output.add(known).write_bytes(0, unknown);
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
