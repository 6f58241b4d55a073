//! Reads a token back, in any order of its parameters: the official generators differ in it. The
//! token may come from anywhere, so all of it is checked, and nothing is allocated for it.
//!
//! A token is refused if no generator makes it so: with a parameter that is unknown, missing or
//! there twice, or without its Base64 padding. Nobody knows how the service would read such a token.

use std::fmt;
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::{Error, Service, check, date_time, percent, signature, token, unix_time};

/// What a token says of itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Info {
    service: Service,
    /// Filled up with zeros.
    access_key: [u8; check::ACCESS_KEY_MAX],
    /// Filled up with zeros.
    region: [u8; check::REGION_MAX],
    issued_at: i64,
    expires_at: i64,
    has_session: bool,
}

impl Info {
    /// The service that the token is for.
    #[must_use]
    pub fn service(&self) -> Service {
        self.service
    }

    /// The access key ID of the credentials.
    #[must_use]
    pub fn access_key(&self) -> &str {
        text(&self.access_key)
    }

    /// The region that the token is for.
    #[must_use]
    pub fn region(&self) -> &str {
        text(&self.region)
    }

    /// When the token was generated.
    #[must_use]
    pub fn issued_at(&self) -> SystemTime {
        unix_time::from_seconds(self.issued_at)
    }

    /// When the token ends. The credentials may end sooner; the token does not know.
    #[must_use]
    pub fn expires_at(&self) -> SystemTime {
        unix_time::from_seconds(self.expires_at)
    }

    /// Whether the token contains a session token, because its credentials are temporary.
    #[must_use]
    pub fn has_session(&self) -> bool {
        self.has_session
    }
}

impl fmt::Debug for Info {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Info")
            .field("service", &self.service)
            .field("access_key", &self.access_key())
            .field("region", &self.region())
            .field("issued_at", &self.issued_at)
            .field("expires_at", &self.expires_at)
            .field("has_session", &self.has_session)
            .finish()
    }
}

/// What is in front of the zeros.
fn text(padded: &[u8]) -> &str {
    let len = padded.iter().position(|&b| b == 0).unwrap_or(padded.len());
    str::from_utf8(&padded[..len]).expect("what was checked is ASCII")
}

/// In Unix seconds.
pub fn issued_at(info: &Info) -> i64 {
    info.issued_at
}

/// In Unix seconds.
pub fn expires_at(info: &Info) -> i64 {
    info.expires_at
}

/// What a long-term Bedrock API key starts with. The rest is a secret of IAM.
const LONG_TERM_PREFIX: &[u8] = b"ABSK";

/// Reads what a token says of itself. The token may come from any official generator or from this
/// library. Only its form is checked: the service alone can verify the signature.
///
/// # Errors
/// [`Error::LongTermKey`] or [`Error::InvalidToken`].
pub fn inspect(token: &str) -> Result<Info, Error> {
    inspect_bytes(token.as_bytes())
}

/// The same for any bytes.
pub fn inspect_bytes(token: &[u8]) -> Result<Info, Error> {
    // The C ABI passes only the start of a longer text, and this could look like a token.
    let read = Service::ALL
        .iter()
        .filter(|_| token.len() <= token::MAX_LEN)
        .find_map(|&service| read(service, token.strip_prefix(service.prefix().as_bytes())?));
    read.ok_or(if token.starts_with(LONG_TERM_PREFIX) {
        Error::LongTermKey
    } else {
        Error::InvalidToken
    })
}

fn read(service: Service, base64: &[u8]) -> Option<Info> {
    let mut url = UrlReader::new(service);
    let mut decoded = [0; 768];
    let mut chunks = base64.chunks(decoded.len() / 3 * 4).peekable();
    while let Some(chunk) = chunks.next() {
        let len = BASE64.decode_slice(chunk, &mut decoded).ok()?;
        if chunks.peek().is_some() && len < decoded.len() {
            return None; // padding before the end
        }
        for &byte in &decoded[..len] {
            url.push(byte)?;
        }
    }
    url.finish()
}

/// Longer than the longest value that is kept, the credential.
const VALUE_MAX: usize = check::ACCESS_KEY_MAX + check::REGION_MAX + 64;
const NAME_MAX: usize = 32;

/// Takes the URL byte by byte: the host, then `name=value` pairs, whose values it decodes.
struct UrlReader {
    service: Service,
    /// The rest of the URL before its query.
    before_query: &'static [u8],
    name: Buffer<NAME_MAX>,
    value: Option<Value>,
    parameters: Parameters,
}

/// A value on its way in.
struct Value {
    kept: Buffer<VALUE_MAX>,
    /// How long it is, with the part that was not kept: session tokens are long and not looked at.
    len: usize,
    /// The `%` and the digit of an escape that is not complete.
    escape: Buffer<3>,
}

impl UrlReader {
    fn new(service: Service) -> Self {
        let before_query = service.texts().before_query.as_bytes();
        let (name, parameters) = (Buffer::new(), Parameters::default());
        Self { service, before_query, name, value: None, parameters }
    }

    fn push(&mut self, byte: u8) -> Option<()> {
        if let Some((&expected, rest)) = self.before_query.split_first() {
            self.before_query = rest;
            return (byte == expected).then_some(());
        }
        match (&mut self.value, byte) {
            (None, b'=') => {
                self.value = Some(Value { kept: Buffer::new(), len: 0, escape: Buffer::new() });
                Some(())
            }
            (None, _) => self.name.push(byte),
            (Some(_), b'&') => self.end_pair(),
            (Some(value), _) => value.push(byte),
        }
    }

    fn end_pair(&mut self) -> Option<()> {
        let value = self.value.take()?;
        if value.escape.len > 0 {
            return None;
        }
        self.parameters.set(self.service, self.name.bytes(), &value)?;
        self.name.len = 0;
        Some(())
    }

    fn finish(mut self) -> Option<Info> {
        self.end_pair()?;
        self.parameters.finish(self.service)
    }
}

impl Value {
    fn push(&mut self, byte: u8) -> Option<()> {
        if byte == b'%' || self.escape.len > 0 {
            self.escape.push(byte)?;
            if self.escape.len == 3 {
                let byte = percent::decode(self.escape.bytes())?;
                self.escape.len = 0;
                self.push_decoded(byte);
            }
            return Some(());
        }
        byte.is_ascii_graphic().then(|| self.push_decoded(byte))
    }

    fn push_decoded(&mut self, byte: u8) {
        self.len += 1;
        // A value that does not fit is too long for every parameter that is looked at.
        let _ = self.kept.push(byte);
    }

    /// The value, if it was short enough to be kept.
    fn bytes(&self) -> Option<&[u8]> {
        (self.len == self.kept.len).then(|| self.kept.bytes())
    }
}

/// The parameters seen, each at most once.
#[derive(Default)]
struct Parameters {
    action: Option<()>,
    algorithm: Option<()>,
    credential: Option<Credential>,
    issued_at: Option<(i64, [u8; date_time::DATE_LEN])>,
    expires: Option<u32>,
    session: Option<bool>,
    signature: Option<()>,
    signed_headers: Option<()>,
    version: Option<()>,
}

struct Credential {
    access_key: [u8; check::ACCESS_KEY_MAX],
    date: [u8; date_time::DATE_LEN],
    region: [u8; check::REGION_MAX],
}

impl Parameters {
    fn set(&mut self, service: Service, name: &[u8], value: &Value) -> Option<()> {
        if name == b"X-Amz-Security-Token" {
            // Some generators sign an empty session token by mistake.
            return once(
                &mut self.session,
                (value.len <= check::SESSION_MAX).then_some(value.len > 0),
            );
        }
        let text = value.bytes()?;
        let is = |expected: &str| (text == expected.as_bytes()).then_some(());
        match name {
            b"Action" => once(&mut self.action, is("CallWithBearerToken")),
            b"X-Amz-Algorithm" => once(&mut self.algorithm, is("AWS4-HMAC-SHA256")),
            b"X-Amz-Credential" => once(&mut self.credential, credential(service, text)),
            b"X-Amz-Date" => once(&mut self.issued_at, date_time_and_date(text)),
            b"X-Amz-Expires" => once(&mut self.expires, expires(text)),
            b"X-Amz-Signature" => once(&mut self.signature, signature(text)),
            b"X-Amz-SignedHeaders" => once(&mut self.signed_headers, is("host")),
            b"Version" => once(&mut self.version, is("1")),
            _ => None,
        }
    }

    fn finish(self, service: Service) -> Option<Info> {
        let Credential { access_key, date, region } = self.credential?;
        let (issued_at, issued_on) = self.issued_at?;
        self.action
            .and(self.algorithm)
            .and(self.signature)
            .and(self.signed_headers)
            .and(self.version)?;
        (date == issued_on).then_some(Info {
            service,
            access_key,
            region,
            issued_at,
            expires_at: issued_at + i64::from(self.expires?),
            has_session: self.session.unwrap_or(false),
        })
    }
}

fn once<T>(parameter: &mut Option<T>, value: Option<T>) -> Option<()> {
    match parameter.replace(value?) {
        None => Some(()),
        Some(_) => None,
    }
}

/// `<access key>/<yyyymmdd>/<region>/<service>/aws4_request`
fn credential(service: Service, text: &[u8]) -> Option<Credential> {
    let mut parts = text.split(|&b| b == b'/');
    let credential = Credential {
        access_key: padded(check::access_key(parts.next()?).ok()?),
        date: parts.next()?.try_into().ok()?,
        region: padded(check::region_label(parts.next()?)?),
    };
    let rest = [service.texts().name.as_bytes(), signature::TERMINATOR.as_bytes()];
    parts.eq(rest).then_some(credential)
}

fn date_time_and_date(text: &[u8]) -> Option<(i64, [u8; date_time::DATE_LEN])> {
    let issued_at = check::signing_time(date_time::parse(text)?).ok()?;
    Some((issued_at, text[..date_time::DATE_LEN].try_into().ok()?))
}

/// Decimal digits, as a generator writes them: no sign, no zero in front.
fn expires(text: &[u8]) -> Option<u32> {
    if !text.iter().all(u8::is_ascii_digit) || text.first() == Some(&b'0') {
        return None;
    }
    check::expires(str::from_utf8(text).ok()?.parse().ok()?).ok()
}

fn signature(text: &[u8]) -> Option<()> {
    let hex = |b: &u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
    (text.len() == signature::SIGNATURE_LEN && text.iter().all(hex)).then_some(())
}

fn padded<const LEN: usize>(text: &[u8]) -> [u8; LEN] {
    let mut padded = [0; LEN];
    padded[..text.len()].copy_from_slice(text);
    padded
}

struct Buffer<const MAX: usize> {
    bytes: [u8; MAX],
    len: usize,
}

impl<const MAX: usize> Buffer<MAX> {
    fn new() -> Self {
        Self { bytes: [0; MAX], len: 0 }
    }

    fn push(&mut self, byte: u8) -> Option<()> {
        *self.bytes.get_mut(self.len)? = byte;
        self.len += 1;
        Some(())
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}
