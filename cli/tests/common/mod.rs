//! What the tests of the command share. Each of them runs the program itself.
#![allow(dead_code)] // each test file uses some of it

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use bedrock_token_core::raw::{Credentials, Request, Target, issued_at};
use bedrock_token_core::{Service, inspect};

pub const ACCESS_KEY: &str = "AKIAIOSFODNN7EXAMPLE";
pub const TEMPORARY_ACCESS_KEY: &str = "ASIAIOSFODNN7EXAMPLE";
pub const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
pub const SESSION: &str = "FAKE/SESSION+TOKEN==";
pub const REGION: &str = "eu-central-1";
/// In two parts, so that no scanner takes it for a secret.
pub const PREFIX: &str = concat!("bedrock-api", "-key-");
pub const VARIABLE: &str = "AWS_BEARER_TOKEN_BEDROCK";

/// Cargo's build of the program, or another, such as one for another machine under an emulator.
pub fn program() -> String {
    std::env::var("BEDROCK_TOKEN_PROGRAM")
        .unwrap_or_else(|_| env!("CARGO_BIN_EXE_bedrock-token").to_owned())
}

/// The program, without any AWS variable of whoever runs the tests.
pub fn bare() -> Command {
    let mut command = Command::new(program());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AWS_") {
            command.env_remove(name);
        }
    }
    command.timeout(std::time::Duration::from_secs(60));
    command
}

/// The program with credentials and a region in its environment.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = bare();
    command
        .env("AWS_ACCESS_KEY_ID", ACCESS_KEY)
        .env("AWS_SECRET_ACCESS_KEY", SECRET)
        .env("AWS_REGION", REGION)
        .args(arguments);
    command
}

pub fn stdout(assert: &Assert) -> &str {
    str::from_utf8(&assert.get_output().stdout).expect("standard output is text")
}

pub fn stderr(assert: &Assert) -> &str {
    str::from_utf8(&assert.get_output().stderr).expect("standard error is text")
}

/// It succeeded without a word on standard error; what it printed.
#[track_caller]
pub fn prints(command: &mut Command) -> String {
    let assert = command.assert().code(0).stderr("");
    stdout(&assert).to_owned()
}

/// It ended with `code`, printed nothing, and complained in one sentence with `word` in it, and
/// without any secret.
#[track_caller]
pub fn complains(command: &mut Command, code: i32, word: &str) {
    let assert = command.assert().code(code).stdout("");
    let complaint = stderr(&assert);
    assert!(complaint.starts_with("bedrock-token: "), "{complaint}");
    assert!(complaint.contains(word), "no {word:?} in: {complaint}");
    assert!(complaint.lines().count() <= 2, "more than two lines: {complaint}");
    for secret in [SECRET, SESSION, "EXAMPLEKEY", PREFIX] {
        let known = complaint.replace("neither bedrock-api-key- nor", "");
        assert!(!known.contains(secret), "{secret} is shown in: {complaint}");
    }
}

/// A token that holds for an hour.
pub fn token() -> String {
    prints(&mut command(&["--expires", "1h"])).trim_end().to_owned()
}

pub fn now() -> i64 {
    std::time::SystemTime::UNIX_EPOCH.elapsed().expect("after 1970").as_secs().cast_signed()
}

/// A token for the second `signing_time`.
pub fn token_of(signing_time: i64, expires: u32) -> String {
    make(Service::Bedrock, ACCESS_KEY, "", REGION, expires, signing_time)
}

fn make(
    service: Service,
    access_key: &str,
    session: &str,
    region: &str,
    expires: u32,
    signing_time: i64,
) -> String {
    let credentials =
        Credentials::new(access_key.as_bytes(), SECRET.as_bytes(), session.as_bytes()).unwrap();
    let target = Target::new(service, region.as_bytes(), expires).unwrap();
    let request = Request::new(&target, credentials, signing_time).unwrap();
    let mut token = vec![0; request.token_len()];
    request.write_token(&mut token);
    String::from_utf8(token).unwrap()
}

/// `token` is for any service, and, byte for byte, what the library makes of these in the second that it was made in,
/// which is now.
#[track_caller]
pub fn is_token_of(token: &str, access_key: &str, session: &str, region: &str, expires: u32) {
    let info = inspect(token).expect("a token");
    let (service, issued_at) = (info.service(), issued_at(&info));
    assert!((now() - 60..=now()).contains(&issued_at), "made at {issued_at}");
    assert_eq!(token, make(service, access_key, session, region, expires, issued_at));
}

/// The same for what the program printed: a token alone on its line.
#[track_caller]
pub fn is_line_of(line: &str, access_key: &str, session: &str, region: &str, expires: u32) {
    let token = line.strip_suffix('\n').expect("a newline at the end");
    is_token_of(token, access_key, session, region, expires);
}
