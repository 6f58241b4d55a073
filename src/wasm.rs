//! The memory of the WebAssembly module: Rust's allocator, and room for what the host passes and gets.

use std::alloc::{GlobalAlloc, Layout, System, alloc, dealloc};
use std::mem::MaybeUninit;
use std::ptr;
use std::slice;

use zeroize::Zeroize as _;

use crate::status::{BEDROCK_TOKEN_ERR_OUT_OF_MEMORY, Failure};

/// Wipes memory when it is freed. The signer copies the secret there.
struct Allocator;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

// SAFETY: memory comes from the system's allocator, and goes back to it with its layout. `realloc` is
// the trait's own, which calls these.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise on `layout`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise: `memory` is of this layout, and nothing uses it any more.
        unsafe {
            slice::from_raw_parts_mut(memory.cast::<MaybeUninit<u8>>(), layout.size()).zeroize();
            System.dealloc(memory, layout);
        }
    }
}

/// More than the longest arguments and their token need.
const LARGEST_ROOM: usize = 1024 * 1024;

fn room(size: usize) -> Option<Layout> {
    Layout::from_size_align(size, 8).ok().filter(|room| (1..=LARGEST_ROOM).contains(&room.size()))
}

/// Room for arguments and results, of this many bytes, at a multiple of 8. NULL if there is no memory,
/// or if the size is 0 or more than 1 MiB.
#[unsafe(no_mangle)]
pub extern "C" fn bedrock_token_wasm_alloc(size: usize) -> *mut u8 {
    // SAFETY: the layout is not empty.
    room(size).map_or(ptr::null_mut(), |room| unsafe { alloc(room) })
}

/// Wipes such room and takes it back. `size` is the one that it was made with. NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bedrock_token_wasm_free(memory: *mut u8, size: usize) {
    if let (false, Some(room)) = (memory.is_null(), room(size)) {
        // SAFETY: the host's promise: the room has this size and was not given back before.
        unsafe { dealloc(memory, room) }
    }
}

/// More than a call allocates that signs.
const RESERVE: usize = 1024;

pub struct Reserved;

/// Sees that there is memory for a call that signs: what was free here is free for its allocations,
/// because there is one thread.
pub fn reserve() -> Result<Reserved, Failure> {
    let memory = bedrock_token_wasm_alloc(RESERVE);
    if memory.is_null() {
        return Err(Failure(BEDROCK_TOKEN_ERR_OUT_OF_MEMORY));
    }
    // SAFETY: it has this size.
    unsafe { bedrock_token_wasm_free(memory, RESERVE) };
    Ok(Reserved)
}
