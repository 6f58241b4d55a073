//! The system's clock.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::call::catch;

/// In Unix milliseconds. A time that no token can have, if it is before 1970 or the clock fails.
pub fn now_millis() -> i64 {
    let now = catch(|| Ok(SystemTime::now())).ok();
    let since = now.and_then(|now| now.duration_since(UNIX_EPOCH).ok());
    since.map_or(i64::MIN, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// In Unix seconds.
pub fn now() -> i64 {
    now_millis().div_euclid(1000)
}
