//! SigV4's signature.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};

use crate::request::Credentials;
use crate::{check, date_time, service, unix_time};

pub const TERMINATOR: &str = "aws4_request";

const ALGORITHM_LINE: &str = "AWS4-HMAC-SHA256\n";
/// Of a SHA-256 hash in hex: of the signature, and of the canonical request's hash.
pub const SIGNATURE_LEN: usize = 64;

const SCOPE_MAX: usize =
    date_time::DATE_LEN + check::REGION_MAX + service::NAME_MAX + TERMINATOR.len() + "///".len();
const STRING_TO_SIGN_MAX: usize =
    ALGORITHM_LINE.len() + date_time::LEN + SCOPE_MAX + "\n\n".len() + SIGNATURE_LEN;

/// The signature, in hex, of the canonical request with this hash.
pub fn sign(
    credentials: &Credentials,
    region: &str,
    service: &str,
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
    for scope_part in [region, service, TERMINATOR] {
        push(b"/");
        push(scope_part.as_bytes());
    }
    push(b"\n");
    let hash_at = len;
    len += SIGNATURE_LEN;
    hex::encode_to_slice(canonical_request_hash, &mut text[hash_at..len]).expect("64 digits fit");

    let time = unix_time::from_seconds(signing_time);
    let signing_key = generate_signing_key(credentials.secret, time, region, service);
    calculate_signature(signing_key, &text[..len])
}
