//! Where credentials come from, and which are refused.

mod common;
use assert_cmd::Command;
use common::*;

/// The program with `text` as credentials on standard input.
fn given(text: impl Into<Vec<u8>>) -> Command {
    let mut command = bare();
    command.args(["--credentials", "-", "--region", REGION]).write_stdin(text);
    command
}

#[track_caller]
fn is_accepted(text: &str) {
    let line = prints(&mut given(text));
    is_line_of(&line, TEMPORARY_ACCESS_KEY, SESSION, REGION, 43_200);
}

/// All forms of `aws configure export-credentials`, with an end in 2099.
fn forms() -> [(&'static str, String); 6] {
    let end = "2099-01-01T00:00:00+00:00";
    let lines = |line: fn(&str, &str) -> String| {
        [
            ("AWS_ACCESS_KEY_ID", TEMPORARY_ACCESS_KEY),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
            ("AWS_SESSION_TOKEN", SESSION),
            ("AWS_CREDENTIAL_EXPIRATION", end),
        ]
        .map(|(name, value)| line(name, value) + "\n")
        .concat()
    };
    [
        ("process", json(&format!(r#""Expiration": "{end}""#))),
        ("env", lines(|name, value| format!("export {name}={value}"))),
        ("env-no-export", lines(|name, value| format!("{name}={value}"))),
        ("powershell", lines(|name, value| format!("$Env:{name}=\"{value}\""))),
        ("windows-cmd", lines(|name, value| format!("set {name}={value}"))),
        ("fish", lines(|name, value| format!("set -gx {name} \"{value}\""))),
    ]
}

fn json(more: &str) -> String {
    format!(
        r#"{{
  "Version": 1,
  "AccessKeyId": "{TEMPORARY_ACCESS_KEY}",
  "SecretAccessKey": "{SECRET}",
  "SessionToken": "{SESSION}",
  {more}
}}
"#
    )
}

#[test]
fn every_form_that_aws_prints() {
    for (form, text) in forms() {
        eprintln!("{form}");
        is_accepted(&text);
    }
}

#[test]
fn with_what_editors_and_windows_add() {
    for (form, text) in forms() {
        eprintln!("{form}");
        is_accepted(&text.replace('\n', "\r\n"));
        is_accepted(&format!("\u{FEFF}{text}"));
        is_accepted(&format!("\n  {text}\n\n"));
        is_accepted(text.trim_end());
    }
}

#[test]
fn an_env_file_may_have_quotes_comments_and_other_variables() {
    is_accepted(&format!(
        "# of today\n\nAWS_ACCESS_KEY_ID=\"{TEMPORARY_ACCESS_KEY}\"\n\
         AWS_SECRET_ACCESS_KEY='{SECRET}'\nHOME=/root\nAWS_SESSION_TOKEN={SESSION}\n"
    ));
}

/// Quotes, a `;` and a comment are taken away, as a shell does. Other shell syntax is refused.
#[test]
fn a_value_is_what_a_shell_makes_of_it() {
    let with = |secret: &str| {
        format!(
            "export AWS_ACCESS_KEY_ID={TEMPORARY_ACCESS_KEY};\n\
             AWS_SECRET_ACCESS_KEY={secret}\n$env:AWS_SESSION_TOKEN = \"{SESSION}\";\n\
             PATH=$HOME/bin:$PATH\n"
        )
    };
    for (before, after) in [
        ("", ""),
        ("", ";"),
        ("", " ; "),
        ("", " # of today"),
        ("", "; # of today"),
        ("\"", "\""),
        ("'", "';"),
        ("\"", "\" # of today"),
        (" ", ""),
    ] {
        is_accepted(&with(&format!("{before}{SECRET}{after}")));
    }
    for (before, after) in [
        ("", "; export A=1"),
        ("", " A=1"),
        ("", "$X"),
        ("", "`id`"),
        ("", "\\"),
        ("", "&"),
        ("\"", ""),
        ("", "\""),
        ("\"", "\"x"),
        ("\"$X", "\""),
        ("'", "'\"x\""),
        ("$(", ")"),
    ] {
        let text = with(&format!("{before}{SECRET}{after}"));
        complains(&mut given(text), 1, "line 2: after AWS_SECRET_ACCESS_KEY=, write a plain value");
    }
    for line in ["set \"AWS_ACCESS_KEY_ID=@\"", "$ENV:AWS_ACCESS_KEY_ID=\"@\""] {
        let line = line.replace('@', ACCESS_KEY);
        let text = format!("{line}\nset AWS_SECRET_ACCESS_KEY={SECRET}");
        is_line_of(&prints(&mut given(text)), ACCESS_KEY, "", REGION, 43_200);
    }
}

#[test]
fn json_of_sts_and_of_the_endpoints_of_instances_and_containers() {
    let end = r#""Expiration": "2099-01-01T00:00:00Z""#;
    let version = "  \"Version\": 1,\n";
    let plain = json(end).replace(version, "");
    is_accepted(&plain);
    is_accepted(&format!(r#"{{"Credentials": {plain}, "AssumedRoleUser": {{"Arn": "x"}}}}"#));
    let endpoint = plain.replace("SessionToken", "Token");
    is_accepted(&endpoint);
    is_accepted(&endpoint.replacen('{', r#"{"Code": "Success", "Type": "AWS-HMAC","#, 1));
}

#[test]
fn json_may_have_escapes_and_other_fields() {
    is_accepted(
        &json(r#""AccountId": "123456789012", "More": {"Version": [2]}"#).replace('/', r"\/"),
    );
    let long_term = format!(
        r#"{{"Version":1,"AccessKeyId":"{ACCESS_KEY}","SecretAccessKey":"{SECRET}","SessionToken":null,"Expiration":""}}"#
    );
    is_line_of(&prints(&mut given(long_term)), ACCESS_KEY, "", REGION, 43_200);
}

#[test]
fn a_file_is_read_in_place_of_the_environment() {
    let folder = Folder::new("credentials-file");
    let file = folder.write("aws", &forms()[0].1);
    let mut command = command(&["--credentials", &file]);
    let line = prints(command.env("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z"));
    is_line_of(&line, TEMPORARY_ACCESS_KEY, SESSION, REGION, 43_200);
    let missing = file + "x";
    complains(
        &mut common::command(&["--credentials", &missing]),
        1,
        &format!("credentials: {missing} cannot be read (not found)"),
    );
    complains(
        &mut common::command(&["--credentials", &folder.0]),
        1,
        &format!("credentials: {} cannot be read", folder.0),
    );
    // The credentials themselves in the place of a file are not shown.
    for wrong in [json(r#""More": 1"#).as_str(), SECRET, TEMPORARY_ACCESS_KEY] {
        let word = "credentials: the file cannot be read";
        complains(&mut common::command(&["--credentials", wrong]), 1, word);
    }
}

#[test]
fn nothing_there_is_told_in_two_lines_with_the_way_out() {
    let assert = bare().args(["--region", REGION]).assert().code(1).stdout("");
    assert_eq!(
        stderr(&assert),
        "bedrock-token: no credentials: AWS_ACCESS_KEY_ID is not set, and --credentials is not given.\n\
         Try: aws configure export-credentials | bedrock-token --credentials -\n"
    );
    complains(command(&[]).env("AWS_ACCESS_KEY_ID", ""), 1, "AWS_ACCESS_KEY_ID");
    complains(command(&[]).env_remove("AWS_SECRET_ACCESS_KEY"), 1, "AWS_SECRET_ACCESS_KEY");
    complains(command(&[]).env("AWS_SECRET_ACCESS_KEY", ""), 1, "AWS_SECRET_ACCESS_KEY");
    complains(&mut given(""), 1, "the input is empty");
    complains(&mut given(" \n\u{FEFF}\r\n"), 1, "the input is empty");
}

#[test]
fn ended_credentials_are_refused_with_exit_code_3() {
    let ended = [
        "2020-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "2020-01-01T00:00:00.123456+02:00",
        "0001-01-01T00:00:00Z",
    ];
    for end in ended {
        complains(
            command(&[]).env("AWS_CREDENTIAL_EXPIRATION", end),
            3,
            "AWS_CREDENTIAL_EXPIRATION: the credentials ended at ",
        );
        complains(
            &mut given(json(&format!(r#""Expiration": "{end}""#))),
            3,
            "Expiration: the credentials ended at ",
        );
    }
    // A variable that is left over, beside a new long-term key.
    let mut left_over = command(&[]);
    left_over.env("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z");
    complains(&mut left_over, 3, "ended at 2020-01-01T00:00:00Z, ");
    complains(&mut left_over, 3, " ago; a long-term access key (AKIA) has no end");
    prints(command(&[]).env("AWS_CREDENTIAL_EXPIRATION", ""));
    prints(command(&[]).env("AWS_CREDENTIAL_EXPIRATION", "9999-12-31T23:59:59.9Z"));
}

#[test]
fn an_end_that_is_not_a_time_is_refused() {
    for end in
        ["tomorrow", "1781524800", "2026-06-15", "2026-06-15T12:00:00", "2099-13-01T00:00:00Z", " "]
    {
        let word = "must be a time like";
        complains(command(&[]).env("AWS_CREDENTIAL_EXPIRATION", end), 1, word);
        complains(&mut given(json(&format!(r#""Expiration": "{end}""#))), 1, "Expiration: must be");
    }
}

#[test]
fn what_the_library_refuses_is_refused_by_name() {
    complains(command(&[]).env("AWS_ACCESS_KEY_ID", "AKIA IOS"), 1, "access key: ");
    complains(
        command(&[]).env("AWS_ACCESS_KEY_ID", TEMPORARY_ACCESS_KEY),
        1,
        "session token: missing",
    );
    complains(command(&[]).env("AWS_SECRET_ACCESS_KEY", format!("{SECRET}\n")), 1, "secret: ");
    complains(command(&[]).env("AWS_SESSION_TOKEN", format!("{SESSION} ")), 1, "session token: ");
}

#[cfg(unix)]
#[test]
fn variables_that_are_not_utf8_are_refused_by_name() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let bad = OsStr::from_bytes(b"\xFF");
    complains(command(&[]).env("AWS_ACCESS_KEY_ID", bad), 1, "access key: ");
    complains(command(&[]).env("AWS_SECRET_ACCESS_KEY", bad), 1, "secret: ");
    complains(command(&[]).env("AWS_SESSION_TOKEN", bad), 1, "session token: ");
    complains(command(&[]).env("AWS_REGION", bad), 1, "region: ");
    complains(command(&[]).env("AWS_CREDENTIAL_EXPIRATION", bad), 1, "AWS_CREDENTIAL_EXPIRATION: ");
}

#[test]
fn a_long_term_key_beside_a_session_token_is_warned_of() {
    let assert = command(&[]).env("AWS_SESSION_TOKEN", SESSION).assert().code(0);
    is_line_of(stdout(&assert), ACCESS_KEY, SESSION, REGION, 43_200);
    assert!(
        stderr(&assert).starts_with("bedrock-token: warning: the access key is a long-term one")
    );
    assert!(!stderr(&assert).contains(SESSION) && !stderr(&assert).contains(ACCESS_KEY));
}

#[test]
fn hostile_input_gets_a_sentence() {
    let long = "x".repeat(10 << 20);
    let nested = "[".repeat(100_000);
    for (text, word) in [
        (long.clone(), "longer than 1 MiB"),
        (format!("{{\"Version\": \"{long}"), "longer than 1 MiB"),
        (format!("AWS_ACCESS_KEY_ID={ACCESS_KEY}\0\n"), "NUL"),
        (json(r#""More": "\u0000""#).replace(SESSION, "\\u0000"), "session token: "),
        ("{".into(), "not valid JSON (line 1, column 1)"),
        ("{}".into(), "AccessKeyId is missing"),
        ("{}{}".into(), "not valid JSON"),
        (json(r#""More": 1"#) + "x", "not valid JSON"),
        (json(&format!(r#""More": {nested}"#)), "not valid JSON"),
        (json(r#""Version": 1"#), "a field is there twice"),
        (json(&format!(r#""SecretAccessKey": "{SECRET}""#)), "a field is there twice"),
        (json(r#""Expiration": 1781524800"#), "Expiration must be a string"),
        (json(r#""More": 1"#).replace(": 1,", ": 2,"), "Version must be 1"),
        (json(r#""More": 1"#).replace(": 1,", ": \"1\","), "Version must be 1"),
        (json(r#""More": 1"#).replace(": 1,", ": 1.5,"), "Version must be 1"),
        (json(r#""More": 1"#).replace("AccessKeyId", "accessKeyId"), "AccessKeyId is missing"),
        (json(r#""More": 1"#).replace("SecretAccessKey", "Secret"), "SecretAccessKey is missing"),
        (json(r#""More": 1"#).replace("SessionToken", "Session"), "session token: missing"),
        (json(r#""Token": "x""#), "both SessionToken and Token are there"),
        (json(r#""Code": "Failed""#), "Code is not Success"),
        (json(r#""Credentials": {}"#), "both AccessKeyId and Credentials are there"),
        (r#"{"Credentials": "x"}"#.into(), "Credentials must be an object"),
        (r#"{"Credentials": {"Token": "x", "Token": "y"}}"#.into(), "a field is there twice"),
        (r#"{"Credentials": {}}"#.into(), "AccessKeyId is missing"),
        (r#"{"roleCredentials": {}}"#.into(), "aws configure export-credentials --profile NAME"),
        (
            format!(
                "[default]\naws_access_key_id = {ACCESS_KEY}\naws_secret_access_key = {SECRET}"
            ),
            "aws configure export-credentials --profile NAME",
        ),
        (format!("aws_access_key_id = {ACCESS_KEY}"), "a file of profiles"),
        (
            json(r#""More": 1"#).replace(&format!("\"{SECRET}\""), "[1]"),
            "SecretAccessKey must be a string",
        ),
        (
            json(r#""More": 1"#).replace(&format!("\"{SECRET}\""), "null"),
            "SecretAccessKey is missing",
        ),
        (
            json(r#""More": 1"#).replace(&format!("\"{SECRET}\""), "true"),
            "SecretAccessKey must be a string",
        ),
        (json(r#""More": 1"#).replace(SECRET, &format!("{SECRET}\\n")), "secret: "),
        ("[1]".into(), "line 1 is neither"),
        (SECRET.into(), "line 1 is neither"),
        (format!("AWS_ACCESS_KEY_ID={ACCESS_KEY}\n{SECRET}"), "line 2 is neither"),
        (format!("AWS_ACCESS_KEY_ID={ACCESS_KEY}"), "AWS_SECRET_ACCESS_KEY"),
        (format!("AWS_SECRET_ACCESS_KEY={SECRET}"), "AWS_ACCESS_KEY_ID is not in the input"),
        (
            format!("AWS_ACCESS_KEY_ID=\nAWS_SECRET_ACCESS_KEY={SECRET}"),
            "AWS_ACCESS_KEY_ID is not in the input",
        ),
        (
            format!("AWS_SECRET_ACCESS_KEY={SECRET}\nAWS_SECRET_ACCESS_KEY={SECRET}"),
            "AWS_SECRET_ACCESS_KEY is set twice",
        ),
        (
            format!("set AWS_ACCESS_KEY_ID=\"{ACCESS_KEY}\"\nset AWS_SECRET_ACCESS_KEY={SECRET}"),
            "line 1: after AWS_ACCESS_KEY_ID=, write a plain value",
        ),
        ("<html>\n<p class=\"x\">".into(), "line 1 is neither"),
    ] {
        eprintln!("{:.200}", text);
        complains(&mut given(text), 1, word);
    }
}

#[test]
fn bytes_that_are_not_utf8_get_a_sentence() {
    complains(&mut given(b"AWS_ACCESS_KEY_ID=\xFF".to_vec()), 1, "not text (UTF-8)");
    let utf16 = |text: String| -> Vec<u8> {
        "\u{FEFF}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    };
    complains(&mut given(utf16(json("\"More\": 1"))), 1, "UTF-16");
}

/// A folder that goes with the test.
struct Folder(String);

impl Folder {
    fn new(name: &str) -> Self {
        let path = format!("{}/{name}", env!("CARGO_TARGET_TMPDIR"));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = format!("{}/{name}", self.0);
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
