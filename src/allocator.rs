//! The allocator of this library and of its copy of Rust's standard library.
//!
//! The signer copies the secret to the heap and frees it unwiped. With this allocator, every small
//! piece of memory comes from a pool and is wiped when it is given back. So there is no residue, and
//! no `malloc` that could fail. A call that signs has two pieces at a time.
//!
//! The pool does not know which thread has which piece, because a thread's own storage is scarce and
//! stays behind when a library is unloaded. In the child of a `fork()`, the pieces of the threads
//! that are gone stay taken.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::mem::MaybeUninit;
use std::ptr;
use std::slice;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use zeroize::Zeroize as _;

/// `"AWS4"` and the longest secret are 260 bytes. The flag beside it fills up the last cache line.
const PIECE_SIZE: usize = 304;
const PIECES: usize = 128;

/// Lies apart from its neighbours, so that threads with different pieces do not slow each other down.
#[repr(C, align(64))]
struct Piece {
    memory: UnsafeCell<[MaybeUninit<u8>; PIECE_SIZE]>,
    taken: AtomicBool,
}

struct Pool([Piece; PIECES]);

// SAFETY: the memory of a piece is used by the thread that took it, and by no other until it is
// given back.
unsafe impl Sync for Pool {}

static POOL: Pool = Pool(
    [const {
        Piece {
            memory: UnsafeCell::new([MaybeUninit::uninit(); PIECE_SIZE]),
            taken: AtomicBool::new(false),
        }
    }; PIECES],
);

impl Pool {
    /// A piece of memory; `None` if it would be too small, or all are taken.
    fn take(&self, layout: Layout) -> Option<*mut u8> {
        if layout.size() > PIECE_SIZE || layout.align() > align_of::<Piece>() {
            return None;
        }
        // Threads have stacks of their own, so each starts at a place of its own.
        let on_the_stack = 0_u8;
        let stack = (ptr::from_ref(&on_the_stack).addr() >> 14) as u64;
        let start = stack.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (u64::BITS - PIECES.ilog2());
        let (before, from) = self.0.split_at(start as usize);
        let piece = from.iter().chain(before).find(|piece| {
            !piece.taken.load(Ordering::Relaxed) && !piece.taken.swap(true, Ordering::Acquire)
        })?;
        Some(piece.memory.get().cast())
    }

    fn contains(&self, memory: *mut u8) -> bool {
        memory.addr().wrapping_sub(ptr::from_ref(self).addr()) < size_of::<Self>()
    }

    /// # Safety
    /// `memory` came from `take`, is wiped, and is used no more.
    unsafe fn give_back(&self, memory: *mut u8) {
        let index = (memory.addr() - ptr::from_ref(self).addr()) / size_of::<Piece>();
        self.0[index].taken.store(false, Ordering::Release);
    }
}

struct Allocator;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

// SAFETY: memory comes from the pool, which gives a piece to one owner at a time, or from the
// system's allocator, which gets back only its own memory.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        loop {
            if let Some(memory) = POOL.take(layout) {
                return memory;
            }
            // SAFETY: the caller's promise on `layout`.
            let memory = unsafe { System.alloc(layout) };
            // Rust would end the process if there were no memory. The pieces are all in calls that
            // end soon, so wait for one.
            if !memory.is_null() || layout.size() > PIECE_SIZE {
                return memory;
            }
            thread::yield_now();
        }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise: `memory` is of this layout, and nothing uses it any more.
        unsafe { slice::from_raw_parts_mut(memory.cast::<MaybeUninit<u8>>(), layout.size()) }
            .zeroize();
        if POOL.contains(memory) {
            // SAFETY: as above; it is wiped.
            unsafe { POOL.give_back(memory) }
        } else {
            // SAFETY: the caller's promise: `System` gave this memory.
            unsafe { System.dealloc(memory, layout) }
        }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        if POOL.contains(memory) && (layout.size()..=PIECE_SIZE).contains(&new_size) {
            return memory;
        }
        // SAFETY: the caller's promise that `new_size` does not overflow.
        let new_layout = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
        // SAFETY: the caller's promises; both blocks have room for all that is copied.
        unsafe {
            let new = self.alloc(new_layout);
            if !new.is_null() {
                ptr::copy_nonoverlapping(memory, new, layout.size().min(new_size));
                self.dealloc(memory, layout);
            }
            new
        }
    }
}
