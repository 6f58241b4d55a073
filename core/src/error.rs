/// Why a call was refused or could not be done. Names the argument at fault, never its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    AccessKey,
    Secret,
    Session,
    /// The access key is of temporary credentials and the session token is missing.
    SessionRequired,
    Region,
    Expires,
    Time,
    InvalidToken,
    NoCredentials,
    CredentialsExpired,
}

impl Error {
    /// In one English sentence, without a full stop. Safe to log.
    pub const fn message(self) -> &'static str {
        match self {
            Self::AccessKey => "access key: must be 1 to 128 of A-Z a-z 0-9 _",
            Self::Secret => {
                "secret: must be 1 to 256 printable ASCII characters without spaces or newlines"
            }
            Self::Session => {
                "session token: must be at most 65536 printable ASCII characters without a space at either end"
            }
            Self::SessionRequired => {
                "session token: missing, and required because the access key is temporary (ASIA)"
            }
            Self::Region => "region: must be 1 to 63 of a-z 0-9 - without a - at either end",
            Self::Expires => "expires: must be 1 to 43200 seconds",
            Self::Time => "signing time, or the system's clock: must be in the years 1970 to 9999",
            Self::InvalidToken => "token: not a Bedrock token",
            Self::NoCredentials => "credentials: the callback gave none",
            Self::CredentialsExpired => "credentials: expired already",
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for Error {}
