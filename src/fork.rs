//! Children of `fork()`. They have the memory of their parent, but only the thread that called it.

use std::sync::atomic::{AtomicUsize, Ordering};

use bedrock_token_core::raw::Thread;

use crate::status::Failure;

static FORKS: AtomicUsize = AtomicUsize::new(0);
static SURVIVOR: AtomicUsize = AtomicUsize::new(0);
/// The first of the generations that began with this thread, one after the other.
static SURVIVED_SINCE: AtomicUsize = AtomicUsize::new(0);

/// A number that is different in each child.
pub fn generation() -> usize {
    FORKS.load(Ordering::Acquire)
}

/// The only thread that can be alive since this generation, an earlier one: it called every `fork()`
/// since then. A number alone is not enough, because a new thread may get the number of a dead one.
pub fn survivor_since(generation: usize) -> Option<Thread> {
    let survived_since = SURVIVED_SINCE.load(Ordering::Acquire);
    (survived_since <= generation + 1).then(|| SURVIVOR.load(Ordering::Acquire))
}

/// From now on, each child has another [`generation`], and finds the pool of memory in order. A child
/// of a `fork()` that came before finds nothing to put in order: nobody had used the pool.
#[cfg(unix)]
pub fn watch() -> Result<(), Failure> {
    use std::sync::atomic::AtomicBool;

    use crate::status::BEDROCK_TOKEN_ERR_OUT_OF_MEMORY;

    // No lock, which a child could find locked. If two threads are here at once, forks count twice,
    // and no harm is done.
    static WATCHED: AtomicBool = AtomicBool::new(false);
    if WATCHED.load(Ordering::Acquire) {
        return Ok(());
    }
    unsafe extern "C" fn in_the_child() {
        let (thread, generation) = (crate::thread::current(), generation() + 1);
        if SURVIVOR.swap(thread, Ordering::AcqRel) != thread {
            SURVIVED_SINCE.store(generation, Ordering::Release);
        }
        FORKS.store(generation, Ordering::Release);
        crate::allocator::after_fork(thread);
    }
    // SAFETY: the handler may run at any time. It stays in memory as long as the C library may call it:
    // glibc and the BSDs forget it when this library is unloaded, and musl unloads nothing. macOS would
    // call it, but does not unload a library that has thread-local variables, as Rust's standard library
    // does.
    if unsafe { libc::pthread_atfork(None, None, Some(in_the_child)) } != 0 {
        return Err(Failure(BEDROCK_TOKEN_ERR_OUT_OF_MEMORY));
    }
    WATCHED.store(true, Ordering::Release);
    Ok(())
}

#[cfg(not(unix))]
pub fn watch() -> Result<(), Failure> {
    Ok(())
}
