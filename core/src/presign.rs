//! SigV4: the hash of the canonical request, and the signature.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use std::time::{Duration, SystemTime};

use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use sha2::block_api::compress256;

use crate::request::Credentials;
use crate::{check, date_time, service};

pub const TERMINATOR: &str = "aws4_request";

/// The canonical request before the query: the method and the path.
const BEFORE_QUERY: &str = "POST\n/\n";

/// The SHA-256 of a canonical request that comes in blocks. All of them have the same first block,
/// so that one is hashed beforehand.
pub struct CanonicalRequest {
    state: [u32; 8],
    len: usize,
}

const BLOCK: usize = 64;

impl CanonicalRequest {
    /// How much of the query is in the first block.
    pub const QUERY_IN_FIRST_BLOCK: usize = BLOCK - BEFORE_QUERY.len();

    /// A test computes it.
    #[rustfmt::skip]
    const STATE_AFTER_FIRST_BLOCK: [u32; 8] = [
        0x3baf28af, 0xa9058a8c, 0xcbc1ba9a, 0x81bd09c0, 0x5815322b, 0x86a0f86b, 0xff13c3af, 0xb8881b63,
    ];

    pub fn new() -> Self {
        Self { state: Self::STATE_AFTER_FIRST_BLOCK, len: BLOCK }
    }

    /// Takes the next part of the query.
    pub fn update(&mut self, blocks: &[[u8; BLOCK]]) {
        compress256(&mut self.state, blocks);
        self.len += blocks.as_flattened().len();
    }

    /// Takes the rest, of which the first part is shorter than a block, and returns the hash. To be
    /// called once.
    pub fn finish(&mut self, rest: [&[u8]; 3]) -> [u8; 32] {
        // The rest, then the padding of FIPS 180-4, section 5.1.1.
        let mut blocks = [[0; BLOCK]; 4];
        let tail = blocks.as_flattened_mut();
        let mut len = 0;
        for part in rest.into_iter().chain([&[0x80][..]]) {
            tail[len..len + part.len()].copy_from_slice(part);
            len += part.len();
        }
        let bits = 8 * (self.len + len - 1) as u64;
        let end = (len + size_of_val(&bits)).next_multiple_of(BLOCK);
        tail[end - size_of_val(&bits)..end].copy_from_slice(&bits.to_be_bytes());
        compress256(&mut self.state, &blocks[..end / BLOCK]);

        let mut hash = [0; 32];
        for (bytes, word) in hash.as_chunks_mut().0.iter_mut().zip(self.state) {
            *bytes = word.to_be_bytes();
        }
        hash
    }
}

const ALGORITHM_LINE: &str = "AWS4-HMAC-SHA256\n";
/// SHA-256 in hex.
pub const SIGNATURE_LEN: usize = HASH_HEX_LEN;

const HASH_HEX_LEN: usize = 64;
const STRING_TO_SIGN_MAX: usize = ALGORITHM_LINE.len()
    + (date_time::LEN + 1)
    + (date_time::DATE_LEN
        + 1
        + check::REGION_MAX
        + 1
        + service::NAME_MAX
        + 1
        + TERMINATOR.len()
        + 1)
    + HASH_HEX_LEN;

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
    len += HASH_HEX_LEN;
    hex::encode_to_slice(canonical_request_hash, &mut text[hash_at..len]).expect("64 digits fit");

    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(signing_time.unsigned_abs());
    let signing_key = generate_signing_key(credentials.secret, time, region, service);
    calculate_signature(signing_key, &text[..len])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_block() {
        let query = &crate::token::BEFORE_ACCESS_KEY[..CanonicalRequest::QUERY_IN_FIRST_BLOCK];
        let block = [BEFORE_QUERY, query].concat().into_bytes().try_into().unwrap();
        // FIPS 180-4, section 5.3.3
        #[rustfmt::skip]
        let mut state = [
            0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
        ];
        compress256(&mut state, &[block]);
        assert_eq!(CanonicalRequest::STATE_AFTER_FIRST_BLOCK, state, "{state:#010x?}");
    }
}
