use std::alloc::{Layout, alloc_zeroed};
use std::ffi::{c_char, c_void};
use std::ptr::{self, NonNull};

use bedrock_token_core::Error;
use bedrock_token_core::raw::{Kept, TOKEN_MAX, Target, check, equal_in_constant_time};

use crate::argument;
use crate::call::{catch, result_of, status, status_of};
use crate::clock::{now, now_millis};
use crate::fork;
use crate::generate_into::CredentialStrings;
use crate::keeper::ForkSafeKeeper;
use crate::output;
use crate::residue::on_clean_stack;
use crate::service::{self, bedrock_token_service};
use crate::shared_token::SharedToken;
use crate::status::{
    BEDROCK_TOKEN_ERR_NULL_ARGUMENT, BEDROCK_TOKEN_ERR_OUT_OF_MEMORY, Failure, bedrock_token_status,
};
use crate::thread;
use crate::token_memory::TokenMemory;

/// Credentials as a callback gives them to a provider.
#[repr(C)]
pub struct bedrock_token_credentials {
    /// As for bedrock_token_generate().
    pub access_key: *const c_char,
    /// As for bedrock_token_generate().
    pub secret: *const c_char,
    /// As for bedrock_token_generate(); NULL or "" for long-term credentials.
    pub session: *const c_char,
    /// When the credentials end, in Unix seconds; 0 if they never end.
    pub expires_at: i64,
}

/// A callback that gives credentials to a provider. bedrock_token_provider_get() calls it on its own
/// thread, and never twice at the same time for one provider. The callback may be slow: other threads
/// get the kept token or wait, as bedrock_token_provider says.
///
/// The callback must return: no exception, longjmp, pthread_exit or cancellation may leave it. It
/// must not free its own provider. It must not get a token from its own provider: that call returns
/// ERR_REENTRANT. It must not wait for another thread that gets a token from that provider, because
/// both could wait for ever. For the same reason, the callbacks of two providers must not use each
/// other's provider.
///
/// @param context      The context that bedrock_token_provider_new() got.
/// @param credentials  The callback fills them in; all fields are 0 before. The provider uses the
///                     strings until the bedrock_token_provider_get() that called the callback
///                     returns, and no longer. Then the host can wipe them.
/// @return             0, or any other value if there are no credentials now.
pub type bedrock_token_credentials_fn = Option<
    unsafe extern "C-unwind" fn(
        context: *mut c_void,
        credentials: *mut bedrock_token_credentials,
    ) -> i32,
>;

/// Keeps a token. Before the token ends, the provider asks for credentials and generates a new one. A
/// token ends at its own end or at that of its credentials, whichever is sooner. The system's clock
/// decides, even if it jumps.
///
/// Renewal is due 5 minutes before the end. In the last 30 seconds, callers wait for the renewal, and
/// get the kept token only if the renewal fails. A life shorter than 50 minutes has its own rule:
/// renewal is due at 90 % of it, and callers wait in its last hundredth, but at least in its last
/// second. A life shorter than 10 seconds is renewed at its end, and no caller waits before.
/// bedrock_token_schedule() has the same rules.
///
/// Threads: any number may use a provider at the same time. One renews. The others get the kept
/// token, or wait and share the result. A child of `fork()` may use its parent's providers.
pub struct bedrock_token_provider {
    target: Target,
    callback: Callback,
    keeper: ForkSafeKeeper,
}

#[derive(Clone, Copy)]
struct Callback {
    function: unsafe extern "C-unwind" fn(*mut c_void, *mut bedrock_token_credentials) -> i32,
    context: *mut c_void,
}

// SAFETY: the host's promise to `bedrock_token_provider_new`: any thread may use the context.
unsafe impl Send for Callback {}
// SAFETY: the keeper lets one thread at a time renew, and only that one calls.
unsafe impl Sync for Callback {}

const _: fn() = || {
    fn may_be_shared<T: Send + Sync>() {}
    may_be_shared::<bedrock_token_provider>();
};

/// Creates a provider. It does not ask for credentials yet.
///
/// @param service      One of BEDROCK_TOKEN_SERVICE_*.
/// @param region       As for bedrock_token_generate(); copied.
/// @param expires      As for bedrock_token_generate(); counted from each renewal.
/// @param credentials  The callback.
/// @param context      Passed to the callback unchanged; may be NULL. The callback may use it on
///                     any thread that calls bedrock_token_provider_get().
/// @param provider     Receives the provider. The caller owns it and gives it back with
///                     bedrock_token_provider_free(). NULL on failure.
/// @return             BEDROCK_TOKEN_OK, ERR_NULL_ARGUMENT (credentials or provider), ERR_SERVICE,
///                     ERR_REGION, ERR_EXPIRES (checked in this order), ERR_OUT_OF_MEMORY or
///                     ERR_INTERNAL.
///
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bedrock_token_provider_new(
    service: bedrock_token_service,
    region: *const c_char,
    expires: u32,
    credentials: bedrock_token_credentials_fn,
    context: *mut c_void,
    provider: *mut *mut bedrock_token_provider,
) -> bedrock_token_status {
    // SAFETY: the caller's promise on `provider`.
    unsafe { output::set(provider, ptr::null_mut()) };
    status_of(|| {
        let (Some(function), false) = (credentials, provider.is_null()) else {
            return Err(Failure(BEDROCK_TOKEN_ERR_NULL_ARGUMENT));
        };
        let service = service::from_c(service)?;
        // SAFETY: the caller's promise on the string.
        let region = unsafe { argument::string(region, check::REGION_MAX) };
        let target = Target::new(service, region, expires)?;
        fork::watch()?;
        // As a `Box`, which has no way to say that there is no memory. Zeroed, because it has padding.
        // SAFETY: the layout is not empty.
        let memory = unsafe { alloc_zeroed(Layout::new::<bedrock_token_provider>()) };
        let memory = NonNull::new(memory.cast::<bedrock_token_provider>())
            .ok_or(Failure(BEDROCK_TOKEN_ERR_OUT_OF_MEMORY))?;
        on_clean_stack(|| {
            let (callback, keeper) = (Callback { function, context }, ForkSafeKeeper::new());
            // SAFETY: it is valid for the write, because it was allocated for this type.
            unsafe { memory.write(bedrock_token_provider { target, callback, keeper }) };
        });
        // SAFETY: the caller's promise on `provider`.
        unsafe { provider.write(memory.as_ptr()) };
        Ok(())
    })
}

/// Hands out a token that has not ended: the kept one, or a new one when renewal is due. If the
/// renewal fails, callers get the kept token until it ends. A call asks the callback again when a
/// tenth of the time to that end has passed, but not in the first second. Without a kept token, the
/// next call asks at once.
///
/// @param provider    The provider.
/// @param out_buf     Receives the token, as from bedrock_token_generate(). Each caller owns a copy
///                    and gives it back with bedrock_token_free(). NULL on failure.
/// @param len         Receives the token's length without the NUL; 0 on failure. May be NULL.
/// @param expires_at  Receives when the token ends, in Unix seconds; 0 on failure. May be NULL.
/// @return            BEDROCK_TOKEN_OK, ERR_NULL_ARGUMENT (provider or out_buf), ERR_REENTRANT,
///                    ERR_NO_CREDENTIALS (the callback did not return 0), ERR_TIME (the
///                    system's clock, or the end of the credentials), ERR_CREDENTIALS_EXPIRED,
///                    ERR_ACCESS_KEY, ERR_SECRET, ERR_SESSION, ERR_SESSION_REQUIRED (the callback's
///                    credentials), ERR_OUT_OF_MEMORY or ERR_INTERNAL.
///
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn bedrock_token_provider_get(
    provider: *mut bedrock_token_provider,
    out_buf: *mut *mut c_char,
    len: *mut usize,
    expires_at: *mut i64,
) -> bedrock_token_status {
    // SAFETY: the caller's promise on the outputs.
    unsafe {
        output::set(out_buf, ptr::null_mut());
        output::set(len, 0);
        output::set(expires_at, 0);
    }
    // SAFETY: the caller's promise: NULL or a provider that is not freed during the call.
    let Some(provider) = unsafe { provider.as_ref() }.filter(|_| !out_buf.is_null()) else {
        return BEDROCK_TOKEN_ERR_NULL_ARGUMENT;
    };
    // The callback runs between two parts. If an exception leaves it, against the contract, there is
    // no frame of Rust that would stop the exception, and dropping `renewal` ends the renewal.
    let result = match result_of(|| provider.token_or_renewal()) {
        Ok(Some(token)) => Ok(token),
        Ok(None) => {
            let mut renewal = Renewal { provider, ended: false };
            let credentials = provider.ask();
            result_of(|| renewal.end(&credentials))
        }
        Err(failure) => Err(failure),
    };
    status(result.map(|out| {
        // SAFETY: the caller's promise on the outputs; `out_buf` is not NULL.
        unsafe {
            output::set(len, out.token.len());
            output::set(expires_at, out.expires_at);
            out_buf.write(out.token.into_raw());
        }
    }))
}

/// A copy of the kept token, for the caller.
struct TokenCopy {
    token: TokenMemory,
    expires_at: i64,
}

impl TokenCopy {
    fn of(token: &SharedToken, expires_at: i64) -> Result<Self, Failure> {
        Ok(Self { token: token.copy()?, expires_at })
    }
}

/// A renewal while the callback runs. It has no reference to the keeper: if the callback calls `fork()`,
/// the child puts a new keeper there.
struct Renewal<'p> {
    provider: &'p bedrock_token_provider,
    ended: bool,
}

impl Renewal<'_> {
    fn end(
        &mut self,
        credentials: &Option<bedrock_token_credentials>,
    ) -> Result<TokenCopy, Failure> {
        let renewed = catch(|| self.provider.generate(credentials.as_ref()));
        self.ended = true;
        let kept = self.provider.keeper.ready().end_renewal(renewed, now_millis)?;
        TokenCopy::of(&kept.token, kept.times.expires_at)
    }
}

impl Drop for Renewal<'_> {
    fn drop(&mut self) {
        if !self.ended {
            // An exception left the callback and is on its way to the caller, so nobody takes the result.
            let failed = Err(Error::NoCredentials.into());
            let _ = self.provider.keeper.ready().end_renewal(failed, now_millis);
        }
    }
}

impl bedrock_token_provider {
    /// `None`: this thread has to renew.
    fn token_or_renewal(&self) -> Result<Option<TokenCopy>, Failure> {
        let (keeper, thread) = (self.keeper.ready(), thread::current());
        if let Some(token) = keeper.copy_fresh(thread, now_millis, TokenCopy::of) {
            return token.map(Some);
        }
        let kept = keeper.get_or_renew(thread, now_millis)?;
        kept.map(|kept| TokenCopy::of(&kept.token, kept.times.expires_at)).transpose()
    }

    /// Calls the callback; `None` if it has no credentials.
    fn ask(&self) -> Option<bedrock_token_credentials> {
        let mut credentials = bedrock_token_credentials {
            access_key: ptr::null(),
            secret: ptr::null(),
            session: ptr::null(),
            expires_at: 0,
        };
        let Callback { function, context } = self.callback;
        // SAFETY: the host's promise on its callback and context.
        let answer = unsafe { function(context, &mut credentials) };
        (answer == 0).then_some(credentials)
    }

    fn generate(
        &self,
        credentials: Option<&bedrock_token_credentials>,
    ) -> Result<Kept<SharedToken>, Failure> {
        let credentials = credentials.ok_or(Error::NoCredentials)?;
        let issued_at = now();
        let times = self.target.schedule(issued_at, credentials.expires_at)?;
        let &bedrock_token_credentials { access_key, secret, session, .. } = credentials;
        let strings = CredentialStrings { access_key, secret, session };
        // SAFETY: the host's promise on the strings of its credentials.
        let token = unsafe { strings.generate(|| Ok(self.target), issued_at) }?;
        Ok(Kept { token: SharedToken::copy_of(&token)?, times })
    }
}

/// Drops the kept token if it is the refused one, so that the next bedrock_token_provider_get()
/// generates a new one. Call this function when the service refused the token (HTTP 401 or 403), for
/// example because its credentials were revoked. If many threads report the same token, only the
/// first one drops it: the new token stays.
///
/// @param provider  The provider. NULL does nothing.
/// @param refused   The token that the service refused, as bedrock_token_provider_get() handed it
///                  out. The time of the comparison does not depend on the bytes. NULL drops any
///                  kept token.
///
/// Threads: any, at the same time. A renewal that is under way goes on, and its token is kept.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bedrock_token_provider_invalidate(
    provider: *mut bedrock_token_provider,
    refused: *const c_char,
) {
    // This function returns no status, and nothing in it can fail.
    status_of(|| {
        // SAFETY: the caller's promise: NULL or a provider that is not freed during the call.
        if let Some(provider) = unsafe { provider.as_ref() } {
            // SAFETY: the caller's promise on the string.
            let refused =
                (!refused.is_null()).then(|| unsafe { argument::string(refused, TOKEN_MAX) });
            provider.keeper.ready().invalidate(|kept| {
                refused.is_none_or(|refused| equal_in_constant_time(kept.bytes(), refused))
            });
        }
        Ok(())
    });
}

/// Returns the result of the last renewal, for logs and health checks. While the kept token is valid,
/// bedrock_token_provider_get() does not report that a renewal failed.
///
/// @param provider  The provider.
/// @return          BEDROCK_TOKEN_OK if the last renewal succeeded, or before the first renewal;
///                  ERR_NULL_ARGUMENT; otherwise why the last renewal failed: a status that
///                  bedrock_token_provider_get() returns, but not ERR_REENTRANT.
///
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bedrock_token_provider_failure(
    provider: *mut bedrock_token_provider,
) -> bedrock_token_status {
    status_of(|| {
        // SAFETY: the caller's promise: NULL or a provider that is not freed during the call.
        let provider =
            unsafe { provider.as_ref() }.ok_or(Failure(BEDROCK_TOKEN_ERR_NULL_ARGUMENT))?;
        provider.keeper.ready().failure().map_or(Ok(()), Err)
    })
}

/// Wipes the kept token and frees the provider. Tokens that it handed out stay valid.
///
/// @param provider  From bedrock_token_provider_new(), not freed before. NULL does nothing.
///
/// Threads: any, once no thread uses the provider. So the provider's own callback must not free it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bedrock_token_provider_free(provider: *mut bedrock_token_provider) {
    // As for bedrock_token_provider_invalidate().
    status_of(|| {
        if !provider.is_null() {
            // SAFETY: the caller's promise: `bedrock_token_provider_new` made it, in memory that
            // this crate's allocator gave for its layout.
            let provider = unsafe { Box::from_raw(provider) };
            // In a child of `fork()`, another thread may have been changing it.
            provider.keeper.ready();
        }
        Ok(())
    });
}
