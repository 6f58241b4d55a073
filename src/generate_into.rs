use std::ffi::c_char;

use bedrock_token_core::Service;
use bedrock_token_core::raw::{Credentials, Request, Target, check};
use zeroize::Zeroize as _;

use crate::allocator;
use crate::argument;
use crate::call::{catch, status_of, test_panic};
use crate::output;
use crate::residue::leave_no_trace;
use crate::service::{self, bedrock_token_service};
use crate::status::{
    BEDROCK_TOKEN_ERR_BUFFER_TOO_SMALL, BEDROCK_TOKEN_ERR_NULL_ARGUMENT, Failure,
    bedrock_token_status,
};

/// The shortest life of a token, in seconds.
pub const BEDROCK_TOKEN_EXPIRES_MIN: u32 = 1;
/// The longest life of a token, in seconds: 12 hours.
pub const BEDROCK_TOKEN_EXPIRES_MAX: u32 = 43200;
/// The life that the official generators give a token by default, in seconds: 12 hours.
pub const BEDROCK_TOKEN_EXPIRES_DEFAULT: u32 = 43200;

const _: () = assert!(
    BEDROCK_TOKEN_EXPIRES_MIN == check::EXPIRES_MIN
        && BEDROCK_TOKEN_EXPIRES_MAX == check::EXPIRES_MAX
        && BEDROCK_TOKEN_EXPIRES_DEFAULT == check::EXPIRES_MAX
);

/// The strings of credentials, as C passed them.
pub struct CredentialStrings {
    pub access_key: *const c_char,
    pub secret: *const c_char,
    pub session: *const c_char,
}

impl CredentialStrings {
    /// Checks them. The work with the result belongs inside [`leave_no_trace`], and so does this call:
    /// it looks at the secret.
    ///
    /// # Safety
    /// Each string is as [`argument::string`] wants it, for `'a`.
    pub unsafe fn credentials<'a>(&self) -> Result<Credentials<'a>, Failure> {
        test_panic::point();
        // SAFETY: the caller's promise.
        let (access_key, secret, session) = unsafe {
            (
                argument::string(self.access_key, check::ACCESS_KEY_MAX),
                argument::string(self.secret, check::SECRET_MAX),
                argument::string(self.session, check::SESSION_MAX),
            )
        };
        Ok(Credentials::new(access_key, secret, session)?)
    }
}

/// # Safety
/// The string is as [`argument::string`] wants it.
pub unsafe fn target(
    service: Service,
    region: *const c_char,
    expires: u32,
) -> Result<Target, Failure> {
    // SAFETY: the caller's promise.
    let region = unsafe { argument::string(region, check::REGION_MAX) };
    Ok(Target::new(service, region, expires)?)
}

/// Generates the token for a given second into the caller's buffer. The library reads no clock
/// here, so the same arguments always give the same bytes. A call allocates no memory, unless more
/// than 60 calls run at the same moment. The first call of a process may also allocate memory, to
/// register a handler for fork().
///
/// @param service       One of BEDROCK_TOKEN_SERVICE_*.
/// @param access_key    As for bedrock_token_generate().
/// @param secret        As for bedrock_token_generate().
/// @param session       As for bedrock_token_generate().
/// @param region        As for bedrock_token_generate().
/// @param expires       As for bedrock_token_generate(), counted from signing_time.
/// @param signing_time  Unix seconds, 0 to 253402300799 (the end of the year 9999).
/// @param buf           Receives the token and its NUL; "" on failure, if capacity is not 0. Must
///                      not overlap the other arguments. NULL with capacity 0 asks for the
///                      length; the status is then ERR_BUFFER_TOO_SMALL.
/// @param capacity      Bytes that buf has room for; the token needs `*len + 1`.
/// @param len           Receives the token's length without the NUL, also when the buffer is too
///                      small; 0 on other failures. May be NULL.
/// @return              BEDROCK_TOKEN_OK, ERR_NULL_ARGUMENT (buf, and capacity is not 0), ERR_SERVICE,
///                      ERR_ACCESS_KEY, ERR_SECRET, ERR_SESSION, ERR_SESSION_REQUIRED, ERR_REGION,
///                      ERR_EXPIRES, ERR_TIME, ERR_BUFFER_TOO_SMALL (checked in this order),
///                      ERR_OUT_OF_MEMORY (only at the first call, or with more than 60 calls at the
///                      same moment) or ERR_INTERNAL.
///
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bedrock_token_generate_into(
    service: bedrock_token_service,
    access_key: *const c_char,
    secret: *const c_char,
    session: *const c_char,
    region: *const c_char,
    expires: u32,
    signing_time: i64,
    buf: *mut c_char,
    capacity: usize,
    len: *mut usize,
) -> bedrock_token_status {
    // SAFETY: the caller's promise on `buf` and `len`.
    unsafe {
        output::set(len, 0);
        if capacity > 0 {
            output::set(buf, 0);
        }
    }
    let strings = CredentialStrings { access_key, secret, session };
    status_of(|| {
        if buf.is_null() && capacity > 0 {
            return Err(Failure(BEDROCK_TOKEN_ERR_NULL_ARGUMENT));
        }
        let service = service::from_c(service)?;
        let token_len = leave_no_trace(|| {
            // SAFETY: the caller's promise on the strings.
            let (credentials, target) =
                unsafe { (strings.credentials()?, target(service, region, expires)?) };
            let request = Request::new(&target, credentials, signing_time)?;
            let token_len = request.token_len();
            if token_len < capacity {
                let _reserved = allocator::reserve()?;
                // SAFETY: the caller's promise on `buf`; the NUL is part of what is zeroed.
                let buf = unsafe { output::buffer(buf, token_len + 1) };
                catch(|| {
                    request.write_token(&mut buf[..token_len]);
                    test_panic::point();
                    Ok(())
                })
                .inspect_err(|_| buf.zeroize())?;
            }
            Ok(token_len)
        })?;
        // SAFETY: the caller's promise on `len`.
        unsafe { output::set(len, token_len) };
        if token_len < capacity { Ok(()) } else { Err(Failure(BEDROCK_TOKEN_ERR_BUFFER_TOO_SMALL)) }
    })
}
