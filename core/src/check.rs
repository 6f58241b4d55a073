//! The rules for each argument. A stray newline or quote is refused here by name. Signed, it would
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
    bytes(access_key, 1..=ACCESS_KEY_MAX, |b| b.is_ascii_alphanumeric() | (b == b'_'), |_| true)
        .ok_or(Error::AccessKey)
}

/// 1 to 256 printable ASCII characters without spaces, no quote at either end.
pub fn secret(secret: &[u8]) -> Result<&str, Error> {
    text(secret, 1..=SECRET_MAX, |b| b.is_ascii_graphic(), |b| !is_quote(b)).ok_or(Error::Secret)
}

/// Up to 65,536 printable ASCII characters, no space and no quote at either end. Empty: there is no
/// session token.
pub fn session(session: &[u8]) -> Result<&[u8], Error> {
    bytes(session, 0..=SESSION_MAX, |b| matches!(b, b' '..=b'~'), |b| (b != b' ') & !is_quote(b))
        .ok_or(Error::Session)
}

/// 1 to 63 of `a-z 0-9 -`. It begins with a letter, and a number is its last part, after a `-`. Every
/// region of AWS has this form. A zone (`us-east-1a`), a prefix of model IDs (`us`, `global`) and a
/// part of a region (`us-east`) do not have it. A list of known regions would be out of date soon.
pub fn region(region: &[u8]) -> Result<&[u8], Error> {
    region_label(region).filter(|region| ends_in_number(region)).ok_or(Error::Region)
}

/// The form of a DNS label: 1 to 63 of `a-z 0-9 -`, no `-` at either end. The official generators
/// sign regions that have no better form, so tokens with them exist.
pub(crate) fn region_label(region: &[u8]) -> Option<&[u8]> {
    let allowed = |b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-');
    bytes(region, 1..=REGION_MAX, allowed, |b| b != b'-')
}

/// A label does not end in `-`, so there is a digit behind it.
fn ends_in_number(region: &[u8]) -> bool {
    let digits = region.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let before = &region[..region.len() - digits];
    before.ends_with(b"-") && before[0].is_ascii_lowercase()
}

/// 1 to 43,200 seconds. Every official generator refuses 0, too: a remaining life of 0 must not
/// give a token of twelve hours.
pub fn expires(expires: u32) -> Result<u32, Error> {
    if (EXPIRES_MIN..=EXPIRES_MAX).contains(&expires) { Ok(expires) } else { Err(Error::Expires) }
}

/// 1970-01-01T00:00:00Z to 9999-12-31T23:59:59Z, in Unix seconds.
pub fn signing_time(signing_time: i64) -> Result<i64, Error> {
    if (0..=SIGNING_TIME_MAX).contains(&signing_time) { Ok(signing_time) } else { Err(Error::Time) }
}

/// The end of credentials that a provider got at `now`, in Unix seconds; 0: never. An end after the
/// year 9999 is in milliseconds.
pub fn credentials_end(expires_at: i64, now: i64) -> Result<i64, Error> {
    match expires_at {
        0 => Ok(i64::MAX),
        end if end > SIGNING_TIME_MAX => Err(Error::Time),
        end if end <= now => Err(Error::CredentialsExpired),
        end => Ok(end),
    }
}

/// An env file that keeps its quotes is the most common cause of a refused token.
fn is_quote(b: u8) -> bool {
    (b == b'"') | (b == b'\'') | (b == b'`')
}

/// The bytes as text, if [`bytes`] lets them through.
fn text(
    text: &[u8],
    length: RangeInclusive<usize>,
    allowed: impl Fn(u8) -> bool,
    allowed_at_the_ends: impl Fn(u8) -> bool,
) -> Option<&str> {
    str::from_utf8(bytes(text, length, allowed, allowed_at_the_ends)?).ok()
}

/// The bytes, if their number is in `length` and all are allowed where they stand. Every byte is
/// always checked, so the time taken shows only the length of a secret.
fn bytes(
    bytes: &[u8],
    length: RangeInclusive<usize>,
    allowed: impl Fn(u8) -> bool,
    allowed_at_the_ends: impl Fn(u8) -> bool,
) -> Option<&[u8]> {
    let all_allowed = bytes.iter().fold(true, |all, &b| all & allowed(b));
    let ends = [bytes.first(), bytes.last()].into_iter().flatten();
    let all_allowed = ends.fold(all_allowed, |all, &b| all & allowed_at_the_ends(b));
    (length.contains(&bytes.len()) && all_allowed).then_some(bytes)
}
