//! Rust's times as the numbers that tokens and C have.

use std::time::{Duration, SystemTime};

/// Rounded down.
pub fn millis(time: SystemTime) -> i64 {
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
        Err(before) => {
            let before = before.duration();
            let rounded_up = before.as_nanos().div_ceil(1_000_000);
            i64::try_from(rounded_up).map_or(i64::MIN, |millis| -millis)
        }
    }
}

/// Rounded down.
pub fn seconds(time: SystemTime) -> i64 {
    millis(time).div_euclid(1000)
}

/// A time of a token, which is not before 1970.
pub fn from_seconds(seconds: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rounded_down() {
        let millis_of = |nanos: i64| {
            let since = Duration::from_nanos(nanos.unsigned_abs());
            let epoch = SystemTime::UNIX_EPOCH;
            let time = if nanos < 0 { epoch - since } else { epoch + since };
            (millis(time), seconds(time))
        };
        assert_eq!(millis_of(0), (0, 0));
        assert_eq!(millis_of(999_999), (0, 0));
        assert_eq!(millis_of(1_999_000_000), (1999, 1));
        assert_eq!(millis_of(-1_000), (-1, -1));
        assert_eq!(millis_of(-1_000_000_000), (-1000, -1));
        assert_eq!(millis_of(-1_000_100_000), (-1001, -2));
        assert_eq!(seconds(from_seconds(1_781_524_800)), 1_781_524_800);
    }
}
