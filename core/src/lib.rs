#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod bearer_token;
mod canonical_request;
#[doc(hidden)]
pub mod check;
mod credentials;
mod date_time;
mod error;
mod generator;
mod inspect;
mod keeper;
mod percent;
mod provider;
mod request;
mod schedule;
mod service;
mod signature;
mod token;
mod unix_time;

pub use bearer_token::BearerToken;
pub use credentials::Credentials;
pub use error::Error;
pub use generator::Generator;
pub use inspect::{Info, inspect};
pub use provider::{KeptToken, Provider, ProviderError};
pub use service::Service;

/// The parts in bytes and Unix seconds, for this project's C ABI and command. They change without
/// notice.
#[doc(hidden)]
pub mod raw {
    pub use crate::bearer_token::equal_in_constant_time;
    pub use crate::check;
    pub use crate::inspect::{expires_at, inspect_bytes, issued_at};
    pub use crate::keeper::{Keeper, Kept, Thread, place_of};
    pub use crate::request::{Credentials, Request, Target};
    pub use crate::schedule::{Times, retry_at, schedule};
    pub use crate::token::MAX_LEN as TOKEN_MAX;
}
