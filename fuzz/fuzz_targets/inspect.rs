//! `bedrock_token_inspect` with any text at all: the verdict, and all that it says of a token, must
//! be the reference's.
//!
//! Input: one byte of options, and the token, up to a NUL; or what its Base64 is to hold.
#![no_main]

mod abi;
mod reference;

use abi::*;
use data_encoding::BASE64;
use libfuzzer_sys::fuzz_target;
use reference::{SERVICES, SESSION_MAX};

/// The input is the URL, for the target to encode: otherwise few inputs get that far.
const IS_URL: u8 = 1;
/// The token's prefix is put in front. (It stands in no input, for scanners for leaked secrets look
/// for it.)
const IS_BASE64: u8 = 2;
/// Chosen by the two highest bits: the number of the service whose prefix it is, and whether to put in the
/// longest session token.
const SERVICE_AND_SESSION: [(usize, bool); 4] = [(0, false), (1, false), (1, true), (0, true)];
/// That session token is a byte longer than there may be.
const TOO_LONG: u8 = 0x10;
/// No byte of that session token needs an escape. Without this, every byte does.
const UNESCAPED: u8 = 0x20;

const SIZE: usize = size_of::<bedrock_token_info>();

fuzz_target!(|data: &[u8]| {
    let Some((&options, rest)) = data.split_first() else { return };
    let mut text = rest.to_vec();
    let (service, long_session) = SERVICE_AND_SESSION[usize::from(options >> 6)];
    if long_session {
        let len = SESSION_MAX + usize::from(options & TOO_LONG != 0);
        let byte: &[u8] = if options & UNESCAPED != 0 { b"A" } else { b"%2B" };
        text.extend_from_slice(b"&X-Amz-Security-Token=");
        text.extend_from_slice(&byte.repeat(len));
    }
    if options & IS_URL != 0 {
        text = BASE64.encode(&text).into_bytes();
    }
    if options & (IS_URL | IS_BASE64) != 0 {
        text.splice(..0, SERVICES[service][0].bytes());
    }
    text.truncate(text.iter().position(|&b| b == 0).unwrap_or(text.len()));

    let token = CText::new(Some(&text), reference::token_max());
    // As callers compiled against another version of the header have it: smaller, or larger.
    let size = [SIZE - 8, SIZE + 24, SIZE, SIZE - 4][usize::from(options >> 2 & 3)];
    let mut info = vec![0xaaaa_aaaa_u32; size / 4].into_boxed_slice();
    // SAFETY: a string, and a place of that size for the result.
    let status = unsafe { bedrock_token_inspect(token.as_ptr(), info.as_mut_ptr().cast(), size) };
    match reference::inspect(&text) {
        None => {
            assert_eq!(status, BEDROCK_TOKEN_ERR_INVALID_TOKEN);
            assert!(info.iter().all(|&word| word == 0xaaaa_aaaa));
        }
        Some(expected) => {
            assert_eq!(status, BEDROCK_TOKEN_OK);
            assert_eq!(abi::inspect(&text), expected);
            // A smaller struct gets the fields that fit. A larger one gets 0 behind them.
            let bytes: Vec<u8> = info.iter().flat_map(|word| word.to_ne_bytes()).collect();
            let (known, unknown) = bytes.split_at(size.min(SIZE));
            assert_eq!(known, &expected[..known.len()]);
            assert!(unknown.iter().all(|&b| b == 0));
        }
    }
});
