//! The version of the library, and of the Rust that it needs, are set in Cargo.toml. Every file that
//! repeats them is listed here. `make update` writes them.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

const VERSION: &str = env!("CARGO_PKG_VERSION");
const RUST: &str = env!("CARGO_PKG_RUST_VERSION");

/// A file, the text before the version, and the version.
const COPIES: [(&str, &str, &str); 10] = [
    ("cbindgen.toml", "#define BEDROCK_TOKEN_VERSION \"", VERSION),
    ("cbindgen.toml", "#define BEDROCK_TOKEN_VERSION_MAJOR ", env!("CARGO_PKG_VERSION_MAJOR")),
    ("cbindgen.toml", "#define BEDROCK_TOKEN_VERSION_MINOR ", env!("CARGO_PKG_VERSION_MINOR")),
    ("cbindgen.toml", "#define BEDROCK_TOKEN_VERSION_PATCH ", env!("CARGO_PKG_VERSION_PATCH")),
    ("bindings/go/awscreds/go.mod", "/bindings/go v", VERSION),
    ("bindings/python/pyproject.toml", "\nversion = \"", VERSION),
    ("README.md", "Rust ", RUST),
    (".github/workflows/ci.yml", "container: rust:", RUST),
    ("packaging/debian/control", "cargo (>= ", RUST),
    ("packaging/debian/control", "rustc (>= ", RUST),
];

#[test]
fn copies_of_the_version_are_the_version() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut other = Vec::new();
    for (file, before, version) in COPIES {
        let path = root.join(file);
        let text = fs::read_to_string(&path).unwrap();
        let starts_version = |&at: &usize| text[at..].starts_with(|c: char| c.is_ascii_digit());
        let start = text
            .match_indices(before)
            .map(|(at, _)| at + before.len())
            .find(starts_version)
            .unwrap_or_else(|| panic!("{file} has no version after `{before}`"));
        let rest = text[start..].trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let found = &text[start..text.len() - rest.len()];
        if found == version {
            continue;
        }
        if env::var_os("BEDROCK_TOKEN_UPDATE").is_some() {
            fs::write(&path, format!("{}{version}{rest}", &text[..start])).unwrap();
        } else {
            other.push(format!("{file}: {}{found}, not {version}", before.trim_start()));
        }
    }
    assert!(other.is_empty(), "other versions; to mend them: make update\n{}", other.join("\n"));
}

#[test]
fn changelog_has_the_version() {
    let changelog = include_str!("../CHANGELOG.md");
    assert!(changelog.contains(&format!("\n## {VERSION}")), "CHANGELOG.md: no `## {VERSION}`");
}

/// The SONAME carries the major version, and so do the names of Debian's packages.
#[test]
fn names_of_the_library_carry_the_major_version() {
    let major = env!("CARGO_PKG_VERSION_MAJOR");
    let names = r"libbedrock(_token\.so\.|-token)[0-9]+(\.[0-9]+)*";
    let output = Command::new("git")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["grep", "-noE", names, "--", ".", ":!tests"])
        .output()
        .expect("git");
    let found = String::from_utf8(output.stdout).unwrap();
    let carries = |line: &&str| {
        let name = line.rsplit(':').next().unwrap();
        let number = name.trim_start_matches(|c: char| !c.is_ascii_digit());
        number.split('.').next() == Some(major)
    };
    let other: Vec<_> = found.lines().filter(|line| !carries(line)).collect();
    assert!(found.lines().count() > 10, "git grep found {found}");
    assert!(other.is_empty(), "names with another major version:\n{}", other.join("\n"));
}
