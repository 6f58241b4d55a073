use std::ffi::OsStr;

use crate::failure::Failure;
use crate::{clock, inspect, token_argument};

/// Whether the token holds for `min_left` more seconds. The exit code is the answer.
pub fn holds(token: Option<&OsStr>, min_left: u64) -> Result<(), Failure> {
    answer(token, min_left).map_err(Failure::silent)
}

fn answer(token: Option<&OsStr>, min_left: u64) -> Result<(), Failure> {
    let info = inspect::read(&token_argument::read(token)?)?;
    let left = info.expires_at.saturating_sub(clock::now());
    if left > 0 && u64::try_from(left).is_ok_and(|left| left >= min_left) {
        Ok(())
    } else {
        Err(Failure::ended(""))
    }
}
