//! The crate `libc` with what Miri lacks.

use std::sync::Mutex;

pub use libc::*;

/// # Safety
/// `text` is a string, or has as many bytes as the limit.
pub unsafe fn strnlen(text: *const c_char, limit: usize) -> usize {
    // SAFETY: the caller's promise.
    (0..limit).find(|&i| unsafe { *text.add(i) } == 0).unwrap_or(limit)
}

type Handler = Option<unsafe extern "C" fn()>;
static IN_THE_CHILD: Mutex<Handler> = Mutex::new(None);

/// Miri's own forgets the handlers.
///
/// # Safety
/// `child` may be called at any time.
pub unsafe fn pthread_atfork(_prepare: Handler, _parent: Handler, child: Handler) -> c_int {
    *IN_THE_CHILD.lock().unwrap() = child;
    0
}

/// As if this thread had called `fork()`, and went on in the child.
pub fn go_on_in_a_child() {
    let handler = IN_THE_CHILD.lock().unwrap().expect("the library registers a handler");
    // SAFETY: the promise to `pthread_atfork`.
    unsafe { handler() }
}
