//! Where the output goes: a file, a pipe, nowhere. A token that nobody can read is a failure.

use std::process::Stdio;

use crate::*;

/// What `sh` says of a script in which $0 is the program.
fn shell(script: &str) -> (i32, String, String) {
    let output = plain("sh").args(["-c", script, &program()]).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_full_or_closed_output_is_a_failure() {
    for (script, word) in [
        ("\"$0\" >/dev/full", "standard output: cannot write"),
        ("\"$0\" --json >/dev/full", "standard output: cannot write"),
        ("\"$0\" --help >/dev/full", "standard output: cannot write"),
        ("\"$0\" | \"$0\" inspect - >/dev/full", "standard output: cannot write"),
        ("\"$0\" >&-", "standard output: closed"),
        ("\"$0\" --version >&-", "standard output: closed"),
        ("\"$0\" 1</dev/null", "standard output: cannot write"),
    ] {
        let (code, stdout, stderr) = shell(script);
        assert_eq!((code, stdout.as_str()), (1, ""), "{script}: {stderr}");
        assert!(
            stderr.starts_with("bedrock-token: ") && stderr.contains(word),
            "{script}: {stderr}"
        );
    }
}

#[test]
fn a_pipe_that_nobody_reads_is_a_failure() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = plain(&program()).stdout(writer).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stderr.starts_with(b"bedrock-token: standard output: cannot write"));
}

#[test]
fn other_files_do_no_harm() {
    assert_eq!(shell("\"$0\" --frobnicate 2>&-").0, 2);
    assert_eq!(shell("\"$0\" --frobnicate 2>/dev/full").0, 2);
    assert_eq!(shell("\"$0\" <&-").0, 0);
    let (code, _, stderr) = shell("\"$0\" inspect - <&-");
    assert_eq!((code, stderr.as_str()), (1, "bedrock-token: token: empty\n"));
    assert_eq!(shell("\"$0\" >/dev/null").0, 0);
    // Opened for reading too, as Python and others do.
    assert_eq!(shell("\"$0\" 1<>/dev/null").0, 0);
    // A warning that cannot be written is no reason for having no token.
    assert_eq!(shell("AWS_SESSION_TOKEN=x \"$0\" 2>/dev/full").0, 0);
}
