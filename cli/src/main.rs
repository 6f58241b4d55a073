//! The command `bedrock-token`: generates AWS bearer tokens from the credentials that it is given,
//! says what is in a token, and runs programs with one. It sends nothing anywhere.
// signals.rs alone has unsafe code. `ctor`, which output.rs uses, expands to some.
#![deny(unsafe_code)]

mod arguments;
mod clock;
mod credentials;
mod exec;
mod explain;
mod failure;
mod generate;
mod input;
mod inspect;
mod output;
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
    protect();
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::complain(&failure.message);
            failure.exit_code.into()
        }
    }
}

/// Keeps secrets out of what others can read of this process.
fn protect() {
    // A panic's message may show a value.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or(String::new(), |place| format!(" at {place}"));
        output::complain(&format!("internal error{place}; please report it"));
    }));
    // No core dump, and no /proc/PID/environ for other processes of this user. The program that
    // `exec` runs is not concerned: the kernel sets this anew for it.
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // It fails where the kernel has no such call, and then there is nothing to do about it.
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
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
        Some(Command::Check { given, min_left }) => inspect::check(&given, min_left.as_deref()),
    }
}
