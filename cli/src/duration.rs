/// Seconds, of `3600`, `1h`, `90m` or `1h30m`. Other units are refused: `1M` would be a month.
pub fn seconds(text: &str) -> Option<u64> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_units() {
        for (text, expected) in [
            ("3600", 3600),
            ("0", 0),
            ("1h", 3600),
            ("90m", 5400),
            ("1h30m", 5400),
            ("1h30m5s", 5405),
            ("12h", 43_200),
            ("45s", 45),
        ] {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
        for text in [
            "",
            " ",
            "-1",
            "1x",
            "h",
            " 60",
            "60 ",
            "1500ms",
            "1000ms",
            "1.5h",
            "1M",
            "1d",
            "1h 30m",
            "1min",
            "99999999999999999999",
            "1h99999999999999999999s",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
