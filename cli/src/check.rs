use bedrock_token_core::raw::expires_at;

use crate::arguments::Given;
use crate::clock;
use crate::failure::Failure;

/// Whether the token is valid for `min_left` more seconds. The exit code is the answer, so a token that
/// has ended gets no message.
pub fn holds(given: &Given, min_left: u64) -> Result<(), Failure> {
    let left = expires_at(&given.read()?).saturating_sub(clock::now());
    if left > 0 && u64::try_from(left).is_ok_and(|left| left >= min_left) {
        Ok(())
    } else {
        Err(Failure::ended(""))
    }
}
