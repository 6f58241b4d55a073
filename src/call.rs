//! The frame of every exported function: whatever happens inside, C gets a status. A panic, which is a
//! defect of this library, becomes a failure.

use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use crate::residue::clear_registers;
use crate::status::{BEDROCK_TOKEN_ERR_INTERNAL, BEDROCK_TOKEN_OK, Failure, bedrock_token_status};

/// Runs the body of an exported function.
pub fn status_of(body: impl FnOnce() -> Result<(), Failure>) -> bedrock_token_status {
    status(result_of(body))
}

/// Runs one part of such a body. The function returns the status of its last part.
pub fn result_of<R>(part: impl FnOnce() -> Result<R, Failure>) -> Result<R, Failure> {
    let result = catch(|| {
        test_panic::point();
        part()
    });
    clear_registers();
    result
}

pub fn status(result: Result<(), Failure>) -> bedrock_token_status {
    match result {
        Ok(()) => BEDROCK_TOKEN_OK,
        Err(Failure(status)) => status,
    }
}

/// Makes a panic a failure, and prints nothing: standard error is the host's. After a panic, the
/// caller finds its outputs cleared, and anything that the body borrowed is as it was or complete.
pub fn catch<R>(body: impl FnOnce() -> Result<R, Failure>) -> Result<R, Failure> {
    silence();
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(Err(Failure(BEDROCK_TOKEN_ERR_INTERNAL)))
}

/// Takes the message out of panics. The hook is this library's own, as is its copy of the standard
/// library.
fn silence() {
    // Not a `Once`: a child that is forked while another thread is in it would wait for ever.
    static SILENT: AtomicBool = AtomicBool::new(cfg!(any(test, fuzzing)));
    if !SILENT.load(Relaxed) && !SILENT.swap(true, Relaxed) {
        panic::set_hook(Box::new(|_| {}));
    }
}

/// Points at which `tests/security/panics.c` makes a call panic, in a build of its own.
pub mod test_panic {
    #[cfg(not(bedrock_token_test_panic))]
    pub fn point() {}

    #[cfg(bedrock_token_test_panic)]
    pub use armed::point;

    #[cfg(bedrock_token_test_panic)]
    mod armed {
        use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

        static PASSED: AtomicU32 = AtomicU32::new(0);
        static PANICS_AT: AtomicU32 = AtomicU32::new(0);

        pub fn point() {
            if PASSED.fetch_add(1, Relaxed) + 1 == PANICS_AT.load(Relaxed) {
                panic!("deliberate");
            }
        }

        /// Makes the n-th point from now on panic; 0 makes no point panic. Returns how many points
        /// were passed since the last call.
        #[unsafe(no_mangle)]
        extern "C" fn bedrock_token_test_panic(n: u32) -> u32 {
            PANICS_AT.store(n, Relaxed);
            PASSED.swap(0, Relaxed)
        }
    }
}
