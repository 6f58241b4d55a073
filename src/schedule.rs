use bedrock_token_core::raw::{Times, retry_at, schedule};

use crate::call::status_of;
use crate::output;
use crate::status::{BEDROCK_TOKEN_ERR_NULL_ARGUMENT, Failure, bedrock_token_status};

/// When a kept token is used, renewed and dropped, in Unix seconds. The times are in ascending order;
/// two may be the same. Later versions may add fields at the end.
#[repr(C)]
pub struct bedrock_token_times {
    /// Before this time, do not use the token: the clock was wrong when the token was generated.
    pub valid_from: i64,
    /// From this time on, one caller renews. The others use the token.
    pub renew_at: i64,
    /// From this time on, the others wait for the renewal. They use the token only if it fails.
    pub wait_from: i64,
    /// From this time on, do not use the token. This is the token's own end or that of its
    /// credentials, whichever is sooner.
    pub expires_at: i64,
}

impl bedrock_token_times {
    fn set(&mut self, times: &Times) {
        let Times { valid_from, renew_at, wait_from, expires_at } = *times;
        *self = Self { valid_from, renew_at, wait_from, expires_at };
    }
}

/// Calculates when to renew a token, for programs that keep tokens themselves. The rules are those of
/// bedrock_token_provider.
///
/// @param issued_at              When the token was generated, in Unix seconds.
/// @param expires                Life of the token in seconds: 1 to 43200.
/// @param credentials_expire_at  When its credentials end, in Unix seconds; 0 if they never end.
/// @param times                  Receives the times; unchanged on failure.
/// @param times_size             `sizeof(bedrock_token_times)`. The library writes no more than that,
///                               and sets the fields that it does not know to 0.
/// @return                       BEDROCK_TOKEN_OK, ERR_NULL_ARGUMENT (times), ERR_EXPIRES, ERR_TIME
///                               (issued_at, or credentials that end after the year 9999: their end
///                               is probably in milliseconds), ERR_CREDENTIALS_EXPIRED (at issued_at
///                               or before; checked in this order) or ERR_INTERNAL.
///
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bedrock_token_schedule(
    issued_at: i64,
    expires: u32,
    credentials_expire_at: i64,
    times: *mut bedrock_token_times,
    times_size: usize,
) -> bedrock_token_status {
    status_of(|| {
        if times.is_null() {
            return Err(Failure(BEDROCK_TOKEN_ERR_NULL_ARGUMENT));
        }
        let scheduled = schedule(issued_at, expires, credentials_expire_at)?;
        // SAFETY: the caller's promise on `times` and its size. All of its fields are integers.
        unsafe { output::fill(times, times_size, |times| times.set(&scheduled)) };
        Ok(())
    })
}

/// Calculates when to ask for credentials again, after a renewal failed while the kept token is
/// still valid: after a tenth of the time left, but at least one second later.
///
/// @param now         When the renewal failed, in Unix seconds. Round fractions of a second up.
/// @param expires_at  When the kept token ends: the field expires_at of bedrock_token_times.
/// @return            Unix seconds, later than now (INT64_MAX if there is no later time).
///
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub extern "C" fn bedrock_token_retry_at(now: i64, expires_at: i64) -> i64 {
    retry_at(now, expires_at)
}
