//! Which thread is running.

use bedrock_token_core::raw::Thread;

/// A number that no other living thread has. It does not change when this thread calls `fork()`.
#[cfg(unix)]
pub fn current() -> Thread {
    // SAFETY: it has no preconditions.
    unsafe { libc::pthread_self() as Thread }
}

#[cfg(windows)]
pub fn current() -> Thread {
    #[link(name = "kernel32")]
    unsafe extern "system" {
        safe fn GetCurrentThreadId() -> u32;
    }
    GetCurrentThreadId() as Thread
}
