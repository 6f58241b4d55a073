use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::process::Command;

use crate::arguments::{Generate, Service};
use crate::failure::Failure;
use crate::generate;

/// Variables that hold AWS credentials or lead to them. The program gets the token in their place.
const CREDENTIALS: [&str; 16] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
];

/// Runs `program` with a token and its region in the environment.
pub fn run(request: &Generate, service: Service, program: &[OsString]) -> Result<(), Failure> {
    let token = generate::generate(request, service)?;
    let [name, arguments @ ..] = program else { unreachable!("clap requires a program") };
    let mut command = Command::new(name);
    command.args(arguments);
    for variable in CREDENTIALS {
        command.env_remove(variable);
    }
    command.env(service.variable(), &token.text);
    // A token is for one region, so the program must call that one. SDKs read either.
    command.env("AWS_REGION", &token.region).env("AWS_DEFAULT_REGION", &token.region);
    drop(token);
    Err(not_run(&replace(command)))
}

fn not_run(error: &io::Error) -> Failure {
    let exit_code = if error.kind() == ErrorKind::NotFound { 127 } else { 126 };
    Failure::not_run(exit_code, format!("exec: the program cannot be run ({})", error.kind()))
}

/// Replaces this process with the program. It returns only if that fails.
#[cfg(unix)]
fn replace(mut command: Command) -> io::Error {
    use std::os::unix::process::CommandExt;
    command.exec()
}

/// Windows cannot do that: waits for the program, and ends as it does. Ctrl-C reaches it as it
/// reaches us, so we only have to stay.
#[cfg(windows)]
fn replace(mut command: Command) -> io::Error {
    let stay = ctrlc::set_handler(|| {});
    debug_assert!(stay.is_ok(), "the only handler");
    match command.status() {
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(error) => error,
    }
}
