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
    pub fn new(
        service: Service,
        credentials: Credentials<'a>,
        region: &'a [u8],
        expires: u32,
        signing_time: i64,
    ) -> Result<Self, Error> {
        Ok(Self {
            service,
            credentials,
            region: check::region(region)?,
            expires: check::expires(expires)?,
            signing_time: check::signing_time(signing_time)?,
        })
    }
}
