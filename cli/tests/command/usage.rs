//! What a wrong command line gets: a sentence, without any value.

use std::ffi::OsString;

use crate::*;

#[test]
fn help_fits_on_one_screen() {
    let help = prints(&mut bare(&["-h"]));
    assert!(help.starts_with("Generates AWS bearer tokens"), "{help}");
    assert!(help.lines().count() <= 24, "{} lines", help.lines().count());
    let options = "--region --service --expires --credentials --format --json inspect check exec";
    for option in options.split(' ') {
        assert!(help.contains(option), "no {option}");
    }
    let long = prints(&mut bare(&["--help"]));
    for more in [help.lines().next().unwrap(), "Uses:", "Exit codes: ", "report a bug: https://"] {
        assert!(long.contains(more), "no {more}");
    }
    for text in [help, long] {
        assert!(text.lines().all(|line| line.len() <= 80), "{text}");
    }
    assert!(prints(&mut bare(&["exec", "--help"])).contains("AWS_CONFIG_FILE"));
}

#[test]
fn version() {
    let expected = concat!("bedrock-token ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(prints(&mut bare(&["--version"])), expected);
}

#[test]
fn a_sentence_for_each_mistake() {
    for (line, word) in [
        ("--regoin eu-central-1", "there is no such option; did you mean --region?"),
        ("--frobnicate", "there is no such option"),
        ("-z", "there is no such option"),
        ("eu-central-1", "takes options, or one of the commands inspect, check and exec"),
        ("inspct", "there is no such command; did you mean inspect?"),
        ("--profile work", "aws configure export-credentials --profile NAME"),
        ("--service vertex", "--service: must be one of bedrock, claude-platform"),
        ("--json=yes", "--json: takes no value"),
        ("--format xml", "--format: must be one of token, env, env-no-export, powershell, json"),
        ("--format", "--format: must be one of"),
        ("--region", "--region: takes a value"),
        ("--credentials", "--credentials: takes a value"),
        ("--region a --region b", "--region: given twice"),
        ("--json --format env", "--json: does not go with --format"),
        ("inspect - check", "takes no other words"),
        ("inspect - --format env", "there is no such option"),
        ("inspect - --region a", "there is no such option"),
        ("check - --credentials a", "there is no such option"),
        ("check - --json", "there is no such option"),
        ("--region eu-central-1 exec -- true", "the options of a command come after its name"),
        ("--json inspect", "the options of a command come after its name"),
        ("exec", "exec: give a program"),
        ("exec --frobnicate", "there is no such option"),
    ] {
        eprintln!("{line}");
        complains(&mut command(&line.split(' ').collect::<Vec<_>>()), 2, word);
    }
}

/// Whatever is typed for the @: it may be a secret, and standard error ends up in logs.
const TYPED: &str = "@|-- @|--@|-@|--inspet=@|--json=@|--region=@.|--expires=@|--format=@|--service=@\
    |--credentials=@|inspect @|check @|check --min-left=@|--min-left=@|inspect x @|inspect - --min-left=@\
    |--region @ --region @|exec --@|exec /nowhere/@|exec --region=@. true|--json exec @";

#[track_caller]
fn complains_without_it(arguments: &[OsString]) {
    let output = command(&[]).args(arguments).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(1 | 2 | 127)), "{arguments:?}: {}", output.status);
    assert!(output.stdout.is_empty(), "{arguments:?}");
    assert!(!complaint.contains("CANARY"), "{arguments:?}: {complaint}");
    assert!(complaint.starts_with("bedrock-token: "), "{arguments:?}: {complaint}");
}

#[test]
fn nothing_that_was_typed_is_shown() {
    for line in TYPED.replace('@', &format!("{PREFIX}CANARY")).split('|') {
        complains_without_it(&line.split(' ').map(OsString::from).collect::<Vec<_>>());
    }
}

#[cfg(unix)]
#[test]
fn arguments_that_are_not_utf8_get_a_sentence() {
    use std::os::unix::ffi::OsStringExt;
    for line in TYPED.split('|') {
        let bytes = |word: &str| word.bytes().map(|b| if b == b'@' { 0xFF } else { b }).collect();
        let words = line.split(' ').map(|word| OsString::from_vec(bytes(word)));
        complains_without_it(&words.collect::<Vec<_>>());
    }
}
