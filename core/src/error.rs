use std::fmt;

/// Why a call was refused or could not be done. It names the argument at fault, never its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Error {
    /// The access key is not 1 to 128 of `A-Z a-z 0-9 _`.
    AccessKey,
    /// The secret is not 1 to 256 printable ASCII characters without spaces, or has a quote at an end.
    Secret,
    /// The session token is longer than 65,536 bytes or not printable ASCII, or has a space or a quote
    /// at an end.
    Session,
    /// The access key is temporary, and the session token is missing.
    SessionRequired,
    /// The region has not the form that AWS's regions have, such as `us-east-1`.
    Region,
    /// The life is not 1 to 43,200 seconds.
    Expires,
    /// A time is not in the years 1970 to 9999. Was it in milliseconds?
    Time,
    /// Not a short-term API key of either service.
    InvalidToken,
    /// A long-term Bedrock API key (`ABSK...`), which says nothing of itself.
    LongTermKey,
    /// The source has no credentials.
    NoCredentials,
    /// The credentials have already ended.
    CredentialsExpired,
    /// The provider was used from within its own source of credentials.
    Reentrant,
    /// Not a service that this version knows.
    Service,
}

impl Error {
    /// One English sentence without a full stop, safe to log.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::AccessKey => "access key: must be 1 to 128 of A-Z a-z 0-9 _",
            Self::Secret => {
                "secret: must be 1 to 256 printable ASCII characters without spaces or newlines, \
                 and without quotes around it"
            }
            Self::Session => {
                "session token: must be at most 65536 printable ASCII characters, without spaces \
                 or quotes around it"
            }
            Self::SessionRequired => {
                "session token: missing, and required because the access key is temporary (ASIA)"
            }
            Self::Region => {
                "region: must be a name such as us-east-1: 1 to 63 of a-z 0-9 -, a letter first, \
                 and a number after the last -"
            }
            Self::Expires => "expires: must be 1 to 43200 seconds",
            Self::Time => {
                "time: the signing time, the system's clock and the credentials' end must be in \
                 the years 1970 to 9999, in seconds"
            }
            Self::InvalidToken => {
                "token: not a short-term API key of Amazon Bedrock or of Claude Platform on AWS (a \
                 long-term key, ABSK..., cannot be inspected)"
            }
            Self::LongTermKey => {
                "token: a long-term Bedrock API key (ABSK...), which does not say when it ends"
            }
            Self::NoCredentials => "credentials: the source gave no credentials",
            Self::CredentialsExpired => "credentials: already expired",
            Self::Reentrant => "provider: used from within its own source of credentials",
            Self::Service => "service: not one that this version knows",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for Error {}
