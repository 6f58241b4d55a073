use std::ffi::OsStr;

/// Seconds, of `3600`, `1h`, `90m` or `1h30m`. Other units are refused: `1M` would be a month.
pub fn seconds(text: &OsStr) -> Option<u64> {
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

pub fn to_words(seconds: u64) -> String {
    humantime::format_duration(std::time::Duration::from_secs(seconds)).to_string()
}
