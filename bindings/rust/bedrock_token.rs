//! AWS Bedrock API keys in Rust, through the C library (link with -L PREFIX/lib).
use std::ffi::{CStr, CString, c_char};
use std::ptr::{null, null_mut};

#[rustfmt::skip]
#[link(name = "bedrock_token")]
unsafe extern "C" {
    fn bedrock_token_generate(access_key: *const c_char, secret: *const c_char, session: *const c_char,
        region: *const c_char, expires: u32, out_buf: *mut *mut c_char, len: *mut usize) -> i32;
    fn bedrock_token_free(token: *mut c_char);
    fn bedrock_token_inspect(token: *const c_char, info: *mut Info, info_size: usize) -> i32;
    fn bedrock_token_status_message(status: i32) -> *const c_char;
}

#[repr(C)]
pub struct Info {
    pub access_key: [u8; 129],
    pub region: [u8; 64],
    pub issued_at: i64,
    pub expires_at: i64,
    pub has_session: i32,
}

/// A status of bedrock_token.h, and what it means: the argument at fault, never its value.
pub type Error = (i32, &'static CStr);

pub fn check(status: i32) -> Result<(), Error> {
    match status {
        0 => Ok(()),
        _ => Err((status, unsafe { CStr::from_ptr(bedrock_token_status_message(status)) })),
    }
}

#[rustfmt::skip]
pub fn generate(key: &CStr, secret: &CStr, session: Option<&CStr>, region: &CStr, expires: u32) -> Result<CString, Error> {
    let (session, mut out) = (session.map_or(null(), CStr::as_ptr), null_mut());
    check(unsafe { bedrock_token_generate(
        key.as_ptr(), secret.as_ptr(), session, region.as_ptr(), expires, &mut out, null_mut()) })?;
    let copy = unsafe { CStr::from_ptr(out) }.to_owned();
    unsafe { bedrock_token_free(out) };
    Ok(copy)
}

pub fn inspect(token: &CStr) -> Result<Info, Error> {
    let mut info = std::mem::MaybeUninit::uninit();
    check(unsafe { bedrock_token_inspect(token.as_ptr(), info.as_mut_ptr(), size_of::<Info>()) })?;
    Ok(unsafe { info.assume_init() })
}
