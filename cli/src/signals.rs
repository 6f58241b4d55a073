//! A program that `exec` runs gets SIGPIPE as this process got it. Rust's runtime ignores SIGPIPE, and its
//! `Command` sets it to the default.
#![allow(unsafe_code)]

use std::mem::MaybeUninit;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

static SIGPIPE_IGNORED: AtomicBool = AtomicBool::new(false);

/// Runs before Rust's runtime does.
#[ctor::ctor(unsafe)]
fn look_at_sigpipe() {
    let mut action = MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: NULL changes nothing, and `action` is written where the call succeeds.
    let ignored = unsafe {
        libc::sigaction(libc::SIGPIPE, ptr::null(), action.as_mut_ptr()) == 0
            && action.assume_init_ref().sa_sigaction == libc::SIG_IGN
    };
    SIGPIPE_IGNORED.store(ignored, Ordering::Relaxed);
}

pub fn pass_on(command: &mut Command) {
    let set = || {
        if SIGPIPE_IGNORED.load(Ordering::Relaxed) {
            // SAFETY: the call is async-signal-safe, and has valid arguments.
            unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
        }
        Ok(())
    };
    // SAFETY: it is called in this process, which has one thread, right before the program takes its place.
    unsafe { command.pre_exec(set) };
}
