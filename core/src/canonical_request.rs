//! The hash of SigV4's canonical request.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use sha2::block_api::compress256;

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
