//! What an AWS Bedrock token is: the checks on its arguments, the presigned URL in it, its
//! encoding, reading one back, keeping one fresh. Knows nothing of C and has no clock, no
//! environment and no I/O.
#![forbid(unsafe_code)]

pub mod check;
mod date_time;
mod error;
mod inspect;
mod percent;
mod presign;
mod provider;
mod request;
mod token;

pub use error::Error;
pub use inspect::{Info, inspect};
pub use provider::{Kept, Provider};
pub use request::{Credentials, Request};
pub use token::MAX_LEN as TOKEN_MAX;
