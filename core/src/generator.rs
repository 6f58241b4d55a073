use std::fmt;
use std::time::{Duration, SystemTime};

use crate::request::{Request, Target};
use crate::{BearerToken, Credentials, Error, Service, check, unix_time};

/// Generates tokens for a service and a region, with a given life.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Generator(Target);

impl Generator {
    /// Twelve hours: the longest life of a token, and the default, as in the official generators.
    pub const EXPIRES_MAX: Duration = Duration::from_secs(check::EXPIRES_MAX as u64);

    /// Tokens for this region, with a life of twelve hours.
    ///
    /// # Errors
    /// [`Error::Region`] if the region has not the form that AWS's regions have, such as `us-east-1`.
    pub fn new(service: Service, region: &str) -> Result<Self, Error> {
        Target::new(service, region.as_bytes(), check::EXPIRES_MAX).map(Self)
    }

    /// The same with another life.
    ///
    /// # Errors
    /// [`Error::Expires`] unless it is whole seconds, from 1 second to 12 hours.
    pub fn with_expires(self, expires: Duration) -> Result<Self, Error> {
        let whole = (expires.subsec_nanos() == 0).then_some(expires.as_secs());
        let seconds = whole.and_then(|seconds| u32::try_from(seconds).ok());
        let expires = check::expires(seconds.ok_or(Error::Expires)?)?;
        Ok(Self(self.0.with_expires(expires)))
    }

    /// The service that the tokens are for.
    #[must_use]
    pub fn service(&self) -> Service {
        self.0.service
    }

    /// The region that the tokens are for.
    #[must_use]
    pub fn region(&self) -> &str {
        self.0.region()
    }

    /// How long each token lives, unless its credentials end sooner.
    #[must_use]
    pub fn expires(&self) -> Duration {
        Duration::from_secs(self.0.expires.into())
    }

    /// Generates the token that is valid from `signing_time` on. The same arguments give the same token.
    ///
    /// # Errors
    /// [`Error::Time`] if `signing_time` is before 1970 or after 9999.
    pub fn generate(
        &self,
        credentials: &Credentials,
        signing_time: SystemTime,
    ) -> Result<BearerToken, Error> {
        self.generate_at(credentials, unix_time::seconds(signing_time))
    }

    pub(crate) fn generate_at(
        &self,
        credentials: &Credentials,
        signing_time: i64,
    ) -> Result<BearerToken, Error> {
        let request = Request::new(&self.0, credentials.checked(), signing_time)?;
        let mut token = vec![0; request.token_len()];
        request.write_token(&mut token);
        Ok(BearerToken::new(String::from_utf8(token).expect("a token is ASCII")))
    }

    pub(crate) fn target(&self) -> &Target {
        &self.0
    }
}

impl fmt::Debug for Generator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Generator")
            .field("service", &self.service())
            .field("region", &self.region())
            .field("expires", &self.expires())
            .finish()
    }
}
