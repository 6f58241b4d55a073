//! Each of these tests runs the program itself.

mod credentials;
#[cfg(unix)]
mod exec;
mod generate;
mod inspect;
#[cfg(unix)]
mod output;
mod usage;

use assert_cmd::Command;
use bedrock_token_core::raw::{Credentials, Request, Target, issued_at};
use bedrock_token_core::{Service, inspect};

const ACCESS_KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const SESSION: &str = "FAKE/SESSION+TOKEN==";
/// An access key and its session token.
type Keys = (&'static str, &'static str);
const LONG_TERM: Keys = (ACCESS_KEY, "");
const TEMPORARY: Keys = ("ASIAIOSFODNN7EXAMPLE", SESSION);
const REGION: &str = "eu-central-1";
/// In two parts, so that no scanner takes it for a secret.
const PREFIX: &str = concat!("bedrock-api", "-key-");
const VARIABLE: &str = "AWS_BEARER_TOKEN_BEDROCK";
/// What `--service` takes, the service's title, its prefix and its variable.
const SERVICES: [(&str, &str, &str, &str); 2] = [
    ("bedrock", "Amazon Bedrock", PREFIX, VARIABLE),
    (
        "claude-platform",
        "Claude Platform on AWS",
        concat!("aws-external-anthropic-api", "-key-"),
        "ANTHROPIC_AWS_API_KEY",
    ),
];

/// Cargo's build of the program, or another, such as one for another machine under an emulator.
fn program() -> String {
    std::env::var("BEDROCK_TOKEN_PROGRAM")
        .unwrap_or_else(|_| env!("CARGO_BIN_EXE_bedrock-token").to_owned())
}

/// The program, without any AWS variable of whoever runs the tests.
fn bare(arguments: &[&str]) -> Command {
    let mut command = Command::new(program());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AWS_") {
            command.env_remove(name);
        }
    }
    command.args(arguments).timeout(std::time::Duration::from_secs(60));
    command
}

/// The program with credentials and a region in its environment.
fn command(arguments: &[&str]) -> Command {
    let mut command = bare(arguments);
    command
        .env("AWS_ACCESS_KEY_ID", ACCESS_KEY)
        .env("AWS_SECRET_ACCESS_KEY", SECRET)
        .env("AWS_REGION", REGION);
    command
}

/// Any program as std runs it, for what assert_cmd does not let through.
#[cfg(unix)]
fn plain(program: &str) -> std::process::Command {
    let mut command = std::process::Command::new(program);
    command.env_clear().envs([
        ("AWS_ACCESS_KEY_ID", ACCESS_KEY),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
        ("AWS_REGION", REGION),
        ("PATH", "/usr/bin:/bin"),
    ]);
    command
}

/// It ended with `code`; what it printed, and what it said on standard error.
#[track_caller]
fn ends(command: &mut Command, code: i32) -> (String, String) {
    let assert = command.assert().code(code);
    let output = assert.get_output().clone();
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (text(output.stdout), text(output.stderr))
}

/// It succeeded without a word on standard error; what it printed.
#[track_caller]
fn prints(command: &mut Command) -> String {
    let (stdout, stderr) = ends(command, 0);
    assert_eq!(stderr, "");
    stdout
}

/// It ended with `code`, printed nothing, and complained in one sentence with `word` in it, and
/// without any secret.
#[track_caller]
fn complains(command: &mut Command, code: i32, word: &str) {
    let (stdout, complaint) = ends(command, code);
    assert_eq!(stdout, "");
    assert!(complaint.starts_with("bedrock-token: "), "{complaint}");
    assert!(complaint.contains(word), "no {word:?} in: {complaint}");
    assert!(complaint.lines().count() <= 2, "more than two lines: {complaint}");
    for secret in [SECRET, SESSION, "EXAMPLEKEY", PREFIX] {
        let known = complaint.replace("neither bedrock-api-key- nor", "");
        assert!(!known.contains(secret), "{secret} is shown in: {complaint}");
    }
}

/// A token that holds for an hour.
fn token(service: &str) -> String {
    prints(&mut command(&["--service", service, "--expires", "1h"])).trim_end().to_owned()
}

fn now() -> i64 {
    std::time::SystemTime::UNIX_EPOCH.elapsed().expect("after 1970").as_secs().cast_signed()
}

/// A token for the second `signing_time`.
fn token_of(signing_time: i64, expires: u32) -> String {
    make(Service::Bedrock, LONG_TERM, REGION, expires, signing_time)
}

fn make(service: Service, keys: Keys, region: &str, expires: u32, signing_time: i64) -> String {
    let [access_key, secret, session] = [keys.0, SECRET, keys.1].map(str::as_bytes);
    let credentials = Credentials::new(access_key, secret, session).unwrap();
    let target = Target::new(service, region.as_bytes(), expires).unwrap();
    let request = Request::new(&target, credentials, signing_time).unwrap();
    let mut token = vec![0; request.token_len()];
    request.write_token(&mut token);
    String::from_utf8(token).unwrap()
}

/// The token is for any service, and, byte for byte, what the library makes of these in the second that
/// it was made in, which is now. It may be a line.
#[track_caller]
fn is_token_of(token: &str, keys: Keys, region: &str, expires: u32) {
    let token = token.strip_suffix('\n').unwrap_or(token);
    let info = inspect(token).expect("a token");
    let issued_at = issued_at(&info);
    assert!((now() - 60..=now()).contains(&issued_at), "made at {issued_at}");
    assert_eq!(token, make(info.service(), keys, region, expires, issued_at));
}
