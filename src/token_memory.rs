//! The memory of a token that the library hands out. It knows its own length, so it can be wiped whole
//! even if the caller wrote a NUL into it.

use std::ffi::c_char;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;
use std::slice;

use zeroize::Zeroize as _;

use crate::call::test_panic;
use crate::status::{BEDROCK_TOKEN_ERR_OUT_OF_MEMORY, Failure};

/// In front of the token.
struct Header {
    /// Of the token, without its NUL.
    len: usize,
}

/// A block of the C heap: header, token, NUL. Wiped and freed when dropped.
pub struct TokenMemory(NonNull<Header>);

// SAFETY: it owns its block, and the C heap may be used from any thread.
unsafe impl Send for TokenMemory {}

impl TokenMemory {
    /// Room for a token of this length, zeroed.
    pub fn new(len: usize) -> Result<Self, Failure> {
        // SAFETY: zeroing initialises the token and its NUL.
        unsafe { Self::with(len, |token| token.write_bytes(0, len + 1)) }
    }

    pub fn copy_of(bytes: &[u8]) -> Result<Self, Failure> {
        // SAFETY: the block is new, so it does not overlap the bytes, which are as many.
        unsafe {
            Self::with(bytes.len(), |token| {
                token.copy_from_nonoverlapping(NonNull::from(bytes).cast(), bytes.len());
                token.add(bytes.len()).write(0);
            })
        }
    }

    /// # Safety
    /// `initialise` writes `len` bytes and a NUL.
    unsafe fn with(len: usize, initialise: impl FnOnce(NonNull<u8>)) -> Result<Self, Failure> {
        test_panic::point();
        // SAFETY: `malloc` takes any size. The block is aligned for the header, and long enough.
        unsafe {
            let block = libc::malloc(size_of::<Header>() + len + 1).cast::<Header>();
            let block = NonNull::new(block).ok_or(Failure(BEDROCK_TOKEN_ERR_OUT_OF_MEMORY))?;
            block.write(Header { len });
            let memory = Self(block);
            initialise(memory.token());
            Ok(memory)
        }
    }

    /// Takes back the pointer that [`TokenMemory::into_raw`] gave.
    ///
    /// # Safety
    /// `token` came from `into_raw` and was not taken back before.
    pub unsafe fn from_raw(token: NonNull<c_char>) -> Self {
        // SAFETY: the caller's promise: a header stands in front of the token.
        Self(unsafe { token.cast::<Header>().sub(1) })
    }

    pub fn into_raw(self) -> *mut c_char {
        ManuallyDrop::new(self).token().cast().as_ptr()
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
        // SAFETY: the block came from `malloc`, and nothing uses it after this.
        unsafe { libc::free(self.0.as_ptr().cast()) }
    }
}
