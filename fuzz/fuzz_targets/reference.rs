//! What the library must answer, worked out anew from what is written: the rules in
//! include/bedrock_token.h and AWS's description of Signature Version 4. As plain as can be, slow,
//! and without a line of the library's or of the crates that it signs with.
#![allow(dead_code)] // no target calls all of it

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime};
use data_encoding::{BASE64, HEXLOWER};
use hmac_sha256::{HMAC, Hash};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};

use crate::abi::*;

pub const ACCESS_KEY_MAX: usize = 128;
pub const SECRET_MAX: usize = 256;
pub const SESSION_MAX: usize = 65_536;
pub const REGION_MAX: usize = 63;
const TIME_MAX: i64 = 253_402_300_799;

/// The prefix, the host and the name of each service, in the order of their numbers.
pub const SERVICES: [[&str; 3]; 2] = [
    [concat!("bedrock-api", "-key-"), "bedrock.amazonaws.com", "bedrock"],
    [
        concat!("aws-external-anthropic-api", "-key-"),
        "aws-external-anthropic.amazonaws.com",
        "aws-external-anthropic",
    ],
];

#[derive(Clone, Debug)]
pub struct Arguments {
    pub service: i32,
    pub access_key: Option<Vec<u8>>,
    pub secret: Option<Vec<u8>>,
    pub session: Option<Vec<u8>>,
    pub region: Option<Vec<u8>>,
    pub expires: u32,
    pub time: i64,
}

fn is(text: &[u8], max: usize, allowed: fn(&u8) -> bool, not_at_an_end: &[u8]) -> bool {
    let ends = [text.first(), text.last()];
    text.len() <= max
        && text.iter().all(allowed)
        && !ends.iter().flatten().any(|end| not_at_an_end.contains(end))
}

fn is_access_key(text: &[u8]) -> bool {
    !text.is_empty() && is(text, ACCESS_KEY_MAX, |&b| b.is_ascii_alphanumeric() || b == b'_', b"")
}

fn is_secret(text: &[u8]) -> bool {
    !text.is_empty() && is(text, SECRET_MAX, |b| (0x21..=0x7e).contains(b), b"\"'`")
}

fn is_session(text: &[u8]) -> bool {
    is(text, SESSION_MAX, |b| (0x20..=0x7e).contains(b), b" \"'`")
}

/// A region as a token may have it: other generators take more of them.
fn is_label(text: &[u8]) -> bool {
    !text.is_empty()
        && is(text, REGION_MAX, |b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'), b"-")
}

fn is_region(text: &[u8]) -> bool {
    let parts: Vec<_> = text.split(|&b| b == b'-').collect();
    is_label(text)
        && text[0].is_ascii_lowercase()
        && parts.len() > 1
        && parts[parts.len() - 1].iter().all(u8::is_ascii_digit)
}

impl Arguments {
    /// The rule that these arguments break first.
    pub fn status(&self) -> i32 {
        let [access_key, secret, session, region] =
            [&self.access_key, &self.secret, &self.session, &self.region]
                .map(|text| text.as_deref().unwrap_or(b""));
        let rules = [
            ((0..=1).contains(&self.service), BEDROCK_TOKEN_ERR_SERVICE),
            (is_access_key(access_key), BEDROCK_TOKEN_ERR_ACCESS_KEY),
            (is_secret(secret), BEDROCK_TOKEN_ERR_SECRET),
            (is_session(session), BEDROCK_TOKEN_ERR_SESSION),
            (
                !access_key.starts_with(b"ASIA") || !session.is_empty(),
                BEDROCK_TOKEN_ERR_SESSION_REQUIRED,
            ),
            (is_region(region), BEDROCK_TOKEN_ERR_REGION),
            ((1..=43_200).contains(&self.expires), BEDROCK_TOKEN_ERR_EXPIRES),
            ((0..=TIME_MAX).contains(&self.time), BEDROCK_TOKEN_ERR_TIME),
        ];
        rules.iter().find(|(holds, _)| !holds).map_or(BEDROCK_TOKEN_OK, |&(_, status)| status)
    }

    /// The token of arguments that break no rule.
    pub fn token(&self) -> Vec<u8> {
        let text =
            |field: &Option<Vec<u8>>| String::from_utf8(field.clone().unwrap_or_default()).unwrap();
        let (access_key, secret, region) =
            (text(&self.access_key), text(&self.secret), text(&self.region));
        let [prefix, host, name] = SERVICES[self.service as usize];
        let date_time = date_time(self.time);
        let date = &date_time[..8];
        let scope = format!("{date}/{region}/{name}/aws4_request");
        let mut query = format!(
            "Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={}\
             &X-Amz-Date={date_time}&X-Amz-Expires={}",
            percent_encode(format!("{access_key}/{scope}").as_bytes()),
            self.expires
        );
        if let Some(session) = self.session.as_ref().filter(|session| !session.is_empty()) {
            query += &format!("&X-Amz-Security-Token={}", percent_encode(session));
        }
        let canonical_request = format!(
            "POST\n/\n{query}&X-Amz-SignedHeaders=host\nhost:{host}\n\nhost\n{}",
            HEXLOWER.encode(&Hash::hash(b""))
        );
        let string_to_sign = format!(
            "AWS4-HMAC-SHA256\n{date_time}\n{scope}\n{}",
            HEXLOWER.encode(&Hash::hash(canonical_request.as_bytes()))
        );
        let mut key = HMAC::mac(date, format!("AWS4{secret}"));
        for part in [region.as_str(), name, "aws4_request", &string_to_sign] {
            key = HMAC::mac(part, key);
        }
        let url = format!(
            "{host}/?{query}&X-Amz-Signature={}&X-Amz-SignedHeaders=host&Version=1",
            HEXLOWER.encode(&key)
        );
        format!("{prefix}{}", BASE64.encode(url.as_bytes())).into_bytes()
    }

    /// What inspecting that token must say.
    pub fn info(&self) -> Info {
        let (access_key, region) = (self.access_key.as_deref(), self.region.as_deref());
        let has_session = self.session.as_ref().is_some_and(|session| !session.is_empty());
        let end = self.time + i64::from(self.expires);
        info(access_key.unwrap(), region.unwrap(), [self.time, end], has_session, self.service)
    }
}

fn info(access_key: &[u8], region: &[u8], times: [i64; 2], session: bool, service: i32) -> Info {
    let mut info = [0; size_of::<Info>()];
    info[..access_key.len()].copy_from_slice(access_key);
    info[129..][..region.len()].copy_from_slice(region);
    info[200..216].copy_from_slice(times.map(i64::to_ne_bytes).as_flattened());
    info[216..].copy_from_slice([session.into(), service].map(i32::to_ne_bytes).as_flattened());
    info
}

/// The length of the longest token that there is, as the header's limits make it: Claude Platform's,
/// which has the longer name.
pub fn token_max() -> usize {
    let [prefix, host, name] = SERVICES[1];
    let url = format!(
        "{host}/?Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Credential=%2F20260615%2F%2F{name}%2Faws4_request&X-Amz-Date=20260615T120000Z\
         &X-Amz-Expires=43200&X-Amz-Security-Token=&X-Amz-Signature=&X-Amz-SignedHeaders=host\
         &Version=1"
    );
    let url_len = url.len() + ACCESS_KEY_MAX + REGION_MAX + SESSION_MAX * 3 + 64;
    prefix.len() + url_len.div_ceil(3) * 4
}

/// What a token says of itself; `None` if it is not a token of either service.
pub fn inspect(token: &[u8]) -> Option<Info> {
    if token.len() > token_max() {
        return None;
    }
    let service = SERVICES.iter().position(|[prefix, ..]| token.starts_with(prefix.as_bytes()))?;
    let [prefix, host, name] = SERVICES[service];
    let url = BASE64.decode(&token[prefix.len()..]).ok()?;
    let query = url.strip_prefix(format!("{host}/?").as_bytes())?;
    let mut values = HashMap::new();
    for pair in query.split(|&b| b == b'&') {
        let (name, value) = pair.split_at(pair.iter().position(|&b| b == b'=')?);
        if values.insert(name, percent_decode(&value[1..])?).is_some() {
            return None;
        }
    }
    let mut take = |name: &str| values.remove(name.as_bytes());
    let fixed = ["Action", "X-Amz-Algorithm", "X-Amz-SignedHeaders", "Version"].map(&mut take);
    let [signature, date_time_text, expires, credential] =
        ["X-Amz-Signature", "X-Amz-Date", "X-Amz-Expires", "X-Amz-Credential"].map(&mut take);
    let (session, signature) = (take("X-Amz-Security-Token").unwrap_or_default(), signature?);
    let right = fixed
        == ["CallWithBearerToken", "AWS4-HMAC-SHA256", "host", "1"].map(|v| Some(v.into()))
        && values.is_empty()
        && session.len() <= SESSION_MAX
        && signature.len() == 64
        && signature.iter().all(|b| b"0123456789abcdef".contains(b));
    let expires_text = String::from_utf8(expires?).ok()?;
    let expires: i64 = expires_text.parse().ok()?;
    let issued_at = unix_time(&date_time_text?)?;
    let credential = String::from_utf8(credential?).ok()?;
    let parts: Vec<_> = credential.split('/').collect();
    let &[access_key, date, region, of_service, "aws4_request"] = &parts[..] else { return None };
    let right = right
        && (1..=43_200).contains(&expires)
        && expires.to_string() == expires_text
        && is_access_key(access_key.as_bytes())
        && is_label(region.as_bytes())
        && of_service == name
        && date == &date_time(issued_at)[..8];
    let times = [issued_at, issued_at + expires];
    let (access_key, region) = (access_key.as_bytes(), region.as_bytes());
    right.then(|| info(access_key, region, times, !session.is_empty(), service as i32))
}

/// When a token is used, renewed and given up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Times {
    pub valid_from: i64,
    pub renew_at: i64,
    pub wait_from: i64,
    pub expires_at: i64,
}

/// Renewal is 5 minutes before the end, or a tenth of the life before it, when that is less. Callers
/// wait for it 30 seconds before the end, or a hundredth of the life, when that is less, but no less
/// than a second; and only if it is due.
pub fn schedule(issued_at: i64, expires: u32, credentials_end: i64) -> Result<Times, i32> {
    if !(1..=43_200).contains(&expires) {
        return Err(BEDROCK_TOKEN_ERR_EXPIRES);
    }
    if !(0..=TIME_MAX).contains(&issued_at) || credentials_end > TIME_MAX {
        return Err(BEDROCK_TOKEN_ERR_TIME);
    }
    if credentials_end != 0 && credentials_end <= issued_at {
        return Err(BEDROCK_TOKEN_ERR_CREDENTIALS_EXPIRED);
    }
    let own_end = issued_at + i64::from(expires);
    let expires_at = if credentials_end == 0 { own_end } else { own_end.min(credentials_end) };
    let life = expires_at - issued_at;
    let renew_at = expires_at - (life / 10).min(300);
    let wait_from = (expires_at - (life / 100).clamp(1, 30)).max(renew_at);
    Ok(Times { valid_from: issued_at - 300, renew_at, wait_from, expires_at })
}

const DATE_TIME: &str = "%Y%m%dT%H%M%SZ";

fn date_time(time: i64) -> String {
    DateTime::from_timestamp(time, 0).unwrap().format(DATE_TIME).to_string()
}

/// The time that has this text.
fn unix_time(text: &[u8]) -> Option<i64> {
    let text = str::from_utf8(text).ok()?;
    let time = NaiveDateTime::parse_from_str(text, DATE_TIME).ok()?.and_utc().timestamp();
    ((0..=TIME_MAX).contains(&time) && date_time(time) == text).then_some(time)
}

fn percent_encode(text: &[u8]) -> String {
    const RESERVED: &AsciiSet =
        &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    percent_encoding::percent_encode(text, RESERVED).to_string()
}

/// Only printable ASCII stands in a URL, and each `%` begins an escape.
fn percent_decode(text: &[u8]) -> Option<Vec<u8>> {
    let decoded: Vec<u8> = percent_encoding::percent_decode(text).collect();
    let escapes = text.iter().filter(|&&b| b == b'%').count();
    (text.len() == decoded.len() + 2 * escapes && text.iter().all(u8::is_ascii_graphic))
        .then_some(decoded)
}
