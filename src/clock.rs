//! The system's clock.

use std::time::{SystemTime, UNIX_EPOCH};

/// In Unix milliseconds; before 1970, a time that no token can have.
pub fn now_millis() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(-1000, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// In Unix seconds.
pub fn now() -> i64 {
    now_millis().div_euclid(1000)
}
