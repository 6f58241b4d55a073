//! `exec`: runs a program with a token in place of the credentials.

use crate::*;

fn exec(arguments: &[&str]) -> assert_cmd::Command {
    let mut command = command(&["exec", "--expires", "1h", "--"]);
    command.args(arguments);
    command
}

/// The variables of AWS that `env` printed, in order.
fn of_aws(environment: &str) -> Vec<&str> {
    let prefixes = ["AWS_", "AMAZON_", "ANTHROPIC_", "BOTO_"];
    let of_aws = |line: &&str| prefixes.iter().any(|prefix| line.starts_with(prefix));
    let mut lines: Vec<_> = environment.lines().filter(of_aws).collect();
    lines.sort_unstable();
    lines
}

#[test]
fn the_program_has_the_token_and_no_credentials() {
    let mut command = exec(&["env"]);
    let to_hide = "AMAZON_ACCESS_KEY_ID AMAZON_SECRET_ACCESS_KEY AMAZON_SESSION_TOKEN \
        ANTHROPIC_AWS_API_KEY AWS_ACCESS_KEY AWS_CONFIG_FILE AWS_CONTAINER_AUTHORIZATION_TOKEN \
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE AWS_CONTAINER_CREDENTIALS_FULL_URI \
        AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CREDENTIAL_EXPIRATION AWS_CREDENTIAL_FILE \
        AWS_CREDENTIAL_PROFILES_FILE AWS_DEFAULT_PROFILE AWS_PROFILE AWS_ROLE_ARN \
        AWS_ROLE_SESSION_NAME AWS_SECRET_KEY AWS_SECURITY_TOKEN AWS_SHARED_CREDENTIALS_FILE \
        AWS_WEB_IDENTITY_TOKEN_FILE";
    command.envs(to_hide.split_whitespace().map(|name| (name, "2099-01-01T00:00:00Z")));
    command.env("AWS_ACCESS_KEY_ID", TEMPORARY.0).env("AWS_SESSION_TOKEN", SESSION);
    command.env("AWS_CA_BUNDLE", "/etc/ssl/ca.pem").env("OTHER", "kept");
    let environment = prints(&mut command);
    let [
        token,
        "AWS_CA_BUNDLE=/etc/ssl/ca.pem",
        "AWS_CONFIG_FILE=/dev/null",
        "AWS_DEFAULT_REGION=eu-central-1",
        "AWS_EC2_METADATA_DISABLED=true",
        "AWS_REGION=eu-central-1",
        "AWS_SHARED_CREDENTIALS_FILE=/dev/null",
        "BOTO_CONFIG=/dev/null",
    ] = of_aws(&environment)[..]
    else {
        panic!("{environment}");
    };
    let token = token.strip_prefix("AWS_BEARER_TOKEN_BEDROCK=").unwrap();
    is_token_of(token, TEMPORARY, REGION, 3600);
    assert!(environment.lines().any(|line| line == "OTHER=kept"));
    assert!(!environment.contains(SECRET) && !environment.contains(SESSION));
}

#[test]
fn the_program_may_keep_the_credentials() {
    let mut command = command(&["exec", "--keep-credentials", "--", "env"]);
    let environment = prints(command.env("AWS_PROFILE", "work"));
    let names: Vec<_> =
        of_aws(&environment).iter().map(|line| line.split('=').next().unwrap()).collect();
    assert_eq!(
        names.join(" "),
        "AWS_ACCESS_KEY_ID AWS_BEARER_TOKEN_BEDROCK AWS_DEFAULT_REGION AWS_PROFILE AWS_REGION \
         AWS_SECRET_ACCESS_KEY"
    );
}

#[test]
fn the_region_and_the_service_of_the_token_are_the_programs() {
    let options = ["exec", "--region", "us-west-2", "--service", "claude-platform", "--", "env"];
    let environment = prints(command(&options).env(VARIABLE, "another account's"));
    for line in ["AWS_REGION=us-west-2", "AWS_DEFAULT_REGION=us-west-2"] {
        assert!(environment.lines().any(|other| other == line), "{environment}");
    }
    let token = environment.lines().find_map(|line| line.strip_prefix("ANTHROPIC_AWS_API_KEY="));
    is_token_of(token.expect("the token"), LONG_TERM, "us-west-2", 43_200);
    assert!(!environment.contains(VARIABLE));
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
    ends(&mut exec(&["sh", "-c", "exit 7"]), 7);
}

/// The program has the process id that we had: it is the child that the test started.
#[test]
fn no_parent_is_left() {
    let mut command = plain(&program());
    command.args(["exec", "--", "sh", "-c", "echo $$"]).stdout(std::process::Stdio::piped());
    let child = command.spawn().unwrap();
    let id = child.id();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("{id}\n"));
}

/// Rust's runtime ignores SIGPIPE, and its `Command` sets it to the default.
#[cfg(target_os = "linux")]
#[test]
fn signals_are_as_they_were() {
    use std::os::unix::process::ExitStatusExt;

    // The signal that ends the program when it sends it to itself. The file of the process in /proc would tell
    // more, but under qemu-user that is qemu's.
    let ended_by = |front: &[&str], signal: &str| {
        let script = format!("kill -{signal} $$; echo goes on");
        let mut command = plain("env");
        command.args(front).arg(program()).args(["exec", "--", "sh", "-c", &script]);
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(text, if output.status.success() { "goes on\n" } else { "" }, "{front:?}");
        output.status.signal()
    };
    assert_eq!(ended_by(&[], "PIPE"), Some(13));
    assert_eq!(ended_by(&[], "USR1"), Some(10));
    assert_eq!(ended_by(&["--ignore-signal=PIPE"], "PIPE"), None);
    assert_eq!(ended_by(&["--block-signal=USR1"], "USR1"), None);
}

#[test]
fn a_program_that_cannot_be_run() {
    complains(&mut exec(&["/nowhere/x"]), 127, "exec: /nowhere/x cannot be run (not found)");
    complains(&mut exec(&["no-such-program"]), 127, "exec: no-such-program cannot be run");
    complains(&mut exec(&["/dev/null"]), 126, "exec: /dev/null cannot be run (permission denied)");
    complains(&mut exec(&[SECRET]), 127, "exec: the program cannot be run");
}

#[test]
fn without_a_token_the_program_is_not_run() {
    let mut ended = exec(&["echo", "ran"]);
    complains(ended.env("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z"), 3, "ended");
    complains(exec(&["echo", "ran"]).env_remove("AWS_ACCESS_KEY_ID"), 1, "AWS_ACCESS_KEY_ID");
    complains(&mut command(&["exec", "--json", "echo", "ran"]), 2, "there is no such option");
}
