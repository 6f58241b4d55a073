//! The command `bedrock-token`: generates AWS bearer tokens from the credentials that it is given,
//! says what is in a token, and runs programs with one. It sends nothing anywhere.
// signals.rs alone has unsafe code. `ctor`, which output.rs uses, expands to some.
#![deny(unsafe_code)]

mod action;
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
mod shown;
#[cfg(unix)]
mod signals;
mod usage;

use std::process::ExitCode;

use action::Action;
use arguments::Arguments;
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
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => return Err(usage::refusal(&error)),
        // --help or --version
        Err(text) => return output::write(&text.to_string()),
    };
    match arguments.try_into()? {
        Action::Generate(request, format) => generate::print(&request, format),
        Action::Exec { generate, keep_credentials, program } => {
            exec::run(&generate, keep_credentials, &program)
        }
        Action::Inspect { given, json } => inspect::print(&given, json),
        Action::Check { given, min_left } => check::holds(&given, min_left),
    }
}
