//! Generating: region, life, forms of output.

mod common;
use common::*;
use serde_json::Value;

#[test]
fn a_token_alone_on_its_line() {
    is_line_of(&prints(&mut command(&[])), ACCESS_KEY, "", REGION, 43_200);
}

#[test]
fn a_session_token_is_in_it_and_an_empty_one_is_not() {
    let mut temporary = command(&[]);
    temporary.env("AWS_ACCESS_KEY_ID", TEMPORARY_ACCESS_KEY).env("AWS_SESSION_TOKEN", SESSION);
    is_line_of(&prints(&mut temporary), TEMPORARY_ACCESS_KEY, SESSION, REGION, 43_200);
    let line = prints(command(&[]).env("AWS_SESSION_TOKEN", ""));
    is_line_of(&line, ACCESS_KEY, "", REGION, 43_200);
}

#[test]
fn the_region_is_the_given_one_then_the_environments() {
    let region = |command: &mut assert_cmd::Command, region| {
        is_line_of(&prints(command), ACCESS_KEY, "", region, 43_200);
    };
    region(&mut command(&["--region", "us-west-2"]), "us-west-2");
    region(&mut command(&["--region=us-west-2"]), "us-west-2");
    region(command(&[]).env("AWS_DEFAULT_REGION", "us-west-2"), REGION);
    region(command(&[]).env("AWS_REGION", "").env("AWS_DEFAULT_REGION", "us-west-2"), "us-west-2");
    region(
        command(&[]).env_remove("AWS_REGION").env("AWS_DEFAULT_REGION", "us-west-2"),
        "us-west-2",
    );
    complains(command(&[]).env_remove("AWS_REGION"), 2, "region: give --region, or set AWS_REGION");
}

#[test]
fn a_region_that_cannot_be_one_is_refused() {
    // Also zones, prefixes of model IDs, and parts of regions.
    for region in [
        "",
        "eu_central_1",
        "eu-central-1 ",
        "Eu-central-1",
        "\u{fc}",
        "us-east-1a",
        "us",
        "global",
        "us-east",
    ] {
        complains(&mut command(&["--region", region]), 1, "region: must be");
    }
    complains(command(&[]).env("AWS_REGION", "eu-central-1\n"), 1, "region: must be");
}

#[test]
fn a_life_in_seconds_or_in_units() {
    for (given, seconds) in [
        ("60", 60),
        ("3600", 3600),
        ("1h", 3600),
        ("90m", 5400),
        ("1h30m", 5400),
        ("12h", 43_200),
        ("1s", 1),
    ] {
        is_line_of(&prints(&mut command(&["--expires", given])), ACCESS_KEY, "", REGION, seconds);
    }
}

#[test]
fn a_life_that_cannot_be_one_is_refused() {
    for expires in
        ["0", "43201", "-1", "", " 60", "60 ", "1x", "13h", "500ms", "99999999999999999999", "0h"]
    {
        complains(&mut command(&["--expires", expires]), 1, "expires: must be 1 to 43200 seconds");
    }
}

#[test]
fn forms() {
    let form = |form| prints(&mut command(&["--expires", "1h", "--format", form]));
    for (name, front, back) in [
        ("token", "", "\n"),
        ("env", "export AWS_BEARER_TOKEN_BEDROCK=", "\n"),
        ("env-no-export", "AWS_BEARER_TOKEN_BEDROCK=", "\n"),
        ("powershell", "$Env:AWS_BEARER_TOKEN_BEDROCK=\"", "\"\n"),
    ] {
        let line = form(name);
        let token = line.strip_prefix(front).and_then(|rest| rest.strip_suffix(back));
        is_token_of(
            token.unwrap_or_else(|| panic!("{name}: {line}")),
            ACCESS_KEY,
            "",
            REGION,
            3600,
        );
    }
}

#[test]
fn json_has_the_token_and_its_end() {
    for arguments in [["--json"].as_slice(), &["--format", "json"]] {
        let line = prints(command(&["--expires", "1h"]).args(arguments));
        let json: Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(line.lines().count(), 1);
        is_token_of(json["token"].as_str().unwrap(), ACCESS_KEY, "", REGION, 3600);
        assert_eq!(json["region"], REGION);
        assert_eq!(json["service"], "bedrock");
        let end = json["expires_at_unix"].as_i64().unwrap();
        assert!((now() + 3540..=now() + 3600).contains(&end), "{end}");
        assert_eq!(seconds_of(&json["expires_at"]), end);
    }
}

#[test]
fn the_end_is_the_credentials_when_they_end_sooner() {
    let end = now() + 1200;
    let json = |expires| {
        let mut command = command(&["--expires", expires, "--json"]);
        command.env("AWS_CREDENTIAL_EXPIRATION", rfc3339(end));
        serde_json::from_str::<Value>(&prints(&mut command)).unwrap()
    };
    assert_eq!(json("1h")["expires_at_unix"], end);
    assert_eq!(seconds_of(&json("1h")["expires_at"]), end);
    assert!(json("10m")["expires_at_unix"].as_i64().unwrap() < end);
    is_token_of(json("1h")["token"].as_str().unwrap(), ACCESS_KEY, "", REGION, 3600);
}

fn rfc3339(unix_seconds: i64) -> String {
    use time::format_description::well_known::Rfc3339;
    time::OffsetDateTime::from_unix_timestamp(unix_seconds).unwrap().format(&Rfc3339).unwrap()
}

fn seconds_of(rfc3339: &Value) -> i64 {
    use time::format_description::well_known::Rfc3339;
    let text = rfc3339.as_str().expect("a string");
    time::OffsetDateTime::parse(text, &Rfc3339).expect("RFC 3339").unix_timestamp()
}
