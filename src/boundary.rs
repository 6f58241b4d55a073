//! The last frame of Rust: what goes on to C is a status, never a panic.

use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use crate::status::{BEDROCK_TOKEN_ERR_INTERNAL, BEDROCK_TOKEN_OK, Failure, bedrock_token_status};

/// Runs the body of an exported function.
pub fn status_of(body: impl FnOnce() -> Result<(), Failure>) -> bedrock_token_status {
    match catch(body) {
        Ok(()) => BEDROCK_TOKEN_OK,
        Err(Failure(status)) => status,
    }
}

/// Makes a panic a failure, without a word on standard error, which is the host's. A caller that sees one finds its outputs cleared; whatever the body
/// borrowed is left as it was or complete.
pub fn catch<R>(body: impl FnOnce() -> Result<R, Failure>) -> Result<R, Failure> {
    static SILENT: Once = Once::new();
    // The hook is this library's own, as is its copy of the standard library.
    SILENT.call_once(|| {
        if !cfg!(test) {
            panic::set_hook(Box::new(|_| {}));
        }
    });
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(Err(Failure(BEDROCK_TOKEN_ERR_INTERNAL)))
}
