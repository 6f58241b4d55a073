//! Another static Rust library. It has its own copy of Rust's run-time library: an allocator, a panic
//! hook, unwinding, threads.
use std::collections::HashMap;
use std::ffi::c_int;
use std::panic::{catch_unwind, set_hook};
use std::thread;

/// 0 if Rust's run-time library works here.
#[unsafe(no_mangle)]
pub extern "C" fn other_rust_library() -> c_int {
    set_hook(Box::new(|_| {}));
    let panics = |n: usize| catch_unwind(move || [0; 4][n]).is_err();
    let threads: HashMap<usize, _> =
        (0..8).map(|n| (n, thread::spawn(move || panics(n)))).collect();
    let as_expected = threads
        .into_iter()
        .all(|(n, thread)| thread.join().is_ok_and(|panicked| panicked == (n > 3)));
    c_int::from(!as_expected)
}
