use std::ffi::OsStr;

use bedrock_token_core::raw::expires_at;

use crate::arguments::Given;
use crate::failure::Failure;
use crate::{clock, duration};

/// Whether the token is valid for `min_left` more. The exit code is the answer, so a token that has ended
/// gets no message.
pub fn holds(given: &Given, min_left: Option<&OsStr>) -> Result<(), Failure> {
    let least = min_left
        .map_or(Some(0), duration::seconds)
        .ok_or_else(|| Failure::usage("--min-left: must be seconds, or a time like 10m"))?;
    let left = expires_at(&given.read()?).saturating_sub(clock::now());
    match u64::try_from(left) {
        Ok(left) if left > 0 && left >= least => Ok(()),
        _ => Err(Failure::ended("")),
    }
}
