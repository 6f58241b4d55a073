//! Where credentials come from, and which are refused.

#[cfg(unix)]
use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

use assert_cmd::Command;

use crate::*;

/// The program with `text` as credentials on standard input.
fn given(text: impl Into<Vec<u8>>) -> Command {
    let mut command = bare(&["--credentials", "-", "--region", REGION]);
    command.write_stdin(text);
    command
}

#[track_caller]
fn is_accepted(text: &str) {
    is_token_of(&prints(&mut given(text)), TEMPORARY, REGION, 43_200);
}

/// All forms of `aws configure export-credentials`, with an end in 2099.
fn forms() -> Vec<String> {
    let end = "2099-01-01T00:00:00+00:00";
    let variables = [
        ("AWS_ACCESS_KEY_ID", TEMPORARY.0),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
        ("AWS_SESSION_TOKEN", SESSION),
        ("AWS_CREDENTIAL_EXPIRATION", end),
    ];
    // @ is the name, % the value.
    let lines = ["export @=%\n", "@=%\n", "$Env:@=\"%\"\n", "set @=%\n", "set -gx @ \"%\"\n"]
        .map(|line| variables.map(|(name, value)| line.replace('@', name).replace('%', value)));
    let mut forms = vec![json(&format!(r#""Expiration": "{end}""#))];
    forms.extend(lines.map(|lines| lines.concat()));
    forms
}

fn json(more: &str) -> String {
    format!(
        r#"{{
  "Version": 1,
  "AccessKeyId": "{}",
  "SecretAccessKey": "{SECRET}",
  "SessionToken": "{SESSION}",
  {more}
}}
"#,
        TEMPORARY.0
    )
}

#[test]
fn every_form_that_aws_prints_with_what_editors_and_windows_add() {
    for text in forms() {
        is_accepted(&text);
        is_accepted(&text.replace('\n', "\r\n"));
        is_accepted(&format!("\u{FEFF}{text}"));
        is_accepted(&format!("\n  {text}\n\n"));
        is_accepted(text.trim_end());
    }
}

/// Quotes, a `;` and a comment are taken away, as a shell does. Other shell syntax is refused.
#[test]
fn a_value_is_what_a_shell_makes_of_it() {
    let with = |secret: &str| {
        format!(
            "# of today\n\nexport AWS_ACCESS_KEY_ID={};\n\
             AWS_SECRET_ACCESS_KEY={}\n$env:AWS_SESSION_TOKEN = \"{SESSION}\";\n\
             PATH=$HOME/bin:$PATH\n",
            TEMPORARY.0,
            secret.replace('@', SECRET)
        )
    };
    for secret in r#"@|@;|@ ; |@ # of today|@; # of today|"@"|'@';|"@" # of today| @"#.split('|') {
        is_accepted(&with(secret));
    }
    for secret in
        r#"@; export A=1|@ A=1|@$X|@`id`|@\|@&|"@|@"|"@"x|'@'#x|"$X@"|'@'"x"|$(@)"#.split('|')
    {
        let word = "line 4: after AWS_SECRET_ACCESS_KEY=, write a plain value";
        complains(&mut given(with(secret)), 1, word);
    }
    for line in ["set \"AWS_ACCESS_KEY_ID=@\"", "$ENV:AWS_ACCESS_KEY_ID=\"@\""] {
        let line = line.replace('@', ACCESS_KEY);
        let text = format!("{line}\nset AWS_SECRET_ACCESS_KEY={SECRET}");
        is_token_of(&prints(&mut given(text)), LONG_TERM, REGION, 43_200);
    }
}

/// Also of AWS STS, and of the endpoints of instances and containers.
#[test]
fn json_may_be_of_others_and_have_other_fields() {
    let plain = json(r#""Expiration": "2099-01-01T00:00:00Z""#).replace("  \"Version\": 1,\n", "");
    is_accepted(&plain);
    is_accepted(&format!(r#"{{"Credentials": {plain}, "AssumedRoleUser": {{"Arn": "x"}}}}"#));
    let endpoint = plain.replace("SessionToken", "Token");
    is_accepted(&endpoint);
    is_accepted(&endpoint.replacen('{', r#"{"Code": "Success", "Type": "AWS-HMAC","#, 1));
    is_accepted(&json(r#""AccountId": "1", "More": {"Version": [2]}"#).replace('/', r"\/"));
    let long_term = format!(
        r#"{{"Version":1,"AccessKeyId":"{ACCESS_KEY}","SecretAccessKey":"{SECRET}","SessionToken":null,"Expiration":""}}"#
    );
    is_token_of(&prints(&mut given(long_term)), LONG_TERM, REGION, 43_200);
}

#[test]
fn a_file_is_read_in_place_of_the_environment() {
    let folder = concat!(env!("CARGO_TARGET_TMPDIR"), "/credentials");
    std::fs::create_dir_all(folder).unwrap();
    let file = format!("{folder}/aws");
    std::fs::write(&file, &forms()[0]).unwrap();
    let mut in_file = command(&["--credentials", &file]);
    let line = prints(in_file.env("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z"));
    is_token_of(&line, TEMPORARY, REGION, 43_200);
    std::fs::remove_file(&file).unwrap();
    for (file, word) in [
        (file.as_str(), format!("credentials: {file} cannot be read (not found)")),
        (folder, format!("credentials: {folder} cannot be read")),
        // The credentials themselves in the place of a file are not shown.
        (&json(r#""More": 1"#), "credentials: the file cannot be read".into()),
        (SECRET, "credentials: the file cannot be read".into()),
        (ACCESS_KEY, "credentials: the file cannot be read".into()),
    ] {
        complains(&mut command(&["--credentials", file]), 1, &word);
    }
}

#[test]
fn nothing_there_is_told_in_two_lines_with_the_way_out() {
    assert_eq!(
        ends(&mut bare(&["--region", REGION]), 1).1,
        "bedrock-token: no credentials: AWS_ACCESS_KEY_ID is not set, and --credentials is not given.\n\
         Try: aws configure export-credentials | bedrock-token --credentials -\n"
    );
    complains(command(&[]).env_remove("AWS_SECRET_ACCESS_KEY"), 1, "AWS_SECRET_ACCESS_KEY");
    complains(&mut given(""), 1, "the input is empty");
    complains(&mut given(" \n\u{FEFF}\r\n"), 1, "the input is empty");
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
        complains(command(&[]).env(name, ""), 1, name);
    }
    for name in ["AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION"] {
        is_token_of(&prints(command(&[]).env(name, "")), LONG_TERM, REGION, 43_200);
    }
}

#[test]
fn the_end_is_a_time_and_ended_credentials_are_refused_with_exit_code_3() {
    let ends_at = |end: &str, code, word: &str| {
        let mut variable = command(&[]);
        variable.env("AWS_CREDENTIAL_EXPIRATION", end);
        complains(&mut variable, code, &format!("AWS_CREDENTIAL_EXPIRATION: {word}"));
        let text = json(&format!(r#""Expiration": "{end}""#));
        complains(&mut given(text), code, &format!(" Expiration: {word}"));
    };
    for end in ["2020-01-01T00:00:00.123456+02:00", "1969-12-31T23:59:59Z", "0001-01-01T00:00:00Z"]
    {
        ends_at(end, 3, "the credentials ended at ");
    }
    for end in ["tomorrow", "1781524800", "2026-06-15T12:00:00", "2099-13-01T00:00:00Z", " "] {
        ends_at(end, 1, "must be a time like");
    }
    // A variable that is left over, beside a new long-term key.
    let mut left_over = command(&[]);
    left_over.env("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z");
    complains(&mut left_over, 3, "ended at 2020-01-01T00:00:00Z, ");
    complains(&mut left_over, 3, " ago; a long-term access key (AKIA) has no end");
    prints(command(&[]).env("AWS_CREDENTIAL_EXPIRATION", "9999-12-31T23:59:59.9Z"));
}

#[test]
fn what_the_library_refuses_is_refused_by_name() {
    let mut temporary = command(&[]);
    complains(temporary.env("AWS_ACCESS_KEY_ID", TEMPORARY.0), 1, "session token: missing");
    for (name, value, word) in [
        ("AWS_ACCESS_KEY_ID", "AKIA IOS", "access key: "),
        ("AWS_SECRET_ACCESS_KEY", &format!("{SECRET}\n"), "secret: "),
        ("AWS_SESSION_TOKEN", &format!("{SESSION} "), "session token: "),
        ("AWS_REGION", "us-east-1a", "region: "),
        ("AWS_CREDENTIAL_EXPIRATION", "1d", "AWS_CREDENTIAL_EXPIRATION: "),
    ] {
        complains(command(&[]).env(name, value), 1, word);
        #[cfg(unix)]
        complains(command(&[]).env(name, OsStr::from_bytes(b"\xFF")), 1, word);
    }
}

#[test]
fn a_long_term_key_beside_a_session_token_is_warned_of() {
    let (line, warning) = ends(command(&[]).env("AWS_SESSION_TOKEN", SESSION), 0);
    is_token_of(&line, (ACCESS_KEY, SESSION), REGION, 43_200);
    assert!(warning.starts_with("bedrock-token: warning: the access key is a long-term one"));
    assert!(!warning.contains(SESSION) && !warning.contains(ACCESS_KEY));
}

/// JSON with a part of it replaced by another.
#[test]
fn wrong_json_gets_a_sentence() {
    let secret = format!("\"{SECRET}\"");
    for (part, other, word) in [
        ("@", r#""More": {"#, "not valid JSON"),
        ("@", "\"More\": 1} x {", "not valid JSON"),
        ("@", &format!("\"More\": {}", "[".repeat(100_000)), "not valid JSON"),
        ("@", r#""Version": 1"#, "a field is there twice"),
        ("@", &format!("\"SecretAccessKey\": {secret}"), "a field is there twice"),
        ("@", r#""Expiration": 1781524800"#, "Expiration must be a string"),
        ("@", r#""Token": "x""#, "both SessionToken and Token are there"),
        ("@", r#""Code": "Failed""#, "Code is not Success"),
        ("@", r#""Credentials": {}"#, "both AccessKeyId and Credentials are there"),
        (": 1,", ": 2,", "Version must be 1"),
        (": 1,", ": \"1\",", "Version must be 1"),
        (": 1,", ": 1.5,", "Version must be 1"),
        ("AccessKeyId", "accessKeyId", "AccessKeyId is missing"),
        ("SecretAccessKey", "Secret", "SecretAccessKey is missing"),
        ("SessionToken", "Session", "session token: missing"),
        (SESSION, "\\u0000", "session token: "),
        (SECRET, "x\\n", "secret: "),
        (&secret, "[1]", "SecretAccessKey must be a string"),
        (&secret, "null", "SecretAccessKey is missing"),
    ] {
        eprintln!("{part:.50} {other:.50}");
        let text = json("@").replace(part, other).replace('@', r#""More": 1"#);
        complains(&mut given(text), 1, word);
    }
}

#[test]
fn other_wrong_input_gets_a_sentence() {
    let profile = "aws configure export-credentials --profile NAME";
    for (text, word) in [
        ("{", "not valid JSON (line 1, column 1)"),
        ("{}", "AccessKeyId is missing"),
        ("{}{}", "not valid JSON"),
        (r#"{"Credentials": "x"}"#, "Credentials must be an object"),
        (r#"{"Credentials": {"Token": "x", "Token": "y"}}"#, "a field is there twice"),
        (r#"{"Credentials": {}}"#, "AccessKeyId is missing"),
        (r#"{"roleCredentials": {}}"#, profile),
        ("[default]\naws_access_key_id = K\naws_secret_access_key = S", profile),
        ("aws_access_key_id = K", "a file of profiles"),
        ("[1]", "line 1 is neither"),
        (SECRET, "line 1 is neither"),
        ("AWS_ACCESS_KEY_ID=K\nS", "line 2 is neither"),
        ("AWS_ACCESS_KEY_ID=K", "AWS_SECRET_ACCESS_KEY"),
        ("AWS_SECRET_ACCESS_KEY=S", "AWS_ACCESS_KEY_ID is not in the input"),
        ("AWS_ACCESS_KEY_ID=\nAWS_SECRET_ACCESS_KEY=S", "AWS_ACCESS_KEY_ID is not in the input"),
        ("AWS_SECRET_ACCESS_KEY=S\nAWS_SECRET_ACCESS_KEY=S", "AWS_SECRET_ACCESS_KEY is set twice"),
        ("set AWS_ACCESS_KEY_ID=\"K\"", "line 1: after AWS_ACCESS_KEY_ID=, write a plain value"),
        ("<p class=\"x\">\n<html>", "line 1 is neither"),
    ] {
        eprintln!("{text:.200}");
        complains(&mut given(text), 1, word);
    }
}
