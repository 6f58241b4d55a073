//! The system's clock.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::panic::catch;

/// In Unix milliseconds. A time that no token can have, if it is before 1970 or the clock fails.
pub fn now_millis() -> i64 {
    catch(|| Ok(SystemTime::now()))
        .ok()
        .and_then(|now| now.duration_since(UNIX_EPOCH).ok())
        .and_then(|since| {
            let millis = i64::try_from(since.as_secs()).ok()?.checked_mul(1000)?;
            Some(millis + i64::from(since.subsec_millis()))
        })
        .unwrap_or(i64::MIN)
}

/// In Unix seconds.
pub fn now() -> i64 {
    now_millis().div_euclid(1000)
}
