//! The last frame of Rust: what goes on to C is a status, never a panic.

use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use crate::scratch::clear_registers;
use crate::status::{BEDROCK_TOKEN_ERR_INTERNAL, BEDROCK_TOKEN_OK, Failure, bedrock_token_status};

/// Runs the body of an exported function.
pub fn status_of(body: impl FnOnce() -> Result<(), Failure>) -> bedrock_token_status {
    let result = catch(|| {
        test_panic::point();
        body()
    });
    clear_registers();
    match result {
        Ok(()) => BEDROCK_TOKEN_OK,
        Err(Failure(status)) => status,
    }
}

/// Makes a panic a failure, without a word on standard error, which is the host's. A caller that
/// sees one finds its outputs cleared; whatever the body borrowed is left as it was or complete.
pub fn catch<R>(body: impl FnOnce() -> Result<R, Failure>) -> Result<R, Failure> {
    static SILENT: Once = Once::new();
    // The hook is this library's own, as is its copy of the standard library.
    SILENT.call_once(|| {
        if !cfg!(any(test, fuzzing)) {
            panic::set_hook(Box::new(|_| {}));
        }
    });
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(Err(Failure(BEDROCK_TOKEN_ERR_INTERNAL)))
}

/// Points at which `tests/security/panics.c` has a call panic, in a build of its own.
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

        /// Has the point `which` panic, counted from 1 from here on; 0: none. How many were passed
        /// since the last time.
        #[unsafe(no_mangle)]
        extern "C" fn bedrock_token_test_panic(which: u32) -> u32 {
            PANICS_AT.store(which, Relaxed);
            PASSED.swap(0, Relaxed)
        }
    }
}
