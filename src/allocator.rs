//! The allocator of this library and of its copy of Rust's standard library.
//!
//! The signer copies the secret to the heap and frees it unwiped. So a call that signs first reserves a
//! [`Piece`] of a static pool, from which its allocations come. They are wiped when they are freed. There
//! is no residue, and no `malloc` that could fail in the middle, unless more than 60 calls run at the same
//! moment.
//!
//! A piece knows its thread by a number, because a thread's own storage is scarce and stays behind when a
//! library is unloaded.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::hint::black_box;
use std::mem::MaybeUninit;
use std::ptr;
use std::slice;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use bedrock_token_core::{Thread, spread};
use zeroize::Zeroize as _;

use crate::status::{BEDROCK_TOKEN_ERR_OUT_OF_MEMORY, Failure};
use crate::thread;

/// `"AWS4"` and the longest secret are 260 bytes.
const ROOM_SIZE: usize = 272;
/// Rooms lie side by side from the start of a piece on.
const ROOM_ALIGN: usize = 16;
const _: () = assert!(ROOM_SIZE.is_multiple_of(ROOM_ALIGN));
/// How many allocations a call that signs has at the same time.
const ROOMS: usize = 2;
const PIECES: usize = 64;

const NOBODY: Thread = 0;

/// The memory of one call. It lies apart from its neighbours, so that threads do not slow each other
/// down.
#[repr(C, align(128))]
struct Piece {
    rooms: [UnsafeCell<[MaybeUninit<u8>; ROOM_SIZE]>; ROOMS],
    taken: [AtomicBool; ROOMS],
    owner: AtomicUsize,
    /// It is given back with its last room.
    borrowed: AtomicBool,
}

struct Pool([Piece; PIECES]);

// SAFETY: a room is used by the thread that took it, and by no other before it is wiped and given back.
unsafe impl Sync for Pool {}

static POOL: Pool = Pool(
    [const {
        Piece {
            rooms: [const { UnsafeCell::new([MaybeUninit::uninit(); ROOM_SIZE]) }; ROOMS],
            taken: [const { AtomicBool::new(false) }; ROOMS],
            owner: AtomicUsize::new(NOBODY),
            borrowed: AtomicBool::new(false),
        }
    }; PIECES],
);

fn fits(layout: Layout) -> bool {
    layout.size() <= ROOM_SIZE && layout.align() <= ROOM_ALIGN
}

impl Pool {
    /// All pieces. Each thread starts at a place of its own.
    fn pieces(&self, thread: Thread) -> impl Iterator<Item = &Piece> {
        let (before, from) = self.0.split_at(spread(thread, PIECES));
        from.iter().chain(before)
    }

    /// A room in a piece of this thread; `None` if it would be too small, or there is no such room.
    fn take(&self, layout: Layout) -> Option<*mut u8> {
        if !fits(layout) {
            return None;
        }
        let thread = thread::current();
        let own = self.pieces(thread).filter(|piece| piece.owner.load(Ordering::Relaxed) == thread);
        own.flat_map(|piece| piece.rooms.iter().zip(&piece.taken))
            .find(|(_, taken)| !taken.swap(true, Ordering::Acquire))
            .map(|(room, _)| room.get().cast())
    }

    /// A free piece, for this thread.
    fn claim(&self) -> Option<&Piece> {
        let thread = thread::current();
        self.pieces(thread).find(|piece| {
            let (acquire, relaxed) = (Ordering::Acquire, Ordering::Relaxed);
            piece.owner.load(relaxed) == NOBODY
                && piece.owner.compare_exchange(NOBODY, thread, acquire, relaxed).is_ok()
        })
    }

    fn contains(&self, memory: *mut u8) -> bool {
        memory.addr().wrapping_sub(ptr::from_ref(self).addr()) < size_of::<Self>()
    }

    /// Gives a room back that `take` gave, and that is wiped and used no more.
    fn give_back(&self, memory: *mut u8) {
        let offset = memory.addr() - ptr::from_ref(self).addr();
        let piece = &self.0[offset / size_of::<Piece>()];
        piece.taken[offset % size_of::<Piece>() / ROOM_SIZE].store(false, Ordering::Release);
        if piece.borrowed.load(Ordering::Relaxed)
            && !piece.taken.iter().any(|taken| taken.load(Ordering::Relaxed))
        {
            piece.borrowed.store(false, Ordering::Relaxed);
            piece.owner.store(NOBODY, Ordering::Release);
        }
    }
}

/// A thread's right to a piece of the pool. `None`: the pool was empty, and the heap has memory.
pub struct Reserved(Option<&'static Piece>);

/// Reserves memory for a call that signs.
pub fn reserve() -> Result<Reserved, Failure> {
    if let Some(piece) = POOL.claim() {
        return Ok(Reserved(Some(piece)));
    }
    // SAFETY: `malloc` takes any size, `free` takes its result.
    let has_memory = unsafe {
        // The compiler would otherwise take the pair out.
        let memory = black_box(libc::malloc(ROOMS * ROOM_SIZE));
        libc::free(memory);
        !memory.is_null()
    };
    if has_memory { Ok(Reserved(None)) } else { Err(Failure(BEDROCK_TOKEN_ERR_OUT_OF_MEMORY)) }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        if let Some(piece) = self.0 {
            piece.owner.store(NOBODY, Ordering::Release);
        }
    }
}

/// In the child of a `fork()`: wipes the pieces of the threads that are gone, and gives them back.
#[cfg(unix)]
pub fn after_fork(survivor: Thread) {
    for piece in &POOL.0 {
        let owner = piece.owner.load(Ordering::Relaxed);
        if owner == NOBODY || owner == survivor {
            continue;
        }
        for (room, taken) in piece.rooms.iter().zip(&piece.taken) {
            // SAFETY: the thread that used it is gone, and this is the only one that there is.
            unsafe { (*room.get()).zeroize() };
            taken.store(false, Ordering::Relaxed);
        }
        piece.borrowed.store(false, Ordering::Relaxed);
        piece.owner.store(NOBODY, Ordering::Release);
    }
}

struct Allocator;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

// SAFETY: memory comes from the pool, which gives a room out once at a time, or from the system's
// allocator, which gets back only its own memory.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        loop {
            if let Some(memory) = POOL.take(layout) {
                return memory;
            }
            // SAFETY: the caller's promise on `layout`.
            let memory = unsafe { System.alloc(layout) };
            if !memory.is_null() || !fits(layout) {
                return memory;
            }
            // Rust would end the process if there were no memory. The call reserved none, because there
            // was enough on the heap then. A piece will be free soon: the calls that have one need no
            // more.
            match POOL.claim() {
                Some(piece) => piece.borrowed.store(true, Ordering::Relaxed),
                None => std::thread::yield_now(),
            }
        }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise: `memory` is of this layout, and nothing uses it any more.
        unsafe { slice::from_raw_parts_mut(memory.cast::<MaybeUninit<u8>>(), layout.size()) }
            .zeroize();
        if POOL.contains(memory) {
            POOL.give_back(memory);
        } else {
            // SAFETY: the caller's promise: `System` gave this memory.
            unsafe { System.dealloc(memory, layout) }
        }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        if POOL.contains(memory) && (layout.size()..=ROOM_SIZE).contains(&new_size) {
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
