//! The memory of tokens that the library hands out: it knows its own length, so that it can be
//! wiped whole whatever the caller wrote there.

use std::ffi::c_char;
use std::mem::size_of;
use std::ptr::NonNull;
use std::slice;

use zeroize::Zeroize as _;

use crate::boundary::test_panic;
use crate::status::{BEDROCK_TOKEN_ERR_OUT_OF_MEMORY, Failure};

/// In front of the token; as large as the alignment that `malloc` gives, so the token has it too.
#[repr(C, align(16))]
struct Header {
    /// Of the token, without its NUL.
    len: usize,
}

/// A block of the C heap: header, token, NUL. Wiped and freed when dropped.
pub struct TokenMemory(NonNull<Header>);

// SAFETY: it owns its block, and the C heap may be used from any thread.
unsafe impl Send for TokenMemory {}

impl TokenMemory {
    pub fn new(len: usize) -> Result<Self, Failure> {
        test_panic::point();
        // SAFETY: `calloc` takes any size. The block is zeroed, aligned for `max_align_t`, and at
        // least a header long.
        unsafe {
            let block = libc::calloc(1, size_of::<Header>() + len + 1).cast::<Header>();
            let block = NonNull::new(block).ok_or(Failure(BEDROCK_TOKEN_ERR_OUT_OF_MEMORY))?;
            block.write(Header { len });
            Ok(Self(block))
        }
    }

    /// Takes back what [`TokenMemory::into_raw`] gave.
    ///
    /// # Safety
    /// `token` came from `into_raw` and was not taken back before.
    pub unsafe fn from_raw(token: NonNull<c_char>) -> Self {
        // SAFETY: the caller's promise: a header stands in front of the token.
        Self(unsafe { token.cast::<Header>().sub(1) })
    }

    pub fn try_clone(&self) -> Result<Self, Failure> {
        let mut clone = Self::new(self.len())?;
        clone.bytes_mut().copy_from_slice(self.bytes());
        Ok(clone)
    }

    pub fn into_raw(self) -> *mut c_char {
        let token = self.token().cast().as_ptr();
        std::mem::forget(self);
        token
    }

    pub fn len(&self) -> usize {
        // SAFETY: the block is valid and its header was written by `new`.
        unsafe { self.0.as_ref().len }
    }

    /// The token, without its NUL.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: the block holds `len` initialised bytes behind the header.
        unsafe { slice::from_raw_parts(self.token().as_ptr(), self.len()) }
    }

    pub fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as for `bytes`, and `self` owns the block.
        unsafe { slice::from_raw_parts_mut(self.token().as_ptr(), self.len()) }
    }

    fn token(&self) -> NonNull<u8> {
        // SAFETY: the block is longer than its header.
        unsafe { self.0.add(1).cast() }
    }
}

impl Drop for TokenMemory {
    fn drop(&mut self) {
        self.bytes_mut().zeroize();
        // SAFETY: the block came from `calloc`, and nothing uses it after this.
        unsafe { libc::free(self.0.as_ptr().cast()) }
    }
}
