use crate::schedule::{Times, schedule};
use crate::{Error, Service, check};

/// Credentials that passed the checks. No `Debug`: they are secret.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    pub(crate) access_key: &'a [u8],
    pub(crate) secret: &'a str,
    /// Empty: long-term credentials, which have no session token.
    pub(crate) session: &'a [u8],
}

impl<'a> Credentials<'a> {
    /// Checks them, in this order.
    pub fn new(access_key: &'a [u8], secret: &'a [u8], session: &'a [u8]) -> Result<Self, Error> {
        let credentials = Self {
            access_key: check::access_key(access_key)?,
            secret: check::secret(secret)?,
            session: check::session(session)?,
        };
        // ASIA is IAM's prefix for temporary credentials, which the service refuses without their
        // session token: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
        if credentials.session.is_empty() && credentials.access_key.starts_with(b"ASIA") {
            return Err(Error::SessionRequired);
        }
        Ok(credentials)
    }
}

/// The service, the region and the life of tokens, checked. A token also needs credentials and a
/// time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    pub(crate) service: Service,
    region: [u8; check::REGION_MAX],
    region_len: u8,
    pub(crate) expires: u32,
}

impl Target {
    /// Checks the region, then the life in seconds.
    pub fn new(service: Service, region: &[u8], expires: u32) -> Result<Self, Error> {
        let checked = check::region(region)?;
        let mut region = [0; check::REGION_MAX];
        region[..checked.len()].copy_from_slice(checked);
        let expires = check::expires(expires)?;
        Ok(Self { service, region, region_len: checked.len() as u8, expires })
    }

    /// `expires` is checked.
    pub(crate) fn with_expires(self, expires: u32) -> Self {
        Self { expires, ..self }
    }

    pub(crate) fn region(&self) -> &str {
        str::from_utf8(&self.region[..self.region_len.into()]).expect("a checked region is ASCII")
    }

    /// The times of a token that is generated at `issued_at`; see [`schedule`].
    pub fn schedule(&self, issued_at: i64, credentials_expire_at: i64) -> Result<Times, Error> {
        schedule(issued_at, self.expires, credentials_expire_at)
    }
}

/// Everything that a token is generated from, checked.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    pub(crate) service: Service,
    pub(crate) credentials: Credentials<'a>,
    pub(crate) region: &'a str,
    pub(crate) expires: u32,
    pub(crate) signing_time: i64,
}

impl<'a> Request<'a> {
    /// Checks the time, in Unix seconds.
    pub fn new(
        target: &'a Target,
        credentials: Credentials<'a>,
        signing_time: i64,
    ) -> Result<Self, Error> {
        let &Target { service, expires, .. } = target;
        let signing_time = check::signing_time(signing_time)?;
        Ok(Self { service, credentials, region: target.region(), expires, signing_time })
    }
}
