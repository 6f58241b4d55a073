//! What the library must answer, worked out anew from what is written: the rules in
//! include/bedrock_token.h and AWS's description of Signature Version 4. As plain as can be, slow,
//! and without a line of the library's or of the crates that it signs with.
#![allow(dead_code)] // no target calls all of it

use crate::abi;

pub const ACCESS_KEY_MAX: usize = 128;
pub const SECRET_MAX: usize = 256;
pub const SESSION_MAX: usize = 65_536;
pub const REGION_MAX: usize = 63;
pub const TIME_MAX: i64 = 253_402_300_799;

/// How a service shows in its tokens.
pub struct Service {
    number: i32,
    pub prefix: &'static str,
    host: &'static str,
    name: &'static str,
}

pub const BEDROCK: Service = Service {
    number: 0,
    prefix: concat!("bedrock-api", "-key-"),
    host: "bedrock.amazonaws.com",
    name: "bedrock",
};
pub const CLAUDE_PLATFORM: Service = Service {
    number: 1,
    prefix: concat!("aws-external-anthropic-api", "-key-"),
    host: "aws-external-anthropic.amazonaws.com",
    name: "aws-external-anthropic",
};
const SERVICES: [Service; 2] = [BEDROCK, CLAUDE_PLATFORM];

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

fn is_access_key(text: &[u8]) -> bool {
    (1..=ACCESS_KEY_MAX).contains(&text.len())
        && text.iter().all(|&b| b.is_ascii_alphanumeric() || b == b'_')
}

fn has_quote_at_an_end(text: &[u8]) -> bool {
    [&b"\""[..], b"'", b"`"].iter().any(|quote| text.starts_with(quote) || text.ends_with(quote))
}

fn is_secret(text: &[u8]) -> bool {
    (1..=SECRET_MAX).contains(&text.len())
        && text.iter().all(|&b| (0x21..=0x7e).contains(&b))
        && !has_quote_at_an_end(text)
}

fn is_region(text: &[u8]) -> bool {
    let parts: Vec<&[u8]> = text.split(|&b| b == b'-').collect();
    is_label(text)
        && text[0].is_ascii_lowercase()
        && parts.len() > 1
        && parts[parts.len() - 1].iter().all(u8::is_ascii_digit)
}

/// A region as a token may have it: other generators take more of them.
fn is_label(text: &[u8]) -> bool {
    (1..=REGION_MAX).contains(&text.len())
        && text.iter().all(|&b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with(b"-")
        && !text.ends_with(b"-")
}

fn is_session(text: &[u8]) -> bool {
    text.len() <= SESSION_MAX
        && text.iter().all(|&b| (0x20..=0x7e).contains(&b))
        && !text.starts_with(b" ")
        && !text.ends_with(b" ")
        && !has_quote_at_an_end(text)
}

impl Arguments {
    /// The rule that these arguments break first.
    pub fn status(&self) -> i32 {
        let [access_key, secret, session, region] =
            [&self.access_key, &self.secret, &self.session, &self.region]
                .map(|text| text.as_deref().unwrap_or(b""));
        if self.service != 0 && self.service != 1 {
            abi::SERVICE
        } else if !is_access_key(access_key) {
            abi::ACCESS_KEY
        } else if !is_secret(secret) {
            abi::SECRET
        } else if !is_session(session) {
            abi::SESSION
        } else if access_key.starts_with(b"ASIA") && session.is_empty() {
            abi::SESSION_REQUIRED
        } else if !is_region(region) {
            abi::REGION
        } else if self.expires < 1 || self.expires > 43_200 {
            abi::EXPIRES
        } else if self.time < 0 || self.time > TIME_MAX {
            abi::TIME
        } else {
            abi::OK
        }
    }

    /// The token of arguments that break no rule.
    pub fn token(&self) -> Vec<u8> {
        let text =
            |field: &Option<Vec<u8>>| String::from_utf8(field.clone().unwrap_or_default()).unwrap();
        let (access_key, secret, region) =
            (text(&self.access_key), text(&self.secret), text(&self.region));
        let Service { prefix, host, name, .. } = SERVICES[self.service as usize];
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
            hex(&hmac_sha256::Hash::hash(b""))
        );
        let string_to_sign = format!(
            "AWS4-HMAC-SHA256\n{date_time}\n{scope}\n{}",
            hex(&hmac_sha256::Hash::hash(canonical_request.as_bytes()))
        );
        let mut key = hmac_sha256::HMAC::mac(date, format!("AWS4{secret}"));
        for part in [region.as_str(), name, "aws4_request", &string_to_sign] {
            key = hmac_sha256::HMAC::mac(part, key);
        }
        let url = format!(
            "{host}/?{query}&X-Amz-Signature={}&X-Amz-SignedHeaders=host&Version=1",
            hex(&key)
        );
        format!("{prefix}{}", base64_encode(url.as_bytes())).into_bytes()
    }

    /// What inspecting that token must say.
    pub fn info(&self) -> abi::Info {
        abi::Info {
            access_key: padded(self.access_key.as_ref().unwrap()),
            region: padded(self.region.as_ref().unwrap()),
            issued_at: self.time,
            expires_at: self.time + i64::from(self.expires),
            has_session: self.session.as_ref().is_some_and(|session| !session.is_empty()).into(),
            service: self.service,
        }
    }
}

/// The length of the longest token that there is, as the header's limits make it: Claude Platform's,
/// which has the longer name.
pub fn token_max() -> usize {
    let Service { prefix, host, name, .. } = CLAUDE_PLATFORM;
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
pub fn inspect(token: &[u8]) -> Option<abi::Info> {
    if token.len() > token_max() {
        return None;
    }
    let service = SERVICES.iter().find(|service| token.starts_with(service.prefix.as_bytes()))?;
    let url = base64_decode(&token[service.prefix.len()..])?;
    let query = url.strip_prefix(format!("{}/?", service.host).as_bytes())?;
    let mut seen: Vec<(&[u8], Vec<u8>)> = Vec::new();
    for pair in query.split(|&b| b == b'&') {
        let equals = pair.iter().position(|&b| b == b'=')?;
        let (name, value) = (&pair[..equals], percent_decode(&pair[equals + 1..])?);
        if seen.iter().any(|(other, _)| *other == name) {
            return None;
        }
        seen.push((name, value));
    }
    let mut take = |name: &[u8]| {
        let at = seen.iter().position(|(other, _)| *other == name)?;
        Some(seen.swap_remove(at).1)
    };
    if take(b"Action")? != b"CallWithBearerToken"
        || take(b"X-Amz-Algorithm")? != b"AWS4-HMAC-SHA256"
        || take(b"X-Amz-SignedHeaders")? != b"host"
        || take(b"Version")? != b"1"
    {
        return None;
    }
    let signature = take(b"X-Amz-Signature")?;
    if signature.len() != 64 || !signature.iter().all(|b| b"0123456789abcdef".contains(b)) {
        return None;
    }
    let session = take(b"X-Amz-Security-Token").unwrap_or_default();
    let date_time_text = String::from_utf8(take(b"X-Amz-Date")?).ok()?;
    let expires_text = String::from_utf8(take(b"X-Amz-Expires")?).ok()?;
    let credential = take(b"X-Amz-Credential")?;
    if session.len() > SESSION_MAX || !seen.is_empty() {
        return None;
    }
    let expires: i64 = expires_text.parse().ok()?;
    if !(1..=43_200).contains(&expires) || expires.to_string() != expires_text {
        return None;
    }
    let issued_at = unix_time(&date_time_text)?;
    let parts: Vec<&[u8]> = credential.split(|&b| b == b'/').collect();
    let &[access_key, date, region, name, b"aws4_request"] = &parts[..] else { return None };
    if name != service.name.as_bytes() {
        return None;
    }
    if !is_access_key(access_key) || !is_label(region) || date != &date_time_text.as_bytes()[..8] {
        return None;
    }
    Some(abi::Info {
        access_key: padded(access_key),
        region: padded(region),
        issued_at,
        expires_at: issued_at + expires,
        has_session: (!session.is_empty()).into(),
        service: service.number,
    })
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
        return Err(abi::EXPIRES);
    }
    if !(0..=TIME_MAX).contains(&issued_at) || credentials_end > TIME_MAX {
        return Err(abi::TIME);
    }
    if credentials_end != 0 && credentials_end <= issued_at {
        return Err(abi::CREDENTIALS_EXPIRED);
    }
    let own_end = issued_at + i64::from(expires);
    let expires_at = if credentials_end == 0 { own_end } else { own_end.min(credentials_end) };
    let life = expires_at - issued_at;
    let renew_at = expires_at - (life / 10).min(300);
    let wait_from = (expires_at - (life / 100).clamp(1, 30)).max(renew_at);
    Ok(Times { valid_from: issued_at - 300, renew_at, wait_from, expires_at })
}

fn padded<const LEN: usize>(text: &[u8]) -> [u8; LEN] {
    let mut padded = [0; LEN];
    padded[..text.len()].copy_from_slice(text);
    padded
}

/// `yyyymmddThhmmssZ`, by counting the days of each year and month from 1970 on, 400 years (which
/// are always 146,097 days) at a time.
fn date_time(time: i64) -> String {
    let (mut days, seconds) = (time / 86_400, time % 86_400);
    let mut year = 1970 + days / 146_097 * 400;
    days %= 146_097;
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    while days >= 365 + i64::from(leap(year)) {
        days -= 365 + i64::from(leap(year));
        year += 1;
    }
    let mut month = 0;
    let months = [31, 28 + i64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    while days >= months[month] {
        days -= months[month];
        month += 1;
    }
    format!(
        "{year:04}{:02}{:02}T{:02}{:02}{:02}Z",
        month + 1,
        days + 1,
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

/// The time that has this text: by bisection, since the texts are in the order of their times.
fn unix_time(text: &str) -> Option<i64> {
    let (mut low, mut high) = (0, TIME_MAX);
    while low < high {
        let middle = low + (high - low) / 2;
        if date_time(middle).as_str() < text {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    (date_time(low) == text).then_some(low)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn percent_encode(text: &[u8]) -> String {
    let mut encoded = String::new();
    for &b in text {
        match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(b));
            }
            _ => encoded += &format!("%{b:02X}"),
        }
    }
    encoded
}

/// Only printable ASCII stands in a URL.
fn percent_decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::new();
    let mut bytes = text.iter();
    while let Some(&b) = bytes.next() {
        decoded.push(match b {
            b'%' => {
                let mut digit = || char::from(*bytes.next()?).to_digit(16);
                (digit()? * 16 + digit()?) as u8
            }
            0x21..=0x7e => b,
            _ => return None,
        });
    }
    Some(decoded)
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub fn base64_encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits =
            group.iter().fold(0, |bits, &b| bits << 8 | usize::from(b)) << ((3 - group.len()) * 8);
        for i in 0..4 {
            let digit = DIGITS[bits >> (18 - 6 * i) & 63];
            text.push(if i <= group.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

/// The one text that encodes some bytes, and no other.
fn base64_decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut values = [0; 256];
    for (value, &digit) in DIGITS.iter().enumerate() {
        values[usize::from(digit)] = value;
    }
    let mut bytes = Vec::new();
    for group in text.chunks(4) {
        let bits = group.iter().fold(0, |bits, &b| bits << 6 | values[usize::from(b)]);
        let padding = group.iter().rev().take_while(|&&b| b == b'=').count().min(2);
        bytes
            .extend_from_slice(&[(bits >> 16) as u8, (bits >> 8) as u8, bits as u8][..3 - padding]);
    }
    (base64_encode(&bytes).as_bytes() == text).then_some(bytes)
}
