use std::ffi::c_char;

/// The version of the library that is running, such as "0.1.0". `BEDROCK_TOKEN_VERSION` is the one
/// that the program was compiled with.
///
/// @return  A static string, never NULL; not to be freed.
///
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub extern "C" fn bedrock_token_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}
