//! What a wrong command line gets: a sentence, without any value.

mod common;
use common::*;

#[test]
fn help_fits_on_one_screen() {
    let help = prints(bare().arg("-h"));
    assert!(help.starts_with("Generates AWS bearer tokens"), "{help}");
    assert!(help.lines().count() <= 24, "{} lines", help.lines().count());
    for option in [
        "--region",
        "--service",
        "--expires",
        "--credentials",
        "--format",
        "--json",
        "inspect",
        "check",
        "exec",
    ] {
        assert!(help.contains(option), "no {option}");
    }
    let long = prints(bare().arg("--help"));
    for more in [help.lines().next().unwrap(), "Uses:", "Exit codes: ", "report a bug: https://"] {
        assert!(long.contains(more), "no {more}");
    }
    for text in [help, long] {
        assert!(text.lines().all(|line| line.len() <= 80), "{text}");
    }
    assert!(prints(bare().args(["exec", "--help"])).contains("PROGRAM"));
    assert!(prints(bare().args(["check", "-h"])).contains("--min-left"));
}

#[test]
fn version() {
    let expected = concat!("bedrock-token ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(prints(bare().arg("--version")), expected);
    assert_eq!(prints(bare().arg("-V")), expected);
}

#[test]
fn a_sentence_for_each_mistake() {
    for (arguments, word) in [
        (["--regoin", REGION].as_slice(), "there is no such option; did you mean --region?"),
        (&["--frobnicate"], "there is no such option"),
        (&["-z"], "there is no such option"),
        (&[REGION], "takes options, or one of the commands inspect, check and exec"),
        (&["inspct"], "there is no such command; did you mean inspect?"),
        (&["--profile", "work"], "aws configure export-credentials --profile NAME"),
        (&["--service", "vertex"], "--service: must be one of bedrock, claude-platform"),
        (&["--json=yes"], "--json: takes no value"),
        (
            &["--format", "xml"],
            "--format: must be one of token, env, env-no-export, powershell, json",
        ),
        (&["--format"], "--format: must be one of"),
        (&["--region"], "--region: takes a value"),
        (&["--credentials"], "--credentials: takes a value"),
        (&["--region", "a", "--region", "b"], "--region: given twice"),
        (&["--json", "--format", "env"], "--json: does not go with --format"),
        (&["inspect", "-", "check"], "takes no other words"),
        (&["inspect", "-", "--format", "env"], "there is no such option"),
        (&["inspect", "-", "--region", "a"], "there is no such option"),
        (&["check", "-", "--credentials", "a"], "there is no such option"),
        (&["check", "-", "--json"], "there is no such option"),
        (
            &["--region", REGION, "exec", "--", "true"],
            "the options of a command come after its name",
        ),
        (&["--json", "inspect"], "the options of a command come after its name"),
        (&["exec"], "exec: give a program"),
        (&["exec", "--frobnicate"], "there is no such option"),
    ] {
        eprintln!("{arguments:?}");
        complains(&mut command(arguments), 2, word);
    }
}

/// Whatever is typed where: it may be a secret, and standard error ends up in logs.
#[test]
fn nothing_that_was_typed_is_shown() {
    let canary = format!("{PREFIX}CANARY");
    let places: &[fn(&str) -> Vec<String>] = &[
        |c| vec![c.into()],
        |c| vec!["--".into(), c.into()],
        |c| vec![format!("--{c}")],
        |c| vec![format!("-{c}")],
        |c| vec![format!("--inspet={c}")],
        |c| vec![format!("--json={c}")],
        |c| vec![format!("--region={c}.")],
        |c| vec![format!("--expires={c}")],
        |c| vec![format!("--format={c}")],
        |c| vec![format!("--service={c}")],
        |c| vec![format!("--credentials={c}")],
        |c| vec!["inspect".into(), c.into()],
        |c| vec!["check".into(), c.into()],
        |c| vec!["check".into(), format!("--min-left={c}")],
        |c| vec![format!("--min-left={c}")],
        |c| vec!["inspect".into(), "x".into(), c.into()],
        |c| vec!["inspect".into(), "-".into(), format!("--min-left={c}")],
        |c| vec!["--region".into(), c.into(), "--region".into(), c.into()],
        |c| vec!["exec".into(), format!("--{c}")],
        |c| vec!["exec".into(), format!("/nowhere/{c}")],
        |c| vec!["exec".into(), format!("--region={c}."), "true".into()],
        |c| vec!["--json".into(), "exec".into(), c.into()],
    ];
    for place in places {
        let arguments = place(&canary);
        let assert = command(&[]).args(&arguments).assert().stdout("");
        assert!(!assert.get_output().status.success(), "{arguments:?}");
        let complaint = stderr(&assert);
        assert!(!complaint.contains("CANARY"), "{arguments:?}: {complaint}");
        assert!(complaint.starts_with("bedrock-token: "), "{arguments:?}: {complaint}");
    }
}

#[cfg(unix)]
#[test]
fn arguments_that_are_not_utf8_get_a_sentence() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    for arguments in [
        [b"\xFF".as_slice()].as_slice(),
        &[b"--\xFF"],
        &[b"--region=\xFF"],
        &[b"--expires=\xFF"],
        &[b"--credentials=/\xFF"],
        &[b"--format=\xFF"],
        &[b"inspect", b"\xFF"],
        &[b"exec", b"/\xFF"],
    ] {
        let assert = command(&[]).args(arguments.iter().map(|a| OsStr::from_bytes(a))).assert();
        assert!(matches!(assert.get_output().status.code(), Some(1 | 2 | 127)), "{arguments:?}");
        assert!(stderr(&assert).starts_with("bedrock-token: "), "{arguments:?}");
    }
}
