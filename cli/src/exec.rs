use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::process::Command;

use bedrock_token_core::Service;

use crate::arguments::Generate;
use crate::failure::{Failure, reason, shown};
use crate::{generate, service};

/// Variables that hold AWS credentials, or lead to some.
const CREDENTIALS: &str = "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_SECURITY_TOKEN \
    AWS_CREDENTIAL_EXPIRATION AWS_ACCESS_KEY AWS_SECRET_KEY AMAZON_ACCESS_KEY_ID \
    AMAZON_SECRET_ACCESS_KEY AMAZON_SESSION_TOKEN AWS_CREDENTIAL_FILE \
    AWS_CREDENTIAL_PROFILES_FILE AWS_PROFILE AWS_DEFAULT_PROFILE AWS_ROLE_ARN AWS_ROLE_SESSION_NAME \
    AWS_WEB_IDENTITY_TOKEN_FILE AWS_CONTAINER_CREDENTIALS_RELATIVE_URI \
    AWS_CONTAINER_CREDENTIALS_FULL_URI AWS_CONTAINER_AUTHORIZATION_TOKEN \
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

/// Files with credentials, which SDKs also read if these variables are not set.
const FILES: [&str; 3] = ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "BOTO_CONFIG"];

const NULL_DEVICE: &str = if cfg!(windows) { "NUL" } else { "/dev/null" };

/// Runs `program` with a token and its region in the environment.
pub fn run(
    request: &Generate,
    keep_credentials: bool,
    program: &[OsString],
) -> Result<(), Failure> {
    let token = generate(request)?;
    let [name, arguments @ ..] = program else { unreachable!("clap requires a program") };
    let mut command = Command::new(name);
    command.args(arguments);
    if !keep_credentials {
        hide_credentials(&mut command);
    }
    command.env(service::variable(token.service), &token.text);
    // A token is for one region, so the program must call that one. SDKs read either.
    command.env("AWS_REGION", &token.region).env("AWS_DEFAULT_REGION", &token.region);
    drop(token);
    let error = replace(command);
    // As `env` and the shells say it.
    let exit_code = if error.kind() == ErrorKind::NotFound { 127 } else { 126 };
    let name = shown(name).unwrap_or("the program");
    let message = format!("exec: {name} cannot be run ({})", reason(&error)).into();
    Err(Failure { exit_code, message })
}

#[cfg(unix)]
use generate::generate;

/// On Windows, this process stays while the program runs. The keys on the stack of a thread go with it.
#[cfg(windows)]
fn generate(request: &Generate) -> Result<generate::Token, Failure> {
    std::thread::scope(|scope| scope.spawn(|| generate::generate(request)).join())
        .expect("it does not panic")
}

/// An SDK finds no credentials then, and says so. It must not go on as somebody else: as the default
/// profile, or with the role of the machine.
fn hide_credentials(command: &mut Command) {
    let tokens = [Service::Bedrock, Service::ClaudePlatform].map(service::variable);
    for variable in CREDENTIALS.split(' ').chain(tokens) {
        command.env_remove(variable);
    }
    for variable in FILES {
        command.env(variable, NULL_DEVICE);
    }
    command.env("AWS_EC2_METADATA_DISABLED", "true");
}

/// Replaces this process with the program. It returns only if that fails.
#[cfg(unix)]
fn replace(mut command: Command) -> io::Error {
    use std::os::unix::process::CommandExt;
    crate::signals::pass_on(&mut command);
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
