//! SigV4: the canonical request's constant parts, and the signature over it.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use std::time::{Duration, SystemTime};

use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};

use crate::{Credentials, check, date_time};

pub const SERVICE: &str = "bedrock";
pub const TERMINATOR: &str = "aws4_request";

/// The canonical request before the query: the method and the path.
pub const BEFORE_QUERY: &str = "POST\n/\n";

/// The canonical request after the query: headers, signed headers and the payload's hash, which is
/// that of no bytes at all (the service refuses `UNSIGNED-PAYLOAD`).
pub const AFTER_QUERY: &str = "\nhost:bedrock.amazonaws.com\n\nhost\n\
    e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

const ALGORITHM_LINE: &str = "AWS4-HMAC-SHA256\n";
/// SHA-256 in hex.
pub const SIGNATURE_LEN: usize = HASH_HEX_LEN;

const HASH_HEX_LEN: usize = 64;
const STRING_TO_SIGN_MAX: usize = ALGORITHM_LINE.len()
    + (date_time::LEN + 1)
    + (date_time::DATE_LEN + 1 + check::REGION_MAX + 1 + SERVICE.len() + 1 + TERMINATOR.len() + 1)
    + HASH_HEX_LEN;

/// The signature, in hex, of the canonical request with this hash.
pub fn sign(
    credentials: &Credentials,
    region: &str,
    signing_time: i64,
    date_time: &[u8; date_time::LEN],
    canonical_request_hash: &[u8; 32],
) -> String {
    let mut text = [0; STRING_TO_SIGN_MAX];
    let mut len = 0;
    let mut push = |part: &[u8]| {
        text[len..len + part.len()].copy_from_slice(part);
        len += part.len();
    };
    push(ALGORITHM_LINE.as_bytes());
    push(date_time);
    push(b"\n");
    push(&date_time[..date_time::DATE_LEN]);
    for scope_part in [region, SERVICE, TERMINATOR] {
        push(b"/");
        push(scope_part.as_bytes());
    }
    push(b"\n");
    let mut hash_hex = [0; HASH_HEX_LEN];
    hex::encode_to_slice(canonical_request_hash, &mut hash_hex).expect("64 digits fit");
    push(&hash_hex);

    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(signing_time.unsigned_abs());
    let signing_key = generate_signing_key(credentials.secret, time, region, SERVICE);
    calculate_signature(signing_key, &text[..len])
}
