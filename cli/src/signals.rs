//! A program that `exec` runs gets SIGPIPE and the signal mask as this process got them. Rust's runtime
//! ignores SIGPIPE, and its `Command` resets both.
#![allow(unsafe_code)]

use std::io;
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

pub fn pass_on(command: &mut Command) -> io::Result<()> {
    let mut mask = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: NULL changes nothing, and `mask` is written where the call succeeds.
    let mask = unsafe {
        if libc::pthread_sigmask(libc::SIG_SETMASK, ptr::null(), mask.as_mut_ptr()) != 0 {
            return Err(io::Error::other("the signal mask cannot be read"));
        }
        mask.assume_init()
    };
    let set = move || {
        // SAFETY: both calls are async-signal-safe, and have valid arguments.
        unsafe {
            if SIGPIPE_IGNORED.load(Ordering::Relaxed) {
                libc::signal(libc::SIGPIPE, libc::SIG_IGN);
            }
            libc::pthread_sigmask(libc::SIG_SETMASK, &mask, ptr::null_mut());
        }
        Ok(())
    };
    // SAFETY: it is called in this process, which has one thread, right before the program takes its place.
    unsafe { command.pre_exec(set) };
    Ok(())
}
