//! The C ABI of bedrock-token: `include/bedrock_token.h` is generated from this crate, and its
//! opening, in `cbindgen.toml`, states the contract. Each function here checks its pointers, calls
//! `bedrock-token-core` and hands out the result.
#![deny(unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks)]
// What a caller must promise is in the opening of the header, for all functions.
#![allow(clippy::missing_safety_doc)]
// The names are C's.
#![allow(non_camel_case_types)]

mod argument;
mod boundary;
mod generate;
mod inspect;
mod mint;
mod provider;
mod scratch;
mod status;
mod token_memory;
mod version;
