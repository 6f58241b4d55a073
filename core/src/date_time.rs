//! `X-Amz-Date`: a second of UTC as `yyyymmddThhmmssZ`.

use time::{Date, Month, OffsetDateTime, Time};

pub const LEN: usize = 16;
/// `yyyymmdd`, the front of it, is the date in the credential scope.
pub const DATE_LEN: usize = 8;

/// Writes a time that [`crate::check::signing_time`] let through.
pub fn format(unix_seconds: i64) -> [u8; LEN] {
    let t = OffsetDateTime::from_unix_timestamp(unix_seconds).expect("a checked signing time");
    let year = u16::try_from(t.year()).expect("a checked signing time");
    let pairs = [
        (0, (year / 100) as u8),
        (2, (year % 100) as u8),
        (4, t.month().into()),
        (6, t.day()),
        (9, t.hour()),
        (11, t.minute()),
        (13, t.second()),
    ];
    let mut text = *b"........T......Z";
    for (at, pair) in pairs {
        text[at] = b'0' + pair / 10;
        text[at + 1] = b'0' + pair % 10;
    }
    text
}

/// Reads what [`format()`] writes; `None` for every other text and for days that no calendar has.
pub fn parse(text: &[u8]) -> Option<i64> {
    let text: &[u8; LEN] = text.try_into().ok()?;
    if text[8] != b'T' || text[15] != b'Z' {
        return None;
    }
    let pair = |at: usize| {
        let (tens, ones) = (text[at].wrapping_sub(b'0'), text[at + 1].wrapping_sub(b'0'));
        (tens < 10 && ones < 10).then(|| tens * 10 + ones)
    };
    let year = i32::from(pair(0)?) * 100 + i32::from(pair(2)?);
    let date = Date::from_calendar_date(year, Month::try_from(pair(4)?).ok()?, pair(6)?).ok()?;
    let time = Time::from_hms(pair(9)?, pair(11)?, pair(13)?).ok()?;
    Some(OffsetDateTime::new_utc(date, time).unix_timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges() {
        assert_eq!(&format(0), b"19700101T000000Z");
        assert_eq!(&format(951_782_399), b"20000228T235959Z");
        assert_eq!(&format(951_782_400), b"20000229T000000Z");
        assert_eq!(&format(crate::check::SIGNING_TIME_MAX), b"99991231T235959Z");
    }

    #[test]
    fn every_formatted_time_reads_back() {
        for seconds in (0..=crate::check::SIGNING_TIME_MAX).step_by(86_399 * 7919) {
            assert_eq!(parse(&format(seconds)), Some(seconds));
        }
    }

    #[test]
    fn refuses_what_no_calendar_has() {
        let dates = "20230229T000000Z 20240230T000000Z 20231301T000000Z 20230001T000000Z \
            20230100T000000Z 2023010aT000000Z 20*30101T000000Z 20:30101T000000Z 202:0101T000000Z";
        let times = "20230101T240000Z 20230101T006000Z 20230101T000060Z 20230101T000000z \
            20230101T000000 20230101T000000ZZ";
        for text in dates.split(' ').chain(times.split(' ')).chain(["20230101 000000Z", ""]) {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }
}
