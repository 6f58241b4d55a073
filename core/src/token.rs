//! The token: `bedrock-api-key-` and, in Base64, the presigned URL without its `https://`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest as _, Sha256};

use crate::{Request, check, date_time, percent, presign};

pub const PREFIX: &str = "bedrock-api-key-";

pub const BEFORE_QUERY: &str = "bedrock.amazonaws.com/?";
const BEFORE_ACCESS_KEY: &str =
    "Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=";
const AFTER_REGION: &str = "%2Fbedrock%2Faws4_request&X-Amz-Date=";
const BEFORE_EXPIRES: &str = "&X-Amz-Expires=";
const BEFORE_SESSION: &str = "&X-Amz-Security-Token=";
const BEFORE_SIGNATURE: &str = "&X-Amz-Signature=";
const SIGNED_HEADERS: &str = "&X-Amz-SignedHeaders=host";
/// Comes after signing, so the signature does not cover it.
const VERSION: &str = "&Version=1";
const SLASH: &str = "%2F";

const URL_FIXED_LEN: usize = BEFORE_QUERY.len()
    + BEFORE_ACCESS_KEY.len()
    + SLASH.len()
    + date_time::DATE_LEN
    + SLASH.len()
    + AFTER_REGION.len()
    + date_time::LEN
    + BEFORE_EXPIRES.len()
    + BEFORE_SIGNATURE.len()
    + presign::SIGNATURE_LEN
    + SIGNED_HEADERS.len()
    + VERSION.len();

/// No token is longer: every argument at its limit, and all of the session token in need of `%XX`.
pub const MAX_LEN: usize = token_len(
    URL_FIXED_LEN
        + check::ACCESS_KEY_MAX
        + check::REGION_MAX
        + 5
        + BEFORE_SESSION.len()
        + check::SESSION_MAX * percent::LONGEST,
);

const fn token_len(url_len: usize) -> usize {
    PREFIX.len() + url_len.div_ceil(3) * 4
}

impl Request<'_> {
    /// How long the token is, in bytes.
    pub fn token_len(&self) -> usize {
        let Self { credentials, region, expires, .. } = self;
        let expires_len = expires.ilog10() as usize + 1;
        let session_len = match credentials.session {
            "" => 0,
            session => BEFORE_SESSION.len() + percent::encoded_len(session),
        };
        token_len(
            URL_FIXED_LEN + credentials.access_key.len() + region.len() + expires_len + session_len,
        )
    }

    /// Writes the token into `out`, which must be as long as [`Request::token_len`] says.
    pub fn write_token(&self, out: &mut [u8]) {
        let Self { credentials, region, expires, signing_time } = self;
        let date_time = date_time::format(*signing_time);

        let mut url = UrlWriter::new(out);
        url.push(BEFORE_QUERY.as_bytes());
        url.start_signing();
        url.push(BEFORE_ACCESS_KEY.as_bytes());
        url.push(credentials.access_key.as_bytes());
        url.push(SLASH.as_bytes());
        url.push(&date_time[..date_time::DATE_LEN]);
        url.push(SLASH.as_bytes());
        url.push(region.as_bytes());
        url.push(AFTER_REGION.as_bytes());
        url.push(&date_time);
        url.push(BEFORE_EXPIRES.as_bytes());
        url.push_number(*expires);
        if !credentials.session.is_empty() {
            url.push(BEFORE_SESSION.as_bytes());
            url.push_percent_encoded(credentials.session);
        }
        // In the canonical request `X-Amz-SignedHeaders` comes next, in the URL the signature does.
        let hash = url.finish_signing();
        let signature = presign::sign(credentials, region, *signing_time, &date_time, &hash);
        url.push(BEFORE_SIGNATURE.as_bytes());
        url.push(signature.as_bytes());
        url.push(SIGNED_HEADERS.as_bytes());
        url.push(VERSION.as_bytes());
        url.finish();
    }
}

/// Holds a whole URL that has no session token.
const CHUNK: usize = 768;

/// Takes the URL piece by piece; hashes its signed part and Base64-encodes all of it, a chunk at a
/// time, so that neither ever stands in memory whole.
struct UrlWriter<'o> {
    chunk: [u8; CHUNK],
    len: usize,
    /// While the signed part is being written: the hash of the canonical request, and how much of
    /// the chunk is in it already or does not belong there.
    signing: Option<(Sha256, usize)>,
    out: &'o mut [u8],
}

impl<'o> UrlWriter<'o> {
    fn new(out: &'o mut [u8]) -> Self {
        let (prefix, out) = out.split_at_mut(PREFIX.len());
        prefix.copy_from_slice(PREFIX.as_bytes());
        Self { chunk: [0; CHUNK], len: 0, signing: None, out }
    }

    fn push(&mut self, text: &[u8]) {
        self.make_room(text.len());
        self.chunk[self.len..self.len + text.len()].copy_from_slice(text);
        self.len += text.len();
    }

    fn push_number(&mut self, number: u32) {
        let mut digits = [0; 10];
        let mut at = digits.len();
        let mut rest = number;
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.push(&digits[at..]);
    }

    fn push_percent_encoded(&mut self, text: &str) {
        for byte in text.bytes() {
            self.make_room(percent::LONGEST);
            let (encoded, len) = percent::encode(byte);
            self.chunk[self.len..self.len + percent::LONGEST].copy_from_slice(&encoded);
            self.len += len;
        }
    }

    /// The canonical request's query starts here.
    fn start_signing(&mut self) {
        self.signing = Some((Sha256::new_with_prefix(presign::BEFORE_QUERY), self.len));
    }

    /// The query ends here, but for `X-Amz-SignedHeaders`; the hash of the canonical request.
    fn finish_signing(&mut self) -> [u8; 32] {
        let (mut hash, hashed) = self.signing.take().expect("signing was started");
        hash.update(&self.chunk[hashed..self.len]);
        hash.update(SIGNED_HEADERS);
        hash.update(presign::AFTER_QUERY);
        hash.finalize().into()
    }

    /// When the chunk has no room for `more`, hashes and encodes what it holds, but for the last
    /// bytes that would need padding.
    fn make_room(&mut self, more: usize) {
        if self.len + more <= CHUNK {
            return;
        }
        let whole = self.len / 3 * 3;
        let left = self.len - whole;
        if let Some((hash, hashed)) = &mut self.signing {
            hash.update(&self.chunk[*hashed..self.len]);
            *hashed = left;
        }
        self.encode(whole);
        self.chunk.copy_within(whole..self.len, 0);
        self.len = left;
    }

    fn encode(&mut self, len: usize) {
        let (encoded, rest) = std::mem::take(&mut self.out).split_at_mut(len.div_ceil(3) * 4);
        BASE64.encode_slice(&self.chunk[..len], encoded).expect("room for the encoding");
        self.out = rest;
    }

    fn finish(mut self) {
        self.encode(self.len);
        assert!(self.out.is_empty(), "the token is as long as announced");
    }
}
