//! The C ABI of bedrock-token: `include/bedrock_token.h` is generated from this crate, and its
//! opening, in `cbindgen.toml`, states the contract. Each function here checks its pointers, calls
//! `bedrock-token-core` and hands out the result.
#![deny(unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks)]
// The opening of the header says what a caller must promise, for all functions.
#![allow(clippy::missing_safety_doc)]
// The names are C's.
#![allow(non_camel_case_types)]

// The exported functions.
mod generate;
mod inspect;
mod provider;
mod schedule;
mod service;
mod status;
mod version;

// The modules that they use.
mod allocator;
mod argument;
mod call;
mod clock;
mod fork;
mod output;
mod panic;
mod residue;
mod thread;
mod token_memory;
#[cfg(all(windows, target_env = "gnu", target_arch = "x86_64"))]
mod unload;
