//! Generating: region, life, forms of output.

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::*;

#[test]
fn the_region_is_the_given_one_then_the_environments() {
    let other = "us-west-2";
    let has = |command: &mut assert_cmd::Command, region| {
        is_token_of(&prints(command), LONG_TERM, region, 43_200);
    };
    has(&mut command(&["--region", other]), other);
    has(command(&[]).env("AWS_DEFAULT_REGION", other), REGION);
    has(command(&[]).env("AWS_REGION", "").env("AWS_DEFAULT_REGION", other), other);
    has(command(&[]).env_remove("AWS_REGION").env("AWS_DEFAULT_REGION", other), other);
    complains(command(&[]).env_remove("AWS_REGION"), 2, "region: give --region, or set AWS_REGION");
}

/// core's tests have more wrong regions.
#[test]
fn a_region_is_checked() {
    complains(&mut command(&["--region", ""]), 1, "region: must be");
    complains(command(&[]).env("AWS_REGION", "eu-central-1\n"), 1, "region: must be");
}

#[test]
fn a_life_in_seconds_or_in_units() {
    for (expires, seconds) in
        [("3600", 3600), ("1h", 3600), ("90m", 5400), ("1h30m5s", 5405), ("12h", 43_200), ("1s", 1)]
    {
        is_token_of(&prints(&mut command(&["--expires", expires])), LONG_TERM, REGION, seconds);
    }
    for expires in
        ["0", "43201", "-1", "", " 60", "1x", "h", "13h", "500ms", "1.5h", "1d", "1h 30m", "1min"]
    {
        complains(&mut command(&["--expires", expires]), 1, "expires: must be 1 to 43200 seconds");
    }
}

#[test]
fn forms() {
    for (service, _, prefix, variable) in SERVICES {
        for (form, front, back) in [
            ("token", "", "\n"),
            ("env", "export @=", "\n"),
            ("env-no-export", "@=", "\n"),
            ("powershell", "$Env:@=\"", "\"\n"),
        ] {
            let options = ["--service", service, "--expires", "1h", "--format", form];
            let line = prints(&mut command(&options));
            let token = line.strip_prefix(&front.replace('@', variable));
            let token = token.and_then(|rest| rest.strip_suffix(back));
            let token = token.unwrap_or_else(|| panic!("{form}: {line}"));
            assert!(token.starts_with(prefix), "{token}");
            is_token_of(token, LONG_TERM, REGION, 3600);
        }
    }
}

#[test]
fn json_has_the_token_and_its_end() {
    for form in [["--json"].as_slice(), &["--format", "json"]] {
        for (service, ..) in SERVICES {
            let mut command = command(&["--service", service, "--expires", "1h"]);
            let line = prints(command.args(form));
            assert_eq!(line.lines().count(), 1);
            let json: Value = serde_json::from_str(&line).expect("JSON");
            is_token_of(json["token"].as_str().unwrap(), LONG_TERM, REGION, 3600);
            assert_eq!((&json["region"], &json["service"]), (&REGION.into(), &service.into()));
            assert!((now() + 3540..=now() + 3600).contains(&end(&json)), "{line}");
        }
    }
}

#[test]
fn the_end_is_the_credentials_when_they_end_sooner() {
    let soon = OffsetDateTime::from_unix_timestamp(now() + 1200).unwrap();
    let json = |expires| -> Value {
        let mut command = command(&["--expires", expires, "--json"]);
        command.env("AWS_CREDENTIAL_EXPIRATION", soon.format(&Rfc3339).unwrap());
        serde_json::from_str(&prints(&mut command)).unwrap()
    };
    assert_eq!(end(&json("1h")), soon.unix_timestamp());
    assert!(end(&json("10m")) < soon.unix_timestamp());
    is_token_of(json("1h")["token"].as_str().unwrap(), LONG_TERM, REGION, 3600);
}

/// Both of its forms say the same.
fn end(json: &Value) -> i64 {
    let time = OffsetDateTime::parse(json["expires_at"].as_str().unwrap(), &Rfc3339).unwrap();
    assert_eq!(json["expires_at_unix"], time.unix_timestamp());
    time.unix_timestamp()
}
