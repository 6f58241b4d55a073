#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod check;
mod date_time;
mod error;
mod inspect;
mod percent;
mod presign;
mod provider;
mod renewal;
mod request;
mod service;
mod token;

pub use error::Error;
pub use inspect::{Info, inspect};
pub use provider::{Kept, Next, Provider, Renewal, Thread, spread};
pub use renewal::{Times, retry_at, schedule};
pub use request::{Credentials, Request};
pub use service::Service;
pub use token::MAX_LEN as TOKEN_MAX;
