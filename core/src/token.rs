//! The token: a prefix, such as `bedrock-api-key-`, and the presigned URL in Base64, without its
//! `https://`.

use std::mem::take;

use base64::Engine as _;
use base64::engine::general_purpose::PAD;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
use base64::{alphabet::STANDARD, engine::GeneralPurpose as Base64};
// With the vector instructions of the processor that it runs on.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use base64::engine::Simd as Base64;

use crate::canonical_request::CanonicalRequest;
use crate::request::Request;
use crate::service::{self, TokenTexts};
use crate::{check, date_time, percent, signature};

pub const BEFORE_ACCESS_KEY: &str =
    "Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=";
const BEFORE_EXPIRES: &str = "&X-Amz-Expires=";
const BEFORE_SESSION: &str = "&X-Amz-Security-Token=";
const BEFORE_SIGNATURE: &str = "&X-Amz-Signature=";
const SIGNED_HEADERS: &str = "&X-Amz-SignedHeaders=host";
/// Comes after signing, so the signature does not cover it.
const VERSION: &str = "&Version=1";
const SLASH: &str = "%2F";

/// The part of the URL that has the same length in every token.
const URL_FIXED_LEN: usize = BEFORE_ACCESS_KEY.len()
    + SLASH.len()
    + date_time::DATE_LEN
    + SLASH.len()
    + date_time::LEN
    + BEFORE_EXPIRES.len()
    + BEFORE_SIGNATURE.len()
    + signature::SIGNATURE_LEN
    + SIGNED_HEADERS.len()
    + VERSION.len();

/// No token is longer: every argument is at its limit, and every byte of the session token needs `%XX`.
pub const MAX_LEN: usize = token_len(
    service::PREFIX_MAX,
    URL_FIXED_LEN
        + service::IN_URL_MAX
        + check::ACCESS_KEY_MAX
        + check::REGION_MAX
        + 5
        + BEFORE_SESSION.len()
        + check::SESSION_MAX * percent::LONGEST,
);

const fn token_len(prefix_len: usize, url_len: usize) -> usize {
    prefix_len + url_len.div_ceil(3) * 4
}

fn decimal_len(number: u32) -> usize {
    number.ilog10() as usize + 1
}

impl Request<'_> {
    /// How long the token is, in bytes.
    pub fn token_len(&self) -> usize {
        let Self { service, credentials, region, expires, .. } = self;
        let texts = service.texts();
        let session_len = match credentials.session {
            [] => 0,
            session => BEFORE_SESSION.len() + percent::encoded_len(session),
        };
        token_len(
            texts.prefix.len(),
            URL_FIXED_LEN
                + texts.before_query.len()
                + texts.after_region.len()
                + credentials.access_key.len()
                + region.len()
                + decimal_len(*expires)
                + session_len,
        )
    }

    /// Writes the token into `out`, which must be as long as [`Request::token_len`] says.
    pub fn write_token(&self, out: &mut [u8]) {
        let Self { service, credentials, region, expires, signing_time } = self;
        let texts = service.texts();
        let date_time = date_time::format(*signing_time);

        let mut url = UrlWriter::new(texts, out);
        url.push(texts.before_query.as_bytes());
        url.push(BEFORE_ACCESS_KEY.as_bytes());
        url.push(credentials.access_key);
        url.push(SLASH.as_bytes());
        url.push(&date_time[..date_time::DATE_LEN]);
        url.push(SLASH.as_bytes());
        url.push(region.as_bytes());
        url.push(texts.after_region.as_bytes());
        url.push(&date_time);
        url.push(BEFORE_EXPIRES.as_bytes());
        url.push_number(*expires);
        if !credentials.session.is_empty() {
            url.push(BEFORE_SESSION.as_bytes());
            url.push_percent_encoded(credentials.session);
        }
        // In the canonical request `X-Amz-SignedHeaders` comes next, in the URL the signature does.
        let hash = url.finish_signing(texts);
        let signature =
            signature::sign(credentials, region, texts.name, *signing_time, &date_time, &hash);
        url.push(BEFORE_SIGNATURE.as_bytes());
        url.push(signature.as_bytes());
        url.push(SIGNED_HEADERS.as_bytes());
        url.push(VERSION.as_bytes());
        url.finish();
    }
}

/// Holds a whole URL that has no session token.
const CHUNK: usize = 768;

/// How far hashing stays behind percent-encoding, in bytes: the processor does both at once, unless
/// the bytes to hash were written just before.
const HASHED_BEHIND: usize = 64;

/// Takes the URL piece by piece; hashes its signed part as it comes and Base64-encodes all of it, a
/// chunk at a time, so that neither ever stands in memory whole.
struct UrlWriter<'o> {
    chunk: [u8; CHUNK],
    len: usize,
    request: CanonicalRequest,
    /// How much of the chunk is hashed already, or does not belong there.
    hashed: usize,
    base64: Base64,
    out: &'o mut [u8],
}

impl<'o> UrlWriter<'o> {
    fn new(texts: &TokenTexts, out: &'o mut [u8]) -> Self {
        let (prefix, out) = out.split_at_mut(texts.prefix.len());
        prefix.copy_from_slice(texts.prefix.as_bytes());
        Self {
            chunk: [0; CHUNK],
            len: 0,
            request: CanonicalRequest::new(),
            hashed: texts.before_query.len() + CanonicalRequest::QUERY_IN_FIRST_BLOCK,
            // Not a global that is made once, which would save 15 ns: when threads meet there, the
            // standard library may allocate, and keep what it allocates.
            #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
            base64: Base64::standard(PAD),
            #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
            base64: Base64::new(&STANDARD, PAD),
            out,
        }
    }

    // Inlined, because most texts have a length that is known here.
    #[inline(always)]
    fn push(&mut self, text: &[u8]) {
        self.make_room(text.len());
        self.chunk[self.len..self.len + text.len()].copy_from_slice(text);
        self.len += text.len();
    }

    fn push_number(&mut self, number: u32) {
        let len = decimal_len(number);
        self.make_room(len);
        let mut rest = number;
        for digit in self.chunk[self.len..self.len + len].iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        self.len += len;
    }

    fn push_percent_encoded(&mut self, text: &[u8]) {
        for from in (0..text.len()).step_by(percent::BLOCK) {
            self.make_room(percent::ROOM);
            let room = self.chunk[self.len..].first_chunk_mut().expect("made room");
            self.len += percent::encode(&text[from..], room);
            if self.len - self.hashed >= 2 * HASHED_BEHIND {
                self.hash(self.len - HASHED_BEHIND);
            }
        }
    }

    /// Ends the canonical request's query, except for `X-Amz-SignedHeaders`. Returns the request's
    /// hash.
    fn finish_signing(&mut self, texts: &TokenTexts) -> [u8; 32] {
        self.hash(self.len);
        self.request.finish([
            &self.chunk[self.hashed..self.len],
            SIGNED_HEADERS.as_bytes(),
            texts.after_query.as_bytes(),
        ])
    }

    /// When the chunk has no room for `more`, encodes the hashed bytes. That makes room: the other
    /// bytes are fewer than twice [`HASHED_BEHIND`] before signing, and the end of the URL after it.
    fn make_room(&mut self, more: usize) {
        if self.len + more <= CHUNK {
            return;
        }
        let whole = self.hashed / 3 * 3;
        self.encode(whole);
        self.chunk.copy_within(whole..self.len, 0);
        self.len -= whole;
        self.hashed -= whole;
    }

    // Inlined, because it is called for each block.
    #[inline(always)]
    fn hash(&mut self, to: usize) {
        let (blocks, rest) = self.chunk[self.hashed..to].as_chunks();
        self.request.update(blocks);
        self.hashed = to - rest.len();
    }

    fn encode(&mut self, len: usize) {
        let (encoded, rest) = take(&mut self.out).split_at_mut(len.div_ceil(3) * 4);
        self.base64.encode_slice(&self.chunk[..len], encoded).expect("room for the encoding");
        self.out = rest;
    }

    fn finish(mut self) {
        self.encode(self.len);
        assert!(self.out.is_empty(), "the token is as long as announced");
    }
}
