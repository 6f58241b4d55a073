/// Seconds, of `3600`, `1h`, `90m` or `1h 30m`. Parts of a second are refused.
pub fn seconds(text: &str) -> Option<u64> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok();
    }
    // humantime passes over blanks. Here they are a mistake.
    if text != text.trim() {
        return None;
    }
    let duration = humantime::parse_duration(text).ok()?;
    (duration.subsec_nanos() == 0).then_some(duration.as_secs())
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
            ("1.5h", 5400),
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
            "99999999999999999999",
            "1h99999999999999999999s",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
