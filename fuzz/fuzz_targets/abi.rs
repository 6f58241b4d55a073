//! Calls of the C ABI that the targets share.
#![allow(dead_code, unused_imports)] // no target needs all of it

use std::ffi::c_char;
use std::ptr;

pub use bedrock_token::generate::*;
pub use bedrock_token::generate_into::*;
pub use bedrock_token::inspect::*;
pub use bedrock_token::provider::*;
pub use bedrock_token::schedule::*;
pub use bedrock_token::status::*;

/// A string for C in a block of just its size, so that the address sanitizer sees who reads on: its
/// NUL ends it, or, when it is longer than `limit`, the one byte over the limit.
pub struct CText(Option<Box<[u8]>>);

impl CText {
    pub fn new(text: Option<&[u8]>, limit: usize) -> Self {
        Self(text.map(|text| {
            assert!(!text.contains(&0));
            text.iter().copied().chain([0]).take(limit + 1).collect()
        }))
    }

    pub fn as_ptr(&self) -> *const c_char {
        self.0.as_ref().map_or(ptr::null(), |bytes| bytes.as_ptr().cast())
    }
}

/// The bytes of `bedrock_token_info`.
pub type Info = [u8; size_of::<bedrock_token_info>()];

/// Inspects a token that the library must accept.
pub fn inspect(token: &[u8]) -> Info {
    let mut info = std::mem::MaybeUninit::<bedrock_token_info>::uninit();
    let text = CText::new(Some(token), token.len());
    // SAFETY: a string and a place for the result, which is filled, with zeros in its padding.
    unsafe {
        let status = bedrock_token_inspect(text.as_ptr(), info.as_mut_ptr(), size_of::<Info>());
        assert_eq!(status, BEDROCK_TOKEN_OK);
        std::mem::transmute(info)
    }
}
