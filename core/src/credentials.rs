use std::fmt;
use std::time::SystemTime;

use zeroize::Zeroizing;

use crate::{Error, request, unix_time};

/// Checked AWS credentials. They are wiped when they are dropped, and `Debug` does not show the secrets.
#[derive(Clone)]
pub struct Credentials {
    access_key: String,
    secret: Zeroizing<String>,
    session: Zeroizing<String>,
    expires_at: Option<SystemTime>,
}

impl Credentials {
    /// Checks and copies the credentials. Long-term credentials have no session token; an empty one is
    /// the same.
    ///
    /// # Errors
    /// [`Error::AccessKey`], [`Error::Secret`], [`Error::Session`], or [`Error::SessionRequired`] if
    /// the access key is a temporary one (`ASIA`) and there is no session token.
    pub fn new(access_key: &str, secret: &str, session: Option<&str>) -> Result<Self, Error> {
        let session = session.unwrap_or_default();
        request::Credentials::new(access_key.as_bytes(), secret.as_bytes(), session.as_bytes())?;
        Ok(Self {
            access_key: access_key.to_owned(),
            secret: Zeroizing::new(secret.to_owned()),
            session: Zeroizing::new(session.to_owned()),
            expires_at: None,
        })
    }

    /// The same credentials, with the time when they end. Only [`Provider`](crate::Provider) uses it.
    #[must_use]
    pub fn with_expires_at(self, expires_at: SystemTime) -> Self {
        Self { expires_at: Some(expires_at), ..self }
    }

    /// The access key ID.
    #[must_use]
    pub fn access_key(&self) -> &str {
        &self.access_key
    }

    /// When they end, as far as it was said.
    #[must_use]
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.expires_at
    }

    pub(crate) fn checked(&self) -> request::Credentials<'_> {
        let Self { access_key, secret, session, .. } = self;
        let (access_key, session) = (access_key.as_bytes(), session.as_bytes());
        request::Credentials { access_key, secret, session }
    }

    /// When they end, in Unix seconds, as the rule of renewal takes it: 0 means that they do not.
    pub(crate) fn end(&self) -> i64 {
        match self.expires_at.map(unix_time::seconds) {
            None => 0,
            Some(0) => 1, // as long ago
            Some(end) => end,
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key", &self.access_key)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
