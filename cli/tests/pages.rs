//! The manual page and the completions, which are made from the command line's definition.

mod common;
use std::fs::read_to_string;
use std::process::Command;

use common::*;

#[test]
fn every_option_is_on_every_page() {
    let folder = concat!(env!("CARGO_TARGET_TMPDIR"), "/pages");
    let status = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--locked", "--package", "bedrock-token-pages"])
        .args(["--", folder])
        .status()
        .unwrap();
    assert!(status.success());

    let help = prints(bare().arg("--help"));
    let options: Vec<&str> = help
        .split_ascii_whitespace()
        .filter_map(|word| word.trim_end_matches([',', ':']).strip_prefix("--"))
        .filter(|name| name.len() > 1)
        .collect();
    assert!(options.len() > 10, "{options:?}");
    for page in [
        "man/man1/bedrock-token.1",
        "bash-completion/completions/bedrock-token",
        "fish/vendor_completions.d/bedrock-token.fish",
        "powershell/completions/bedrock-token.ps1",
        "zsh/site-functions/_bedrock-token",
    ] {
        let text = read_to_string(format!("{folder}/{page}")).unwrap().replace("\\-", "-");
        for option in options.iter().copied().chain(["exec"]) {
            assert!(text.contains(option), "{page}: no {option}");
        }
    }
    let manual = read_to_string(format!("{folder}/man/man1/bedrock-token.1")).unwrap();
    for section in ["SYNOPSIS", "CREDENTIALS", "ENVIRONMENT", "\"EXIT STATUS\"", "EXAMPLES"] {
        assert!(manual.contains(&format!(".SH {section}\n")), "no {section}");
    }
}
