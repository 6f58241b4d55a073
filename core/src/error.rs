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
