//! `inspect` and `check`.

use assert_cmd::Command;
use serde_json::Value;

use crate::*;

/// The token as an argument, as standard input and as the variable.
fn each_way(command: &str, token: &str, more: &[&str]) -> [Command; 3] {
    let [mut argument, mut input, mut variable] = [(); 3].map(|()| bare(&[command]));
    argument.arg(token);
    input.arg("-").write_stdin(token);
    variable.env(VARIABLE, token);
    [argument, input, variable].map(|mut command| {
        command.args(more);
        command
    })
}

#[test]
fn in_words() {
    let token = token_of(1_781_524_800, 7200);
    let words = "\
service        Amazon Bedrock
access key     AKIAIOSFODNN7EXAMPLE
region         eu-central-1
session token  no
issued at      2026-06-15T12:00:00Z
expires at     2026-06-15T14:00:00Z (";
    for mut command in each_way("inspect", &token, &[]) {
        let printed = prints(&mut command);
        assert!(printed.starts_with(words) && printed.ends_with(" ago)\n"), "{printed}");
    }
    let words = prints(&mut bare(&["inspect", &token_of(now() - 10, 3600)]));
    assert!(words.contains("Z (in 59m "), "{words}");
    let words = prints(&mut bare(&["inspect", &token_of(now() - 60, 60)]));
    assert!(words.ends_with(" ago)\n"), "{words}");

    let mut temporary = command(&[]);
    temporary.env("AWS_ACCESS_KEY_ID", TEMPORARY.0).env("AWS_SESSION_TOKEN", SESSION);
    let words = prints(&mut bare(&["inspect", &prints(&mut temporary)]));
    let line = "session token  yes: it ends when the temporary credentials do, if that is sooner";
    assert!(words.lines().any(|l| l == line), "{words}");
}

#[test]
fn in_json() {
    for mut command in each_way("inspect", &token_of(1_781_524_800, 7200), &["--json"]) {
        let line = prints(&mut command);
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
}

#[test]
fn the_last_second_that_a_token_can_begin_in() {
    let last = 253_402_300_799;
    let token = token_of(last, 43_200);
    let words = prints(&mut bare(&["inspect", &token]));
    let end = "issued at      9999-12-31T23:59:59Z\nexpires at     after the year 9999 (in ";
    assert!(words.contains(end), "{words}");
    let json = prints(&mut bare(&["inspect", &token, "--json"]));
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["expires_at"], Value::Null);
    assert_eq!(json["expires_at_unix"], last + 43_200);
    assert_eq!(prints(&mut bare(&["check", &token])), "");
}

#[test]
fn the_service_is_in_the_token_and_chooses_the_variable() {
    for (service, title, _, variable) in SERVICES {
        let token = token(service);
        for command in ["inspect", "check"] {
            complains(&mut bare(&[command, "--service", service]), 1, variable);
            prints(bare(&[command, "--service", service]).env(variable, &token));
            let wrong = crate::token(SERVICES.iter().find(|row| row.0 != service).unwrap().0);
            let word = format!(", and not for {title}");
            complains(&mut bare(&[command, &wrong, "--service", service]), 1, &word);
            complains(bare(&[command, "--service", service]).env(variable, &wrong), 1, &word);
        }
        let words = prints(&mut bare(&["inspect", &token]));
        assert!(words.starts_with(&format!("service        {title}\n")), "{words}");
        let json = prints(&mut bare(&["inspect", &token, "--json"]));
        assert!(json.starts_with(&format!(r#"{{"service":"{service}","#)), "{json}");
    }
    // Else a missing variable would look like a token that has ended.
    let word = "token: not given, and AWS_BEARER_TOKEN_BEDROCK is not set";
    complains(&mut bare(&["check"]), 1, word);
}

#[test]
fn what_is_not_a_token_is_explained() {
    /// Of a request that is not signed.
    const URL: &str =
        "YmVkcm9jay5hbWF6b25hd3MuY29tLz9BY3Rpb249Q2FsbFdpdGhCZWFyZXJUb2tlbiZWZXJzaW9uPTE=";
    let token = token("bedrock");
    let half = token.len() / 2;
    // @ stands for the token, < and > for its halves.
    for (text, word) in [
        ("Bearer @", "has Bearer in front of it; give the token alone"),
        ("bearer  @", "has Bearer in front of it; give the token alone"),
        ("Authorization: Bearer @", "has Bearer in front of it; give the token alone"),
        ("AWS_BEARER_TOKEN_BEDROCK=@", "has the name of a variable in front"),
        ("export AWS_BEARER_TOKEN_BEDROCK='@'", "has the name of a variable in front"),
        ("$Env:AWS_BEARER_TOKEN_BEDROCK=\"@\"", "has the name of a variable in front"),
        ("\"@\"", "has quotes around it"),
        ("'@'", "has quotes around it"),
        ("<", "token: cut off in the middle"),
        ("Bearer <", "token: has Bearer in front of it, and is cut off in the middle"),
        ("Bearer AKIAIOSFODNN7EXAMPLE", "and is an access key, not a token"),
        ("< >", "has white space in the middle"),
        ("<\n>", "has white space in the middle"),
        ("<%>", "not Base64"),
        ("@@", "not Base64"),
        (&format!("{PREFIX}aHR0cHM6Ly9leGFtcGxlLmNvbS8="), "the host inside it is another one"),
        (&format!("{PREFIX}{}", &token[PREFIX.len() + 4..]), "the host inside it is another one"),
        (&format!("{PREFIX}{URL}"), "not a presigned URL as AWS's generators make it"),
        ("ABSKQmVkcm9ja0FQSUtleS1FWEFNUExF", "a long-term Bedrock API key (ABSK...)"),
        ("AEAARVhBTVBMRQ==", "a long-term key of Claude Platform on AWS (AEAA...)"),
        (ACCESS_KEY, "an access key, not a token"),
        ("anthropic-api-key-EXAMPLE", "a key of another service"),
        ("sk-ant-api03-EXAMPLE", "a key of another service"),
        ("hello", "not a token: it begins with neither"),
        (SECRET, "not a token: it begins with neither"),
        ("\u{1F511}@", "not a token"),
        ("", "token: empty"),
        (" \n", "token: empty"),
    ] {
        eprintln!("{text}");
        let text = text.replace('@', &token).replace('<', &token[..half]);
        let text = text.replace('>', &token[half..]);
        for mut command in each_way("inspect", &text, &[]) {
            complains(&mut command, 1, word);
        }
        complains(&mut bare(&["check", &text]), 1, word);
    }
}

#[test]
fn cut_off_anywhere_it_is_called_that() {
    for (service, _, prefix, _) in SERVICES {
        let token = token(service);
        let lengths = (7..token.len()).step_by(7).chain([prefix.len()]);
        for len in lengths.chain(token.len() - 20..token.len()) {
            let (_, complaint) = ends(&mut bare(&["inspect", &token[..len]]), 1);
            assert_eq!(complaint, "bedrock-token: token: cut off in the middle\n", "{len}");
        }
    }
}

#[test]
fn hostile_input_gets_a_sentence() {
    let token = token("bedrock");
    for (text, word) in [
        (format!("{PREFIX}{}", "A".repeat(1_000_000)), "token: "),
        ("A".repeat(1 << 20), "not a token"),
        ("\u{1F511}".repeat(1000), "not a token"),
        (format!("{PREFIX}\u{1F511}"), "not Base64"),
    ] {
        complains(bare(&["inspect", "-"]).write_stdin(text), 1, word);
    }
    // The credentials are read in the same way.
    for (bytes, word) in [
        (vec![b'A'; (1 << 20) + 1], "longer than 1 MiB"),
        (format!("{token}\0").into(), "has a NUL byte in it"),
        ([token.as_bytes(), b"\xFF"].concat(), "not text (UTF-8)"),
        ([b"\xFF\xFE".as_slice(), token.as_bytes()].concat(), "UTF-16"),
    ] {
        complains(bare(&["inspect", "-"]).write_stdin(bytes.clone()), 1, word);
        complains(command(&["--credentials", "-"]).write_stdin(bytes), 1, word);
    }
}

/// The answer is the exit code, and nothing is printed.
#[test]
fn check_answers_with_its_exit_code() {
    let holds = token_of(now() - 60, 3600);
    for (code, token, more) in [
        (3, token_of(now() - 60, 60).as_str(), [].as_slice()), // in the second of its end
        (0, &holds, &[]),
        (0, &format!("\u{FEFF}\n \t{holds}  \r\n"), &[]),
        (0, &holds, &["--min-left", "50m"]),
        (0, &holds, &["--min-left", "3000"]),
        (3, &holds, &["--min-left", "1h"]),
        (3, &holds, &["--min-left", "9999h"]),
        (3, &token_of(0, 43_200), &[]),
    ] {
        for mut command in each_way("check", token, more) {
            assert_eq!(ends(&mut command, code), (String::new(), String::new()), "{more:?}");
        }
    }
    for time in ["", "1x", "1M", "1d", "1500ms", "99999999999999999999"] {
        complains(&mut bare(&["check", "x", "--min-left", time]), 2, "--min-left: must be");
    }
}
