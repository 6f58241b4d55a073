//! The command `bedrock-token`: generates AWS bearer tokens from the credentials that it is given,
//! says what is in a token, and runs programs with one. It sends nothing anywhere.
// signals.rs alone has unsafe code. `ctor`, which output.rs uses, expands to some.
#![deny(unsafe_code)]

mod arguments;
mod check;
mod clock;
mod credentials;
mod duration;
mod exec;
mod explain;
mod failure;
mod format;
mod generate;
mod given_token;
mod input;
mod inspect;
mod output;
mod protect;
mod service;
#[cfg(unix)]
mod signals;
mod usage;

use std::process::ExitCode;

use arguments::{Arguments, Command, Format};
use clap::Parser;
use failure::Failure;

/// Wipes each block of memory when it is freed, whoever used it: us, clap or serde_json.
#[global_allocator]
static WIPING: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn main() -> ExitCode {
    protect::process();
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::complain(failure.message());
            failure.exit_code()
        }
    }
}

fn run() -> Result<(), Failure> {
    let Arguments { generate, format, json, command } = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => return Err(usage::refusal(&error)),
        // --help or --version
        Err(text) => return output::write(&text.to_string()),
    };
    match command {
        None if json => generate::print(&generate, Format::Json),
        None => generate::print(&generate, format.unwrap_or(Format::Token)),
        Some(Command::Exec { generate, keep_credentials, program }) => {
            exec::run(&generate, keep_credentials, &program)
        }
        Some(Command::Inspect { given, json }) => inspect::print(&given, json),
        Some(Command::Check { given, min_left }) => check::holds(&given, min_left.as_deref()),
    }
}
