//! Where the output goes: a terminal, a pipe, nowhere. A token that nobody can read is a failure.
#![cfg(unix)]

mod common;
use std::fs::File;
use std::io::Read;
use std::process::{Command, Stdio};

use common::*;

/// The program as std runs it, for what assert_cmd does not let through.
fn plain(program: &str) -> Command {
    let mut command = Command::new(program);
    command.env_clear().envs([
        ("AWS_ACCESS_KEY_ID", ACCESS_KEY),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
        ("AWS_REGION", REGION),
        ("PATH", "/usr/bin:/bin"),
    ]);
    command
}

/// What `sh` says of a script in which $0 is the program.
fn shell(script: &str) -> (i32, String, String) {
    let output = plain("sh").args(["-c", script, &program()]).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_terminal_gets_the_token_alone() {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let terminal = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
    let open = || File::options().read(true).write(true).open(&terminal).unwrap();
    let mut child = plain(&program()).stdin(open()).stdout(open()).stderr(open()).spawn().unwrap();
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    let mut master = File::from(master);
    while !text.ends_with(b"\n") {
        let len = master.read(&mut buffer).expect("the terminal");
        text.extend_from_slice(&buffer[..len]);
    }
    assert!(child.wait().unwrap().success());
    // The terminal makes \r\n of a newline.
    let text = String::from_utf8(text).unwrap().replace("\r\n", "\n");
    is_line_of(&text, ACCESS_KEY, "", REGION, 43_200);
}

#[test]
fn a_file_and_dev_null_are_fine() {
    assert_eq!(shell("\"$0\" >/dev/null").0, 0);
    // Opened for reading too, as Python and others do.
    assert_eq!(shell("\"$0\" 1<>/dev/null").0, 0);
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
fn closed_and_full_errors_and_a_closed_input_do_no_harm() {
    assert_eq!(shell("\"$0\" --frobnicate 2>&-").0, 2);
    assert_eq!(shell("\"$0\" --frobnicate 2>/dev/full").0, 2);
    assert_eq!(shell("\"$0\" <&-").0, 0);
    let (code, _, stderr) = shell("\"$0\" inspect - <&-");
    assert_eq!((code, stderr.as_str()), (1, "bedrock-token: token: empty\n"));
    // A warning that cannot be written is no reason for having no token.
    assert_eq!(shell("AWS_SESSION_TOKEN=x \"$0\" 2>/dev/full").0, 0);
}
