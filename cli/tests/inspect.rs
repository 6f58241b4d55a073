//! `inspect` and `check`.

mod common;
use common::*;
use serde_json::Value;

#[test]
fn in_words() {
    let issued_at = now() - 10;
    let token = token_of(issued_at, 3600);
    let words = prints(bare().args(["inspect", &token]));
    let mut lines = words.lines();
    let mut line = || lines.next().unwrap();
    assert_eq!(line(), "service        Amazon Bedrock");
    assert_eq!(line(), "access key     AKIAIOSFODNN7EXAMPLE");
    assert_eq!(line(), "region         eu-central-1");
    assert_eq!(line(), "session token  no");
    assert!(line().starts_with("issued at      20"));
    let end = line();
    assert!(end.starts_with("expires at     20") && end.contains("Z (in 59m "), "{end}");
    assert_eq!(lines.next(), None);

    let words = prints(bare().args(["inspect", &token_of(1_781_524_800, 7200)]));
    assert!(
        words.contains(
            "\nissued at      2026-06-15T12:00:00Z\nexpires at     2026-06-15T14:00:00Z ("
        )
    );
    assert!(words.ends_with(" ago)\n"), "{words}");
}

#[test]
fn a_temporary_token_may_end_sooner() {
    let mut temporary = command(&[]);
    temporary.env("AWS_ACCESS_KEY_ID", TEMPORARY_ACCESS_KEY).env("AWS_SESSION_TOKEN", SESSION);
    let token = prints(&mut temporary);
    let words = prints(bare().args(["inspect", "-"]).write_stdin(token));
    let line = "session token  yes: it ends when the temporary credentials do, if that is sooner";
    assert!(words.lines().any(|l| l == line), "{words}");
}

#[test]
fn in_json() {
    let token = token_of(1_781_524_800, 7200);
    let line = prints(bare().args(["inspect", "-", "--json"]).write_stdin(token));
    assert_eq!(line.lines().count(), 1);
    assert_eq!(
        serde_json::from_str::<Value>(&line).unwrap(),
        serde_json::json!({
            "service": "bedrock",
            "access_key": ACCESS_KEY,
            "region": REGION,
            "has_session": false,
            "issued_at": "2026-06-15T12:00:00Z",
            "issued_at_unix": 1_781_524_800,
            "expires_at": "2026-06-15T14:00:00Z",
            "expires_at_unix": 1_781_532_000,
        })
    );
}

#[test]
fn the_last_second_that_a_token_can_begin_in() {
    let last = 253_402_300_799;
    let token = token_of(last, 43_200);
    let words = prints(bare().args(["inspect", &token]));
    assert!(
        words.contains(
            "issued at      9999-12-31T23:59:59Z\nexpires at     after the year 9999 (in "
        )
    );
    let json: Value =
        serde_json::from_str(&prints(bare().args(["inspect", &token, "--json"]))).unwrap();
    assert_eq!(
        (&json["expires_at"], &json["expires_at_unix"]),
        (&Value::Null, &(last + 43_200).into())
    );
    assert_eq!(prints(bare().args(["check", &token])), "");
}

#[test]
fn the_token_is_an_argument_or_standard_input_or_the_variable() {
    let token = token();
    let expected = prints(bare().args(["inspect", &token, "--json"]));
    let input = bare().args(["inspect", "-", "--json"]).write_stdin(token.clone()).assert();
    assert_eq!(stdout(&input), expected);
    assert_eq!(prints(bare().args(["inspect", "--json"]).env(VARIABLE, &token)), expected);
    complains(bare().args(["inspect"]), 1, "AWS_BEARER_TOKEN_BEDROCK is not set");
}

#[test]
fn white_space_around_it_is_taken_away() {
    let token = token();
    for text in [format!("\u{FEFF}{token}\r\n"), format!("\n \t{token}  \n\n")] {
        prints(bare().args(["inspect", "-"]).write_stdin(text.clone()));
        prints(bare().args(["inspect", &text]));
    }
}

#[test]
fn what_is_not_a_token_is_explained() {
    let token = token();
    let half = &token[..token.len() / 2];
    for (text, word) in [
        (format!("Bearer {token}"), "has Bearer in front of it"),
        (format!("bearer  {token}"), "has Bearer in front of it"),
        (format!("Authorization: Bearer {token}"), "has Bearer in front of it"),
        (format!("AWS_BEARER_TOKEN_BEDROCK={token}"), "has the name of a variable in front"),
        (
            format!("export AWS_BEARER_TOKEN_BEDROCK='{token}'"),
            "has the name of a variable in front",
        ),
        (
            format!("$Env:AWS_BEARER_TOKEN_BEDROCK=\"{token}\""),
            "has the name of a variable in front",
        ),
        (format!("\"{token}\""), "has quotes around it"),
        (format!("'{token}'"), "has quotes around it"),
        (half.into(), "token: cut off in the middle"),
        (
            format!("Bearer {half}"),
            "token: has Bearer in front of it, and is cut off in the middle",
        ),
        (format!("Bearer {ACCESS_KEY}"), "and is an access key, not a token"),
        (PREFIX.into(), "cut off in the middle"),
        (PREFIX[..7].into(), "cut off in the middle"),
        (format!("{half} {}", &token[half.len()..]), "has white space in the middle"),
        (format!("{half}\n{}", &token[half.len()..]), "has white space in the middle"),
        (format!("{half}%{}", &token[half.len()..]), "not Base64"),
        (format!("{token}{token}"), "not Base64"),
        (format!("{PREFIX}aHR0cHM6Ly9leGFtcGxlLmNvbS8="), "the host inside it is another one"),
        (format!("{PREFIX}{}", &token[PREFIX.len() + 4..]), "the host inside it is another one"),
        ("ABSKQmVkcm9ja0FQSUtleS1FWEFNUExF".into(), "a long-term Bedrock API key (ABSK...)"),
        ("AEAARVhBTVBMRQ==".into(), "a long-term key of Claude Platform on AWS (AEAA...)"),
        (ACCESS_KEY.into(), "an access key, not a token"),
        ("anthropic-api-key-EXAMPLE".into(), "a key of another service"),
        ("sk-ant-api03-EXAMPLE".into(), "a key of another service"),
        ("hello".into(), "not a token: it begins with neither"),
        (SECRET.into(), "not a token: it begins with neither"),
        (String::new(), "empty"),
        (" \n".into(), "empty"),
    ] {
        eprintln!("{text}");
        complains(bare().args(["inspect", &text]), 1, word);
        complains(bare().args(["inspect", "-"]).write_stdin(text), 1, word);
    }
}

#[test]
fn cut_off_anywhere_it_is_called_that() {
    let token = token();
    for len in (PREFIX.len()..token.len()).step_by(7).chain(token.len() - 20..token.len()) {
        complains(bare().args(["inspect", &token[..len]]), 1, "token: cut off in the middle");
    }
}

#[test]
fn hostile_input_gets_a_sentence() {
    let token = token();
    let inspect =
        |bytes: Vec<u8>, word| complains(bare().args(["inspect", "-"]).write_stdin(bytes), 1, word);
    inspect(vec![b'A'; 10 << 20], "longer than 1 MiB");
    inspect(format!("{PREFIX}{}", "A".repeat(1_000_000)).into(), "token: ");
    inspect(format!("{token}\0").into(), "NUL");
    inspect([token.as_bytes(), b"\xFF"].concat(), "not text (UTF-8)");
    inspect([b"\xFF\xFE".as_slice(), token.as_bytes()].concat(), "UTF-16");
    inspect("\u{1F511}".repeat(1000).into(), "not a token");
    inspect(format!("{PREFIX}\u{1F511}").into(), "not Base64");
    inspect(format!("\u{1F511}{token}").into(), "not a token");
}

/// The answer is the exit code, and nothing is printed.
#[track_caller]
fn check(code: i32, token: &str, more: &[&str]) {
    for mut command in checks(token, more) {
        command.assert().code(code).stdout("").stderr("");
    }
}

/// The token as an argument, as standard input and as the variable.
fn checks(token: &str, more: &[&str]) -> [assert_cmd::Command; 3] {
    let [mut argument, mut input, mut variable] = [(); 3].map(|()| bare());
    argument.args(["check", token]).args(more);
    input.args(["check", "-"]).args(more).write_stdin(token);
    variable.args(["check"]).args(more).env(VARIABLE, token);
    [argument, input, variable]
}

#[test]
fn check_answers_with_its_exit_code() {
    let holds = token_of(now() - 60, 3600);
    check(0, &holds, &[]);
    check(0, &format!("{holds}\r\n"), &[]);
    check(0, &holds, &["--min-left", "50m"]);
    check(0, &holds, &["--min-left", "3000"]);
    check(3, &holds, &["--min-left", "1h"]);
    check(3, &holds, &["--min-left", "9999h"]);
    check(3, &token_of(now() - 60, 60), &[]);
    check(3, &token_of(0, 43_200), &[]);
}

/// Else a missing variable would look like a token that has ended.
#[test]
fn check_says_why_it_has_no_answer() {
    let token = token();
    for (text, word) in [
        (&token[..token.len() - 4], "token: cut off in the middle"),
        (&format!("Bearer {token}"), "token: has Bearer in front of it"),
        ("", "token: empty"),
    ] {
        for mut command in checks(text, &[]) {
            complains(&mut command, 1, word);
        }
    }
    complains(bare().arg("check"), 1, "token: not given, and AWS_BEARER_TOKEN_BEDROCK is not set");
}

#[test]
fn min_left_that_is_not_a_time_is_a_wrong_command_line() {
    for time in ["", "x", "1x", "1M", "1d", "1500ms", "99999999999999999999"] {
        complains(bare().args(["check", "x", "--min-left", time]), 2, "--min-left: must be");
    }
    complains(&mut command(&["--min-left", "10m"]), 2, "there is no such option");
}
