//! The frame of every exported function: whatever happens inside, C gets a status.

use crate::panic::{catch, test_panic};
use crate::residue::clear_registers;
use crate::status::{BEDROCK_TOKEN_OK, Failure, bedrock_token_status};

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
