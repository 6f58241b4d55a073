use std::error;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use crate::bearer_token::equal_in_constant_time;
use crate::keeper::{Keeper, Kept, Thread};
use crate::{BearerToken, Credentials, Error, Generator, unix_time};

type TokenKeeper = Keeper<Arc<BearerToken>, ProviderError>;

/// Keeps a token, and asks for credentials to generate a new one before it ends.
///
/// A token ends at its own end or at that of its credentials, whichever is sooner. The system's clock
/// decides, even if it jumps. Renewal is due 5 minutes before the end, or at 90 % of a life shorter than
/// 50 minutes.
///
/// Any number of threads may use a provider at the same time. One renews. The others get the kept token,
/// or wait and share the result. The child of a `fork()` must not use its parent's providers; those of
/// the C library can be used there.
pub struct Provider {
    generator: Generator,
    keeper: TokenKeeper,
}

/// A token that a [`Provider`] hands out.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct KeptToken {
    /// The token, which the provider and all callers share.
    pub token: Arc<BearerToken>,
    /// When the token ends, or its credentials if that is sooner.
    pub expires_at: SystemTime,
}

impl KeptToken {
    fn new(token: &Arc<BearerToken>, expires_at: i64) -> Self {
        Self { token: token.clone(), expires_at: unix_time::from_seconds(expires_at) }
    }
}

/// Why a [`Provider`] has no token. Threads that waited for the same renewal share it.
#[derive(Clone, Debug)]
pub struct ProviderError {
    error: Error,
    cause: Option<Arc<dyn error::Error + Send + Sync>>,
}

impl ProviderError {
    /// What is wrong. [`Error::NoCredentials`] if the source failed: then
    /// [`source`](error::Error::source) is its error.
    #[must_use]
    pub fn error(&self) -> Error {
        self.error
    }
}

impl From<Error> for ProviderError {
    fn from(error: Error) -> Self {
        Self { error, cause: None }
    }
}

impl fmt::Display for ProviderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl error::Error for ProviderError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        let cause: &(dyn error::Error + 'static) = self.cause.as_deref()?;
        Some(cause)
    }
}

impl Provider {
    /// A provider of the generator's tokens. It has none yet.
    #[must_use]
    pub fn new(generator: Generator) -> Self {
        Self { generator, keeper: Keeper::default() }
    }

    /// A token that has not ended: the kept one, or a new one when renewal is due. If the renewal fails,
    /// callers get the kept token until it ends.
    ///
    /// `source` gives the credentials, if this call renews. It may be slow: other threads get the kept
    /// token or wait. It must not use this provider, nor wait for a thread that does.
    ///
    /// # Errors
    /// The error of the source, of the credentials or of the clock, if no kept token holds.
    /// [`Error::Reentrant`] if the source itself calls it.
    ///
    /// # Panics
    /// Only if the source panics. Then the renewal has failed, and the provider goes on.
    pub fn get<E>(
        &self,
        source: impl FnOnce() -> Result<Credentials, E>,
    ) -> Result<KeptToken, ProviderError>
    where
        E: Into<Box<dyn error::Error + Send + Sync>>,
    {
        let (keeper, thread) = (&self.keeper, this_thread());
        if let Some(token) = keeper.copy_fresh(thread, now_millis, KeptToken::new) {
            return Ok(token);
        }
        let kept = match keeper.get_or_renew(thread, now_millis)? {
            Some(kept) => kept,
            None => {
                let mut renewal = Renewal { keeper, ended: false };
                let renewed = self.renew(source);
                renewal.ended = true;
                keeper.end_renewal(renewed, now_millis)?
            }
        };
        Ok(KeptToken::new(&kept.token, kept.times.expires_at))
    }

    fn renew<E>(
        &self,
        source: impl FnOnce() -> Result<Credentials, E>,
    ) -> Result<Kept<Arc<BearerToken>>, ProviderError>
    where
        E: Into<Box<dyn error::Error + Send + Sync>>,
    {
        let credentials = source().map_err(|cause| ProviderError {
            error: Error::NoCredentials,
            cause: Some(Arc::from(cause.into())),
        })?;
        let issued_at = unix_time::seconds(SystemTime::now());
        let times = self.generator.target().schedule(issued_at, credentials.end())?;
        let token = self.generator.generate_at(&credentials, issued_at)?;
        Ok(Kept { token: Arc::new(token), times })
    }

    /// Drops the kept token if it is the one that the service refused (HTTP 401 or 403), so that the next
    /// call generates a new one. `None` drops any kept token. A renewal that is under way goes on, and
    /// its token is kept.
    pub fn invalidate(&self, refused: Option<&str>) {
        let is_refused = |kept: &Arc<BearerToken>| {
            let kept = kept.as_str().as_bytes();
            refused.is_none_or(|refused| equal_in_constant_time(kept, refused.as_bytes()))
        };
        self.keeper.invalidate(is_refused);
    }

    /// Why the last renewal failed, for logs and health checks: while a token still holds,
    /// [`Provider::get`] hands it out and does not say so. `None` if the last renewal succeeded, or
    /// before the first one.
    #[must_use]
    pub fn failure(&self) -> Option<ProviderError> {
        self.keeper.failure()
    }
}

/// Shows nothing of the token.
impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider").field("generator", &self.generator).finish_non_exhaustive()
    }
}

/// Ends the renewal as a failed one, if a panic of the source leaves the frame.
struct Renewal<'p> {
    keeper: &'p TokenKeeper,
    ended: bool,
}

impl Drop for Renewal<'_> {
    fn drop(&mut self) {
        if !self.ended {
            // The panic goes on, so nobody takes the result.
            let _ = self.keeper.end_renewal(Err(Error::NoCredentials.into()), now_millis);
        }
    }
}

fn now_millis() -> i64 {
    unix_time::millis(SystemTime::now())
}

/// The address of a variable that each thread has for itself.
fn this_thread() -> Thread {
    thread_local!(static OWN: u8 = const { 0 });
    OWN.with(|own| std::ptr::from_ref(own).addr())
}
