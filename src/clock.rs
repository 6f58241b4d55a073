//! The system's clock.

use std::time::{SystemTime, UNIX_EPOCH};

/// In Unix milliseconds; before 1970, a time that no token can have.
pub fn now_millis() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| {
            let millis = i64::try_from(since.as_secs()).ok()?.checked_mul(1000)?;
            Some(millis + i64::from(since.subsec_millis()))
        })
        .unwrap_or(-1000)
}

/// In Unix seconds.
pub fn now() -> i64 {
    now_millis().div_euclid(1000)
}
