//! `exec`: runs a program with a token in place of the credentials.
#![cfg(unix)]

mod common;
use common::*;

fn exec(arguments: &[&str]) -> assert_cmd::Command {
    let mut command = command(&["exec", "--expires", "1h", "--"]);
    command.args(arguments);
    command
}

#[test]
fn the_program_has_the_token_and_no_credentials() {
    let mut command = exec(&["env"]);
    for name in [
        "AWS_CREDENTIAL_EXPIRATION",
        "AWS_SECURITY_TOKEN",
        "AWS_ACCESS_KEY",
        "AWS_SECRET_KEY",
        "AWS_CREDENTIAL_FILE",
        "AWS_CREDENTIAL_PROFILES_FILE",
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
        "AWS_CONFIG_FILE=/dev/null",
        "AWS_DEFAULT_REGION=eu-central-1",
        "AWS_EC2_METADATA_DISABLED=true",
        "AWS_REGION=eu-central-1",
        "AWS_SHARED_CREDENTIALS_FILE=/dev/null",
    ] = aws[..]
    else {
        panic!("{aws:?}");
    };
    let token = token.strip_prefix("AWS_BEARER_TOKEN_BEDROCK=").unwrap();
    is_token_of(token, TEMPORARY_ACCESS_KEY, SESSION, REGION, 3600);
    for line in ["OTHER=kept", "BOTO_CONFIG=/dev/null"] {
        assert!(environment.lines().any(|other| other == line), "{line}");
    }
    assert!(!environment.contains(SECRET) && !environment.contains(SESSION));
}

#[test]
fn the_program_may_keep_the_credentials() {
    let mut command = command(&["exec", "--keep-credentials", "--", "env"]);
    command.env("AWS_PROFILE", "work").env_remove("AWS_CONFIG_FILE");
    let environment = prints(&mut command);
    let mut names: Vec<_> = environment
        .lines()
        .filter_map(|line| line.split_once('=').map(|(name, _)| name))
        .filter(|name| name.starts_with("AWS_") || *name == "BOTO_CONFIG")
        .collect();
    names.sort();
    let expected = [
        "AWS_ACCESS_KEY_ID",
        "AWS_BEARER_TOKEN_BEDROCK",
        "AWS_DEFAULT_REGION",
        "AWS_PROFILE",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
    ];
    assert_eq!(names, expected);
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
        .args(["exec", "--region", REGION, "--", "sh", "-c", "echo $$; exec cat"])
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

/// Rust's runtime ignores SIGPIPE, and its `Command` sets it and the signal mask to the default.
#[cfg(target_os = "linux")]
#[test]
fn signals_are_as_they_were() {
    let (usr1, pipe) = (1_u64 << 9, 1_u64 << 12);
    // Which of the two signals the program has: (blocked, ignored).
    let signals = |front: &[&str]| {
        let mut command = std::process::Command::new(front[0]);
        command.args(&front[1..]).arg(program());
        command.args(["exec", "--region", REGION, "--", "cat", "/proc/self/status"]);
        command.envs([("AWS_ACCESS_KEY_ID", ACCESS_KEY), ("AWS_SECRET_ACCESS_KEY", SECRET)]);
        let output = command.output().unwrap();
        let status = String::from_utf8(output.stdout).unwrap();
        let set = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let digits = line.unwrap_or_else(|| panic!("{front:?}: {:?}", output.stderr));
            u64::from_str_radix(digits.trim(), 16).unwrap() & (usr1 | pipe)
        };
        (set("SigBlk:"), set("SigIgn:"))
    };
    assert_eq!(signals(&["env"]), (0, 0));
    assert_eq!(signals(&["env", "--ignore-signal=PIPE"]), (0, pipe));
    assert_eq!(signals(&["env", "--block-signal=USR1"]), (usr1, 0));
}

#[test]
fn a_program_that_cannot_be_run() {
    complains(&mut exec(&["/nowhere/x"]), 127, "exec: /nowhere/x cannot be run (not found)");
    complains(&mut exec(&["no-such-program"]), 127, "exec: no-such-program cannot be run");
    complains(&mut exec(&["/dev/null"]), 126, "exec: /dev/null cannot be run (permission denied)");
    complains(&mut exec(&[SECRET]), 127, "exec: the program cannot be run");
    complains(&mut exec(&[]), 2, "exec: give a program to run");
}

#[test]
fn without_a_token_the_program_is_not_run() {
    complains(
        exec(&["echo", "ran"]).env("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z"),
        3,
        "ended",
    );
    complains(exec(&["echo", "ran"]).env_remove("AWS_ACCESS_KEY_ID"), 1, "AWS_ACCESS_KEY_ID");
    complains(&mut command(&["exec", "--json", "echo", "ran"]), 2, "there is no such option");
    complains(&mut command(&["exec", "--format=env", "echo"]), 2, "there is no such option");
}
