//! The C ABI of bedrock-token: `include/bedrock_token.h` is generated from this crate, and its
//! opening, in `cbindgen.toml`, states the contract. Each function here checks its pointers, calls
//! `bedrock-token-core` and hands out the result.
#![deny(unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks)]
// The opening of the header says what a caller must promise, for all functions.
#![allow(clippy::missing_safety_doc)]
// The names are C's.
#![allow(non_camel_case_types)]

// The exported functions; public for fuzz/ and tests/miri/, which make a Rust crate of this one.
#[cfg(not(target_arch = "wasm32"))]
pub mod generate;
pub mod generate_into;
pub mod inspect;
#[cfg(not(target_arch = "wasm32"))]
pub mod provider;
pub mod schedule;
pub mod service;
pub mod status;
pub mod version;

// The modules that they use. A WebAssembly module has no clock, threads or forks.
#[cfg_attr(target_arch = "wasm32", path = "wasm.rs")]
mod allocator;
mod argument;
mod call;
#[cfg(not(target_arch = "wasm32"))]
mod clock;
#[cfg(not(target_arch = "wasm32"))]
mod fork;
#[cfg(not(target_arch = "wasm32"))]
mod keeper;
mod output;
mod residue;
#[cfg(not(target_arch = "wasm32"))]
mod shared_token;
#[cfg(not(target_arch = "wasm32"))]
mod thread;
#[cfg(not(target_arch = "wasm32"))]
mod token_memory;
#[cfg(all(windows, target_env = "gnu", target_arch = "x86_64"))]
mod unload;
