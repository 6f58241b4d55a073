//! From C's arguments to a token.

use std::ffi::c_char;
use std::time::{SystemTime, UNIX_EPOCH};

use bedrock_token_core::{Credentials, Request, check};

use crate::argument;
use crate::boundary::test_panic;
use crate::scratch::leave_no_trace;
use crate::status::Failure;
use crate::token_memory::TokenMemory;

/// The system's clock in Unix seconds; before 1970, a time that no token can have.
pub fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(-1, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// What a token is made of, as C passed it.
pub struct Arguments {
    pub access_key: *const c_char,
    pub secret: *const c_char,
    pub session: *const c_char,
    pub region: *const c_char,
    pub expires: u32,
}

impl Arguments {
    /// To be called, as all that touches a secret, inside [`leave_no_trace`].
    ///
    /// # Safety
    /// Each string is as [`argument::string`] wants it, for `'a`.
    pub unsafe fn request<'a>(&self, signing_time: i64) -> Result<Request<'a>, Failure> {
        // SAFETY: the caller's promise. All four are read before the first is checked, because a
        // NULL comes before every other complaint.
        let (access_key, secret, session, region) = unsafe {
            (
                argument::string(self.access_key, check::ACCESS_KEY_MAX)?,
                argument::string(self.secret, check::SECRET_MAX)?,
                argument::optional_string(self.session, check::SESSION_MAX)?,
                argument::string(self.region, check::REGION_MAX)?,
            )
        };
        test_panic::point();
        let credentials = Credentials::new(access_key, secret, session)?;
        Ok(Request::new(credentials, region, self.expires, signing_time)?)
    }

    /// # Safety
    /// Each string is as [`argument::string`] wants it.
    pub unsafe fn mint(&self, signing_time: i64) -> Result<TokenMemory, Failure> {
        let mut token = None;
        leave_no_trace(|| {
            // SAFETY: the caller's promise.
            let request = unsafe { self.request(signing_time) }?;
            let memory = token.insert(TokenMemory::new(request.token_len())?);
            request.write_token(memory.bytes_mut());
            test_panic::point();
            Ok(())
        })?;
        Ok(token.expect("minted without a failure"))
    }
}
