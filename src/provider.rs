use std::alloc::{Layout, alloc};
use std::ffi::{c_char, c_void};
use std::ptr::{self, NonNull};

use bedrock_token_core::{Error, Kept, Provider, check};

use crate::argument;
use crate::boundary::{catch, status_of};
use crate::mint::{Arguments, now};
use crate::status::{
    BEDROCK_TOKEN_ERR_NULL_ARGUMENT, BEDROCK_TOKEN_ERR_OUT_OF_MEMORY, Failure, bedrock_token_status,
};
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
    /// Unix seconds when the credentials end; 0 if they do not.
    pub expires_at: i64,
}

/// Gives credentials to a provider, which calls it from within bedrock_token_provider_get(), on that
/// thread, and never twice at the same time. It may be slow: other threads use the kept token while
/// it holds. It must return: no exception, longjmp, pthread_exit or cancellation may leave it. It must
/// not use its own provider.
///
/// @param context      What bedrock_token_provider_new() was given.
/// @param credentials  To be filled in; all zero before. The strings must live until the callback
///                     is called again or the provider is freed.
/// @return             0, or any other value if there are no credentials now.
pub type bedrock_token_credentials_fn = Option<
    unsafe extern "C" fn(context: *mut c_void, credentials: *mut bedrock_token_credentials) -> i32,
>;

/// Keeps a token, and asks for credentials to mint a new one before it ends: 5 minutes before, or at
/// 90 % of a life shorter than 50 minutes. A token ends when its own time is up or its credentials'
/// is, whichever is sooner, by the system's clock, even if that jumps.
///
/// Threads: any may use a provider at the same time. One renews, the others use the kept token while
/// it holds, and wait when it does not. After fork() the child may only free it.
pub struct bedrock_token_provider {
    /// With a NUL behind it.
    region: [u8; check::REGION_MAX + 1],
    expires: u32,
    callback: Callback,
    kept: Provider<TokenMemory, Failure>,
}

struct Callback {
    function: unsafe extern "C" fn(*mut c_void, *mut bedrock_token_credentials) -> i32,
    context: *mut c_void,
}

// SAFETY: the host's promise to `bedrock_token_provider_new`: any thread may use the context.
unsafe impl Send for Callback {}
// SAFETY: `Provider` has one thread at a time call it.
unsafe impl Sync for Callback {}

const _: fn() = || {
    fn may_be_shared<T: Send + Sync>() {}
    may_be_shared::<bedrock_token_provider>();
};

/// Makes a provider. It asks for no credentials yet.
///
/// @param region       As for bedrock_token_generate(); copied.
/// @param expires      As for bedrock_token_generate(); counted from each renewal.
/// @param credentials  The callback.
/// @param context      Passed to the callback as it is; may be NULL. Any thread that calls
///                     bedrock_token_provider_get() may use it.
/// @param provider     Receives the provider, which the caller owns and gives back with
///                     bedrock_token_provider_free(). NULL on failure.
/// @return             BEDROCK_TOKEN_OK, ERR_NULL_ARGUMENT, ERR_REGION, ERR_EXPIRES,
///                     ERR_OUT_OF_MEMORY or ERR_INTERNAL.
///
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bedrock_token_provider_new(
    region: *const c_char,
    expires: u32,
    credentials: bedrock_token_credentials_fn,
    context: *mut c_void,
    provider: *mut *mut bedrock_token_provider,
) -> bedrock_token_status {
    // SAFETY: the caller's promise on `provider`.
    unsafe { argument::set(provider, ptr::null_mut()) };
    status_of(|| {
        // SAFETY: the caller's promise on the string.
        let text = unsafe { argument::string(region, check::REGION_MAX) }?;
        let (Some(function), false) = (credentials, provider.is_null()) else {
            return Err(Failure(BEDROCK_TOKEN_ERR_NULL_ARGUMENT));
        };
        let text = check::region(text)?;
        let mut region = [0; check::REGION_MAX + 1];
        region[..text.len()].copy_from_slice(text.as_bytes());
        let made = bedrock_token_provider {
            region,
            expires: check::expires(expires)?,
            callback: Callback { function, context },
            kept: Provider::default(),
        };
        // SAFETY: the layout is not empty; what it gives is valid for the write, and is freed by
        // `bedrock_token_provider_free` as the `Box` that it could have been, had `Box` a way to
        // say that there is no memory. The caller's promise on `provider`.
        unsafe {
            let memory = NonNull::new(alloc(Layout::for_value(&made)))
                .ok_or(Failure(BEDROCK_TOKEN_ERR_OUT_OF_MEMORY))?
                .cast::<bedrock_token_provider>();
            memory.write(made);
            provider.write(memory.as_ptr());
        }
        Ok(())
    })
}

/// Hands out a token that has not ended: the kept one, or a new one when it is time for that. If
/// renewing fails while the kept token holds, the answer is the kept token, and the callback is
/// asked again after a tenth of the time that it has left.
///
/// @param provider    The provider.
/// @param out_buf     Receives the token, as from bedrock_token_generate(): each caller owns a copy
///                    and gives it back with bedrock_token_free(). NULL on failure.
/// @param len         Receives its length without the NUL; 0 on failure. May be NULL.
/// @param expires_at  Receives when the token ends, in Unix seconds; 0 on failure. May be NULL.
/// @return            BEDROCK_TOKEN_OK, ERR_NULL_ARGUMENT, ERR_NO_CREDENTIALS (the callback gave
///                    none, and no kept token holds), ERR_CREDENTIALS_EXPIRED, ERR_ACCESS_KEY,
///                    ERR_SECRET, ERR_SESSION, ERR_SESSION_REQUIRED (what the callback gave),
///                    ERR_TIME (the system's clock), ERR_OUT_OF_MEMORY or ERR_INTERNAL.
///
/// Threads: any, at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bedrock_token_provider_get(
    provider: *mut bedrock_token_provider,
    out_buf: *mut *mut c_char,
    len: *mut usize,
    expires_at: *mut i64,
) -> bedrock_token_status {
    // SAFETY: the caller's promise on the outputs.
    unsafe {
        argument::set(out_buf, ptr::null_mut());
        argument::set(len, 0);
        argument::set(expires_at, 0);
    }
    status_of(|| {
        // SAFETY: the caller's promise: NULL or a provider that is not freed during the call.
        let provider = unsafe { provider.as_ref() }
            .filter(|_| !out_buf.is_null())
            .ok_or(Failure(BEDROCK_TOKEN_ERR_NULL_ARGUMENT))?;
        let (token, ends) = provider.kept.get(
            now,
            || catch(|| provider.renew()),
            |kept| Ok((kept.token.try_clone()?, kept.expires_at)),
        )?;
        // SAFETY: the caller's promise on the outputs; `out_buf` is not NULL.
        unsafe {
            argument::set(len, token.len());
            argument::set(expires_at, ends);
            out_buf.write(token.into_raw());
        }
        Ok(())
    })
}

impl bedrock_token_provider {
    fn renew(&self) -> Result<Kept<TokenMemory>, Failure> {
        let mut given = bedrock_token_credentials {
            access_key: ptr::null(),
            secret: ptr::null(),
            session: ptr::null(),
            expires_at: 0,
        };
        // SAFETY: the host's promise on its callback and context.
        let answer = unsafe { (self.callback.function)(self.callback.context, &mut given) };
        if answer != 0 || given.access_key.is_null() || given.secret.is_null() {
            return Err(Error::NoCredentials.into());
        }
        let issued_at = now();
        let credentials_end = match given.expires_at {
            0 => i64::MAX,
            end if end <= issued_at => return Err(Error::CredentialsExpired.into()),
            end => end,
        };
        let arguments = Arguments {
            access_key: given.access_key,
            secret: given.secret,
            session: given.session,
            region: self.region.as_ptr().cast(),
            expires: self.expires,
        };
        // SAFETY: the host's promise on the strings of its credentials.
        let token = unsafe { arguments.mint(issued_at) }?;
        let expires_at = credentials_end.min(issued_at + i64::from(self.expires));
        Ok(Kept { token, issued_at, expires_at })
    }
}

/// Drops the kept token, so that the next bedrock_token_provider_get() mints a new one: for when
/// the service refused it (HTTP 403), because the credentials were revoked, say.
///
/// @param provider  The provider. NULL does nothing.
///
/// Threads: any, at the same time. A renewal that is under way goes on and counts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bedrock_token_provider_invalidate(provider: *mut bedrock_token_provider) {
    // The status has no way out, and there is nothing that could fail.
    status_of(|| {
        // SAFETY: the caller's promise: NULL or a provider that is not freed during the call.
        if let Some(provider) = unsafe { provider.as_ref() } {
            provider.kept.invalidate();
        }
        Ok(())
    });
}

/// Wipes the kept token and frees the provider. Tokens that it handed out stay valid.
///
/// @param provider  From bedrock_token_provider_new(), not freed before. NULL does nothing.
///
/// Threads: any, once no other uses the provider.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bedrock_token_provider_free(provider: *mut bedrock_token_provider) {
    // As for bedrock_token_provider_invalidate().
    status_of(|| {
        if !provider.is_null() {
            // SAFETY: the caller's promise: `bedrock_token_provider_new` made it, in memory that
            // this crate's allocator gave for its layout.
            drop(unsafe { Box::from_raw(provider) });
        }
        Ok(())
    });
}
