//! `exec`: runs a program with a token in place of the credentials.
#![cfg(unix)]

mod common;
use common::*;

fn exec(arguments: &[&str]) -> assert_cmd::Command {
    let mut command = command(&["--expires", "1h", "exec", "--"]);
    command.args(arguments);
    command
}

#[test]
fn the_program_has_the_token_and_no_credentials() {
    let mut command = exec(&["env"]);
    for name in [
        "AWS_CREDENTIAL_EXPIRATION",
        "AWS_SECURITY_TOKEN",
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
    ] {
        command.env(name, "2099-01-01T00:00:00Z");
    }
    command.env("AWS_ACCESS_KEY_ID", TEMPORARY_ACCESS_KEY).env("AWS_SESSION_TOKEN", SESSION);
    command.env("AWS_CA_BUNDLE", "/etc/ssl/ca.pem").env("OTHER", "kept");
    let environment = prints(&mut command);
    let mut aws: Vec<_> = environment.lines().filter(|line| line.starts_with("AWS_")).collect();
    aws.sort();
    let [
        token,
        "AWS_CA_BUNDLE=/etc/ssl/ca.pem",
        "AWS_DEFAULT_REGION=eu-central-1",
        "AWS_REGION=eu-central-1",
    ] = aws[..]
    else {
        panic!("{aws:?}");
    };
    let token = token.strip_prefix("AWS_BEARER_TOKEN_BEDROCK=").unwrap();
    is_token_of(token, TEMPORARY_ACCESS_KEY, SESSION, REGION, 3600);
    assert!(environment.lines().any(|line| line == "OTHER=kept"));
    assert!(!environment.contains(SECRET) && !environment.contains(SESSION));
}

#[test]
fn the_region_of_the_token_is_the_programs() {
    let mut command = command(&[
        "exec",
        "--region",
        "us-west-2",
        "--",
        "sh",
        "-c",
        "echo $AWS_REGION $AWS_DEFAULT_REGION",
    ]);
    assert_eq!(prints(&mut command), "us-west-2 us-west-2\n");
}

#[test]
fn arguments_input_and_exit_code_are_the_programs() {
    assert_eq!(
        prints(&mut exec(&["printf", "%s|", "a b", "--region", "x", "--", "-h", ""])),
        "a b|--region|x|--|-h||"
    );
    // The first word that is not an option is the program, also without -- in front of it.
    assert_eq!(prints(&mut command(&["exec", "printf", "%s|", "--json"])), "--json|");
    assert_eq!(prints(exec(&["cat"]).write_stdin("through")), "through");
    exec(&["sh", "-c", "exit 7"]).assert().code(7);
}

#[test]
fn no_parent_is_left() {
    // The program has the process id that we had: it is the child that the test started.
    let mut child = std::process::Command::new(program())
        .args(["--region", REGION, "exec", "--", "sh", "-c", "echo $$; exec cat"])
        .envs([("AWS_ACCESS_KEY_ID", ACCESS_KEY), ("AWS_SECRET_ACCESS_KEY", SECRET)])
        .env_remove("AWS_SESSION_TOKEN")
        .env_remove("AWS_CREDENTIAL_EXPIRATION")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let id = child.id();
    let output = {
        drop(child.stdin.take());
        child.wait_with_output().unwrap()
    };
    assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("{id}\n"));
}

#[test]
fn signals_are_the_programs_too() {
    // Rust ignores SIGPIPE; the program must not inherit that.
    let output =
        prints(&mut exec(&["sh", "-c", "(yes; echo $? >&2) 2>/dev/null | head -n1; trap"]));
    assert_eq!(output, "y\n");
    let status = exec(&["sh", "-c", "kill -PIPE $$; echo ignored"]).output().unwrap();
    assert_eq!(status.stdout, b"");
}

#[test]
fn a_program_that_cannot_be_run() {
    complains(&mut exec(&["/nowhere/no-such-program"]), 127, "exec: the program cannot be run");
    complains(&mut exec(&["/dev/null"]), 126, "exec: the program cannot be run");
    complains(&mut exec(&[]), 2, "exec: give a program to run");
}

#[test]
fn without_a_token_the_program_is_not_run() {
    complains(
        exec(&["echo", "ran"]).env("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z"),
        3,
        "expired",
    );
    complains(exec(&["echo", "ran"]).env_remove("AWS_ACCESS_KEY_ID"), 1, "AWS_ACCESS_KEY_ID");
    for option in ["--json", "--inspect", "--check"] {
        complains(&mut command(&[option, "--", "exec", "echo"]), 2, "");
    }
    complains(&mut command(&["--json", "exec", "echo", "ran"]), 2, "exec: ");
    complains(&mut command(&["--format", "env", "exec", "echo", "ran"]), 2, "exec: ");
}
