//! The memory of tokens that the library hands out or keeps. It knows its own length, so it can be
//! wiped whole even if the caller wrote a NUL into it.

use std::alloc::{Layout, alloc, dealloc};
use std::ffi::c_char;
use std::hint::black_box;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;
use std::slice;
use std::sync::atomic::{AtomicUsize, Ordering};

use zeroize::Zeroize as _;

use crate::panic::test_panic;
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

    fn copy_of(bytes: &[u8]) -> Result<Self, Failure> {
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
    fn bytes(&self) -> &[u8] {
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

/// A token with several owners that only read it. The last one frees it, and the allocator wipes it. It
/// lies apart from the memory of others, which they may write while threads copy it: processors fetch
/// memory in pairs of 64 bytes. `Arc` would end the process if there were no memory.
pub struct SharedToken(NonNull<Shared>);

/// In front of the token.
#[repr(align(128))]
struct Shared {
    owners: AtomicUsize,
    len: usize,
}

// SAFETY: it owns its block together with the others, counted atomically, and any thread may free it.
unsafe impl Send for SharedToken {}
// SAFETY: the token is only read, and its owners are counted atomically.
unsafe impl Sync for SharedToken {}

impl SharedToken {
    pub fn copy_of(token: &TokenMemory) -> Result<Self, Failure> {
        let bytes = NonNull::from(token.bytes());
        // SAFETY: the layout is not empty. The block is new and has room for as many bytes.
        unsafe {
            let block = NonNull::new(alloc(Self::layout(bytes.len())))
                .ok_or(Failure(BEDROCK_TOKEN_ERR_OUT_OF_MEMORY))?
                .cast::<Shared>();
            block.write(Shared { owners: AtomicUsize::new(1), len: bytes.len() });
            block.add(1).cast().copy_from_nonoverlapping(bytes.cast::<u8>(), bytes.len());
            Ok(Self(block))
        }
    }

    /// A copy for the caller of the library.
    pub fn copy(&self) -> Result<TokenMemory, Failure> {
        TokenMemory::copy_of(self.bytes())
    }

    /// Compares all bytes in any case, so that the time shows at most the token's length.
    pub fn is(&self, token: &[u8]) -> bool {
        let bytes = self.bytes();
        bytes.len() == token.len()
            && bytes.iter().zip(token).fold(0, |all, (a, b)| all | black_box(a ^ b)) == 0
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: behind the header are as many bytes, which nobody writes any more.
        unsafe { slice::from_raw_parts(self.0.add(1).cast().as_ptr(), self.shared().len) }
    }

    /// In whole pairs of 64 bytes, for a token of this length.
    fn layout(len: usize) -> Layout {
        let size = (size_of::<Shared>() + len).next_multiple_of(align_of::<Shared>());
        Layout::from_size_align(size, align_of::<Shared>()).expect("a token is shorter")
    }

    fn shared(&self) -> &Shared {
        // SAFETY: the block is valid as long as one of its owners is.
        unsafe { self.0.as_ref() }
    }
}

impl Clone for SharedToken {
    fn clone(&self) -> Self {
        self.shared().owners.fetch_add(1, Ordering::Relaxed);
        Self(self.0)
    }
}

impl Drop for SharedToken {
    fn drop(&mut self) {
        // The last owner comes after every read of the others. (A fence would be cheaper, and unseen by
        // ThreadSanitizer.)
        if self.shared().owners.fetch_sub(1, Ordering::AcqRel) == 1 {
            let layout = Self::layout(self.shared().len);
            // SAFETY: `copy_of` allocated it with this layout; this was the last owner.
            unsafe { dealloc(self.0.as_ptr().cast(), layout) }
        }
    }
}
