//! What each argument may be. A stray newline or quote is refused here by name; signed, it would
//! make a token that the service rejects without saying why.

use std::ops::RangeInclusive;

use crate::Error;

pub const ACCESS_KEY_MAX: usize = 128;
pub const SECRET_MAX: usize = 256;
pub const SESSION_MAX: usize = 65_536;
pub const REGION_MAX: usize = 63;

pub const EXPIRES_MIN: u32 = 1;
/// Twelve hours, the longest that the service accepts.
pub const EXPIRES_MAX: u32 = 43_200;

/// 9999-12-31T23:59:59Z, the last second that `X-Amz-Date` can say.
pub const SIGNING_TIME_MAX: i64 = 253_402_300_799;

/// 1 to 128 of `A-Z a-z 0-9 _`: IAM's `accessKeyIdType`, which is 16 to 128 of `\w`, with room for
/// the short ones of test servers.
pub fn access_key(access_key: &[u8]) -> Result<&[u8], Error> {
    bytes(access_key, 1..=ACCESS_KEY_MAX, |b| b.is_ascii_alphanumeric() || b == b'_')
        .ok_or(Error::AccessKey)
}

/// 1 to 256 printable ASCII characters, no space.
pub fn secret(secret: &[u8]) -> Result<&str, Error> {
    text(secret, 1..=SECRET_MAX, |b| b.is_ascii_graphic()).ok_or(Error::Secret)
}

/// Up to 65,536 printable ASCII characters, no space at either end. Empty: there is no session token.
pub fn session(session: &[u8]) -> Result<&[u8], Error> {
    if session.first() == Some(&b' ') || session.last() == Some(&b' ') {
        return Err(Error::Session);
    }
    bytes(session, 0..=SESSION_MAX, |b| matches!(b, b' '..=b'~')).ok_or(Error::Session)
}

/// 1 to 63 of `a-z 0-9 -`, no `-` at either end: the form of a DNS label, and no list of known
/// regions, which would age.
pub fn region(region: &[u8]) -> Result<&str, Error> {
    if region.first() == Some(&b'-') || region.last() == Some(&b'-') {
        return Err(Error::Region);
    }
    text(region, 1..=REGION_MAX, |b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        .ok_or(Error::Region)
}

/// 1 to 43,200 seconds. 0 is refused, as every official generator does, so that a remaining
/// lifetime that ran down to zero never buys twelve hours.
pub fn expires(expires: u32) -> Result<u32, Error> {
    if (EXPIRES_MIN..=EXPIRES_MAX).contains(&expires) { Ok(expires) } else { Err(Error::Expires) }
}

/// 1970-01-01T00:00:00Z to 9999-12-31T23:59:59Z, in Unix seconds.
pub fn signing_time(signing_time: i64) -> Result<i64, Error> {
    if (0..=SIGNING_TIME_MAX).contains(&signing_time) { Ok(signing_time) } else { Err(Error::Time) }
}

/// The bytes as text, if [`bytes`] lets them through.
fn text(text: &[u8], length: RangeInclusive<usize>, allowed: impl Fn(u8) -> bool) -> Option<&str> {
    str::from_utf8(bytes(text, length, allowed)?).ok()
}

/// The bytes, if their number is in `length` and all are `allowed`. Looks at every byte whatever it
/// finds, so that the time taken tells nothing of a secret but its length.
fn bytes(
    bytes: &[u8],
    length: RangeInclusive<usize>,
    allowed: impl Fn(u8) -> bool,
) -> Option<&[u8]> {
    let all_allowed = bytes.iter().fold(true, |all, &b| all & allowed(b));
    (length.contains(&bytes.len()) && all_allowed).then_some(bytes)
}
