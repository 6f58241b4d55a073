//! No residue: what a call computed with a secret is gone from memory when it returns.
//!
//! The signing code below us copies the secret to the heap, frees it unwiped, and leaves keys and
//! hash states on its stack frames and in vector registers. So that part of a call runs inside
//! [`leave_no_trace`]. There, this crate's allocator serves every allocation from a block that lies
//! on the stack itself; when the work is done, the stack is overwritten with zeros, block and all,
//! deeper than the work ever reaches. Nothing is left to find, and no `malloc` can fail. Before a
//! call returns, [`clear_registers`] does the rest. Allocations elsewhere in the crate are wiped
//! when freed.
//!
//! The allocator finds the block of the current call through a thread-specific pointer, NULL
//! between calls. It is a pthread key and not Rust's `thread_local!`, for which the C library may
//! have to allocate when a thread first uses it, and ends the process if it cannot. For a key
//! beyond a process's first 32, glibc allocates as well, but its failure is a status.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, UnsafeCell};
use std::mem::MaybeUninit;
use std::ptr;
use std::slice;

use zeroize::Zeroize as _;

use crate::boundary;
use crate::status::{BEDROCK_TOKEN_ERR_OUT_OF_MEMORY, Failure};

/// What the work may allocate: `"AWS4"` and a secret (260 bytes), the date and the signature in
/// text. What is beyond it comes from the heap.
const SCRATCH_SIZE: usize = 512;

/// How much of the stack is wiped. `tests/security/residue.c` finds what is left when the work reaches
/// deeper, and is run with 1 KiB less, too, so that there is a margin. Unoptimised code needs more.
const STACK_DEPTH: usize = if cfg!(debug_assertions) {
    24 * 1024
} else if cfg!(bedrock_token_test_margin) {
    5 * 1024
} else {
    6 * 1024
};

/// Runs `work`, then wipes all memory that it used. `work` must not keep what it allocated: its
/// result is `Copy`, and it must not initialise a global that allocates.
pub fn leave_no_trace<R: Copy>(work: impl FnOnce() -> Result<R, Failure>) -> Result<R, Failure> {
    wipe_stack_after(|| on_scratch(work))
}

/// Runs `work`, which allocates nothing, then wipes the stack that it used.
pub fn wipe_stack_after<R>(work: impl FnOnce() -> R) -> R {
    let result = apart(work);
    wipe_stack();
    result
}

/// Has a frame of its own, below that of its caller.
#[inline(never)]
fn apart<R>(work: impl FnOnce() -> R) -> R {
    work()
}

/// Called from where `apart` was, its frame covers the ones that the work had.
#[inline(never)]
fn wipe_stack() {
    let mut stack = [MaybeUninit::<u8>::uninit(); STACK_DEPTH];
    // In parts: more at once, and glibc's memset takes `rep stosb`, which is slow to start. It was
    // 3 % of a token.
    for part in stack.chunks_mut(1024) {
        part.zeroize();
    }
}

/// Clears the vector registers: what the work and the C library's string functions loaded there last
/// would go to the stack with the next signal, or with the next function that the dynamic linker
/// resolves.
pub fn clear_registers() {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: each instruction is run on processors that have it. `clobber_abi` names all registers
    // that a call may change; those that it may not, the compiler saves.
    unsafe {
        use std::arch::{asm, is_x86_feature_detected};
        if is_x86_feature_detected!("avx") {
            asm!("vzeroall", clobber_abi("C"), options(nomem, nostack, preserves_flags));
        } else {
            asm!(
                ".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15",
                "xorps xmm\\n, xmm\\n",
                ".endr",
                clobber_abi("C"),
                options(nomem, nostack, preserves_flags)
            );
        }
        if is_x86_feature_detected!("avx512vl") {
            asm!(
                ".irp n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31",
                "vpxord xmm\\n, xmm\\n, xmm\\n",
                ".endr",
                clobber_abi("C"),
                options(nomem, nostack, preserves_flags)
            );
        }
    }
}

fn on_scratch<R: Copy>(work: impl FnOnce() -> Result<R, Failure>) -> Result<R, Failure> {
    let scratch = Scratch::new();
    let entered = Entered::new(&scratch)?;
    // A panic's payload lies in the scratch block too, so it must not leave this frame.
    let result = boundary::catch(work);
    drop(entered);
    result
}

#[repr(align(16))]
struct Scratch {
    block: UnsafeCell<[MaybeUninit<u8>; SCRATCH_SIZE]>,
    used: Cell<usize>,
}

impl Scratch {
    fn new() -> Self {
        Self { block: UnsafeCell::new([MaybeUninit::uninit(); SCRATCH_SIZE]), used: Cell::new(0) }
    }

    /// Room that is not given back before the whole block is wiped; NULL if too little is left.
    fn allocate(&self, layout: Layout) -> *mut u8 {
        let block = self.block.get().cast::<u8>();
        let unused = block.wrapping_add(self.used.get());
        let start = self.used.get() + unused.align_offset(layout.align());
        match start.checked_add(layout.size()) {
            Some(end) if end <= SCRATCH_SIZE => {
                self.used.set(end);
                block.wrapping_add(start)
            }
            _ => ptr::null_mut(),
        }
    }

    fn contains(&self, pointer: *mut u8) -> bool {
        pointer.addr().wrapping_sub(self.block.get().addr()) < SCRATCH_SIZE
    }
}

/// Makes a block the current one of this thread until dropped. A call inside a call (a signal
/// handler's) brings its own block and puts the outer one back.
struct Entered {
    outer: *const Scratch,
}

impl Entered {
    fn new(scratch: &Scratch) -> Result<Self, Failure> {
        let outer = current::get();
        if !current::set(scratch) {
            return Err(Failure(BEDROCK_TOKEN_ERR_OUT_OF_MEMORY));
        }
        Ok(Self { outer })
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        // Cannot fail: the thread has a place for the key since `new`.
        current::set(self.outer);
    }
}

struct Allocator;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

impl Allocator {
    /// The block of the call that this thread is in.
    fn scratch(&self) -> Option<&Scratch> {
        // SAFETY: the pointer is NULL or the block of an `on_scratch` further up this stack.
        unsafe { current::get().as_ref() }
    }
}

// SAFETY: memory comes from the scratch block, whose parts are handed out once and outlive the
// work that asked for them, or from the system's allocator, which gets back only what it gave.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let memory = self.scratch().map_or(ptr::null_mut(), |scratch| scratch.allocate(layout));
        if !memory.is_null() {
            return memory;
        }
        // SAFETY: the caller's promise on `layout`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        if self.scratch().is_some_and(|scratch| scratch.contains(memory)) {
            return;
        }
        // SAFETY: the caller's promise: `System` gave this memory, and nothing uses it any more.
        unsafe {
            slice::from_raw_parts_mut(memory.cast::<MaybeUninit<u8>>(), layout.size()).zeroize();
            System.dealloc(memory, layout)
        }
    }
}

#[cfg(unix)]
mod current {
    use std::sync::OnceLock;

    use super::Scratch;

    /// `None` if the process has no key left.
    static KEY: OnceLock<Option<libc::pthread_key_t>> = OnceLock::new();

    pub fn get() -> *const Scratch {
        match KEY.get() {
            // SAFETY: the key was created and is never deleted.
            Some(Some(key)) => unsafe { libc::pthread_getspecific(*key) }.cast(),
            _ => std::ptr::null(),
        }
    }

    pub fn set(scratch: *const Scratch) -> bool {
        let key = KEY.get_or_init(|| {
            let mut key = 0;
            // SAFETY: `key` is valid for the write; there is no destructor to run.
            let created = unsafe { libc::pthread_key_create(&mut key, None) } == 0;
            created.then_some(key)
        });
        // SAFETY: the key was created and is never deleted.
        key.is_some_and(|key| unsafe { libc::pthread_setspecific(key, scratch.cast()) } == 0)
    }
}

/// Windows gives each thread its place when the thread or the library is made.
#[cfg(not(unix))]
mod current {
    use std::cell::Cell;

    use super::Scratch;

    thread_local! {
        static CURRENT: Cell<*const Scratch> = const { Cell::new(std::ptr::null()) };
    }

    pub fn get() -> *const Scratch {
        CURRENT.get()
    }

    pub fn set(scratch: *const Scratch) -> bool {
        CURRENT.set(scratch);
        true
    }
}
