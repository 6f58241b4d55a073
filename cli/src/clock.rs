//! Times, in Unix seconds, and spans of time.

use std::ffi::OsStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Before 1970 it is -1, which the signer refuses by name.
pub fn now() -> i64 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        Err(_) => -1,
    }
}

/// `None` after the year 9999: a token that begins in that year may end after it.
pub fn to_rfc3339(unix_seconds: i64) -> Option<String> {
    OffsetDateTime::from_unix_timestamp(unix_seconds).ok()?.format(&Rfc3339).ok()
}

/// Rounded down.
pub fn from_rfc3339(text: &str) -> Option<i64> {
    Some(OffsetDateTime::parse(text, &Rfc3339).ok()?.unix_timestamp())
}

/// Seconds, of `3600`, `1h`, `90m` or `1h30m`. Other units are refused: `1M` would be a month.
pub fn span(text: &OsStr) -> Option<u64> {
    let text = text.to_str()?;
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok();
    }
    let has_units = |b: u8| b.is_ascii_digit() || matches!(b, b'h' | b'm' | b's');
    if !text.bytes().all(has_units) || text.contains("ms") {
        return None;
    }
    Some(humantime::parse_duration(text).ok()?.as_secs())
}

pub fn span_in_words(seconds: u64) -> String {
    humantime::format_duration(Duration::from_secs(seconds)).to_string()
}
