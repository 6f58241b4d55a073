//! The C ABI, declared as in include/bedrock_token.h: the targets call it as C does.
#![allow(dead_code)] // no target calls all of it

use std::ffi::{c_char, c_void};
use std::ptr;

extern crate bedrock_token;

pub const OK: i32 = 0;
pub const NULL_ARGUMENT: i32 = 1;
pub const ACCESS_KEY: i32 = 2;
pub const SECRET: i32 = 3;
pub const SESSION: i32 = 4;
pub const SESSION_REQUIRED: i32 = 5;
pub const REGION: i32 = 6;
pub const EXPIRES: i32 = 7;
pub const TIME: i32 = 8;
pub const BUFFER_TOO_SMALL: i32 = 9;
pub const INVALID_TOKEN: i32 = 11;
pub const NO_CREDENTIALS: i32 = 12;
pub const CREDENTIALS_EXPIRED: i32 = 13;
pub const SERVICE: i32 = 15;
pub const REENTRANT: i32 = 16;

#[repr(C)]
#[derive(Clone, Debug, PartialEq)]
pub struct Info {
    pub access_key: [u8; 129],
    pub region: [u8; 64],
    pub issued_at: i64,
    pub expires_at: i64,
    pub has_session: i32,
    pub service: i32,
}

#[repr(C)]
pub struct Credentials {
    pub access_key: *const c_char,
    pub secret: *const c_char,
    pub session: *const c_char,
    pub expires_at: i64,
}

pub type CredentialsFn = unsafe extern "C" fn(*mut c_void, *mut Credentials) -> i32;

unsafe extern "C" {
    pub fn bedrock_token_generate_into(
        service: i32,
        access_key: *const c_char,
        secret: *const c_char,
        session: *const c_char,
        region: *const c_char,
        expires: u32,
        signing_time: i64,
        buf: *mut c_char,
        capacity: usize,
        len: *mut usize,
    ) -> i32;
    pub fn bedrock_token_free(token: *mut c_char);
    pub fn bedrock_token_inspect(token: *const c_char, info: *mut Info, info_size: usize) -> i32;
    pub fn bedrock_token_provider_new(
        service: i32,
        region: *const c_char,
        expires: u32,
        credentials: Option<CredentialsFn>,
        context: *mut c_void,
        provider: *mut *mut c_void,
    ) -> i32;
    pub fn bedrock_token_provider_get(
        provider: *mut c_void,
        out_buf: *mut *mut c_char,
        len: *mut usize,
        expires_at: *mut i64,
    ) -> i32;
    pub fn bedrock_token_provider_invalidate(provider: *mut c_void, refused: *const c_char);
    pub fn bedrock_token_provider_failure(provider: *mut c_void) -> i32;
    pub fn bedrock_token_provider_free(provider: *mut c_void);
    pub fn bedrock_token_schedule(
        issued_at: i64,
        expires: u32,
        credentials_expire_at: i64,
        times: *mut c_void,
        times_size: usize,
    ) -> i32;
    pub fn bedrock_token_retry_at(now: i64, expires_at: i64) -> i64;
}

/// A string for C in a block of just its size, so that the address sanitizer sees who reads on: its
/// NUL ends it, or, when it is longer than `limit`, the one byte over the limit.
pub struct CString(Option<Box<[u8]>>);

impl CString {
    pub fn new(text: Option<&[u8]>, limit: usize) -> Self {
        Self(text.map(|text| {
            assert!(!text.contains(&0));
            let mut bytes = text[..text.len().min(limit + 1)].to_vec();
            if text.len() <= limit {
                bytes.push(0);
            }
            bytes.into_boxed_slice()
        }))
    }

    pub fn as_ptr(&self) -> *const c_char {
        self.0.as_ref().map_or(ptr::null(), |bytes| bytes.as_ptr().cast())
    }
}

/// Inspects a token that it must accept.
pub fn inspect(token: &[u8]) -> Info {
    let mut info = Info {
        access_key: [b'x'; 129],
        region: [b'x'; 64],
        issued_at: -1,
        expires_at: -1,
        has_session: -1,
        service: -1,
    };
    let token = CString::new(Some(token), token.len());
    // SAFETY: a string and a place for the result.
    let status = unsafe { bedrock_token_inspect(token.as_ptr(), &mut info, size_of::<Info>()) };
    assert_eq!(status, OK);
    info
}
