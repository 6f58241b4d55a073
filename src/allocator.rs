//! The allocator of this library and of its copy of Rust's standard library.
//!
//! The signer copies the secret to the heap and frees it unwiped. So a call that signs first reserves a
//! [`Piece`] of a pool, from which its allocations come. They are wiped when they are freed. There is no
//! residue, and no `malloc` that could fail in the middle.
//!
//! A piece knows its thread by a number, because a thread's own storage is scarce and stays behind when a
//! library is unloaded.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::iter;
use std::mem::MaybeUninit;
use std::ptr;
use std::slice;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};

use bedrock_token_core::raw::{Thread, place_of};
use zeroize::Zeroize as _;

use crate::fork;
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
}

/// A piece of the heap, for when more calls run at the same moment than the pool has pieces. It is never
/// freed, so that nobody looks for a piece in memory that is gone. It serves the next such moment.
struct MorePiece {
    piece: Piece,
    next: *const MorePiece,
}

struct Pool {
    pieces: [Piece; PIECES],
    /// The last of the others.
    more: AtomicPtr<MorePiece>,
}

// SAFETY: a room is used by the thread that took it, and by no other before it is wiped and given back.
unsafe impl Sync for Pool {}

static POOL: Pool = Pool {
    pieces: [const {
        Piece {
            rooms: [const { UnsafeCell::new([MaybeUninit::uninit(); ROOM_SIZE]) }; ROOMS],
            taken: [const { AtomicBool::new(false) }; ROOMS],
            owner: AtomicUsize::new(NOBODY),
        }
    }; PIECES],
    more: AtomicPtr::new(ptr::null_mut()),
};

fn fits(layout: Layout) -> bool {
    layout.size() <= ROOM_SIZE && layout.align() <= ROOM_ALIGN
}

impl Piece {
    /// The number of the room that this memory is.
    fn room_of(&self, memory: *mut u8) -> Option<usize> {
        let offset = memory.addr().wrapping_sub(self.rooms.as_ptr().addr());
        Some(offset / ROOM_SIZE).filter(|&room| room < ROOMS)
    }
}

impl Pool {
    /// All pieces. Each thread starts at a place of its own.
    fn pieces(&self, thread: Thread) -> impl Iterator<Item = &Piece> {
        let (before, from) = self.pieces.split_at(place_of(thread, PIECES));
        from.iter().chain(before).chain(self.more())
    }

    fn more(&self) -> impl Iterator<Item = &Piece> {
        // SAFETY: such a piece is complete before it gets into the list, where it stays for ever.
        let at = |more: *const MorePiece| unsafe { more.as_ref() };
        let last = at(self.more.load(Ordering::Acquire));
        iter::successors(last, move |more| at(more.next)).map(|more| &more.piece)
    }

    /// A room for this layout in a piece of this thread; `None` if it has no piece, or too small a one.
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

    /// A free piece, for this thread; `None` if there is no memory.
    fn claim(&self) -> Option<&Piece> {
        let thread = thread::current();
        let free = self.pieces(thread).find(|piece| {
            let (acquire, relaxed) = (Ordering::Acquire, Ordering::Relaxed);
            piece.owner.load(relaxed) == NOBODY
                && piece.owner.compare_exchange(NOBODY, thread, acquire, relaxed).is_ok()
        });
        free.or_else(|| self.add_for(thread))
    }

    /// A new piece of the heap.
    #[cold]
    fn add_for(&self, thread: Thread) -> Option<&Piece> {
        // SAFETY: the layout is not empty. All zeros are a piece that nobody owns.
        let new = unsafe { System.alloc_zeroed(Layout::new::<MorePiece>()).cast::<MorePiece>() };
        if new.is_null() {
            return None;
        }
        // SAFETY: nobody else knows the new piece before it is in the list. Nobody frees it later.
        unsafe {
            (*new).piece.owner.store(thread, Ordering::Relaxed);
            let mut last = self.more.load(Ordering::Acquire);
            loop {
                (&raw mut (*new).next).write(last);
                match self.more.compare_exchange_weak(
                    last,
                    new,
                    Ordering::AcqRel,
                    Ordering::Acquire,
                ) {
                    Ok(_) => return Some(&(*new).piece),
                    Err(now_last) => last = now_last,
                }
            }
        }
    }

    /// The piece that this memory is a room of, and the number of the room.
    fn find(&self, memory: *mut u8) -> Option<(&Piece, usize)> {
        let offset = memory.addr().wrapping_sub(self.pieces.as_ptr().addr());
        let static_piece = self.pieces.get(offset / size_of::<Piece>());
        let mut candidates = static_piece.into_iter().chain(self.more());
        candidates.find_map(|piece| Some((piece, piece.room_of(memory)?)))
    }
}

/// A thread's right to a piece of the pool.
pub struct Reserved(&'static Piece);

/// Reserves memory for a call that signs. Children of `fork()` find the pool in order: the handler is
/// registered before the pool's first use.
pub fn reserve() -> Result<Reserved, Failure> {
    fork::watch()?;
    POOL.claim().map(Reserved).ok_or(Failure(BEDROCK_TOKEN_ERR_OUT_OF_MEMORY))
}

impl Drop for Reserved {
    fn drop(&mut self) {
        self.0.owner.store(NOBODY, Ordering::Release);
    }
}

/// In the child of a `fork()`: wipes the pieces of the threads that are gone, and gives them back.
#[cfg(unix)]
pub fn after_fork(survivor: Thread) {
    for piece in POOL.pieces(survivor) {
        let owner = piece.owner.load(Ordering::Relaxed);
        if owner == NOBODY || owner == survivor {
            continue;
        }
        for (room, taken) in piece.rooms.iter().zip(&piece.taken) {
            // SAFETY: the thread that used it is gone, and this is the only one that there is.
            unsafe { (*room.get()).zeroize() };
            taken.store(false, Ordering::Relaxed);
        }
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
        // SAFETY: the caller's promise on `layout`.
        POOL.take(layout).unwrap_or_else(|| unsafe { System.alloc(layout) })
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise: `memory` is of this layout, and nothing uses it any more.
        unsafe { slice::from_raw_parts_mut(memory.cast::<MaybeUninit<u8>>(), layout.size()) }
            .zeroize();
        match POOL.find(memory) {
            Some((piece, room)) => piece.taken[room].store(false, Ordering::Release),
            // SAFETY: the caller's promise: `System` gave this memory.
            None => unsafe { System.dealloc(memory, layout) },
        }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        if (layout.size()..=ROOM_SIZE).contains(&new_size) && POOL.find(memory).is_some() {
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
