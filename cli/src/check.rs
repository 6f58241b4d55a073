use crate::clock;
use crate::failure::Failure;
use crate::given_token::GivenToken;

/// Whether the token is valid for `min_left` more seconds. The exit code is the answer.
pub fn holds(token: &GivenToken, min_left: u64) -> Result<(), Failure> {
    answer(token, min_left).map_err(Failure::silent)
}

fn answer(token: &GivenToken, min_left: u64) -> Result<(), Failure> {
    let left = token.read()?.expires_at.saturating_sub(clock::now());
    if left > 0 && u64::try_from(left).is_ok_and(|left| left >= min_left) {
        Ok(())
    } else {
        Err(Failure::ended(""))
    }
}
