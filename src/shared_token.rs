//! The memory of a kept token.

use std::alloc::{Layout, alloc, dealloc};
use std::ptr::NonNull;
use std::slice;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::status::{BEDROCK_TOKEN_ERR_OUT_OF_MEMORY, Failure};
use crate::token_memory::TokenMemory;

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

    pub fn bytes(&self) -> &[u8] {
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
