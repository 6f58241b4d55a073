//! The version of the library, and of the Rust that it needs, are set in Cargo.toml. Every file that
//! repeats them is listed here. `make update` writes them.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

const VERSION: &str = env!("CARGO_PKG_VERSION");
const RUST: &str = env!("CARGO_PKG_RUST_VERSION");

/// A file, the text before the version, and the version.
const COPIES: &[(&str, &str, &str)] = &[
    ("cbindgen.toml", "#define BEDROCK_TOKEN_VERSION \"", VERSION),
    ("cbindgen.toml", "#define BEDROCK_TOKEN_VERSION_MAJOR ", env!("CARGO_PKG_VERSION_MAJOR")),
    ("cbindgen.toml", "#define BEDROCK_TOKEN_VERSION_MINOR ", env!("CARGO_PKG_VERSION_MINOR")),
    ("cbindgen.toml", "#define BEDROCK_TOKEN_VERSION_PATCH ", env!("CARGO_PKG_VERSION_PATCH")),
    ("bindings/go/awscreds/go.mod", "/bindings/go v", VERSION),
    ("bindings/go/sdks/go.mod", "/bindings/go v", VERSION),
    ("bindings/go/sdks/go.mod", "/awscreds v", VERSION),
    ("bindings/java/bedrocktoken/BedrockToken.java", "// bedrock-token ", VERSION),
    ("bindings/java/bedrocktoken/SdkTokens.java", "// bedrock-token ", VERSION),
    ("bindings/javascript/package.json", "\n  \"version\": \"", VERSION),
    ("bindings/python/pyproject.toml", "\nversion = \"", VERSION),
    ("bindings/crystal/bedrock_token.cr", "# bedrock-token ", VERSION),
    ("bindings/lua/bedrock_token.lua", "-- bedrock-token ", VERSION),
    ("bindings/nim/bedrock_token.nim", "## bedrock-token ", VERSION),
    ("bindings/perl/BedrockToken.pm", "# bedrock-token ", VERSION),
    ("bindings/perl/BedrockToken.pm", "VERSION = '", VERSION),
    ("bindings/php/bedrock_token.php", "// bedrock-token ", VERSION),
    ("bindings/ruby/bedrock_token.rb", "# bedrock-token ", VERSION),
    ("bindings/ruby/bedrock_token.rb", "VERSION = \"", VERSION),
    ("docs/install.sh", "/download/v", VERSION),
    ("docs/install.sh", "/bedrock-token-", VERSION),
    ("docs/verify.sh", "/download/v", VERSION),
    ("docs/verify.sh", "file=bedrock-token-", VERSION),
    ("cli/uses/github-actions.yml", "/download/v", VERSION),
    ("cli/uses/github-actions.yml", "/bedrock-token-", VERSION),
    ("README.md", "Rust ", RUST),
    (".github/workflows/ci.yml", "container: rust:", RUST),
    (".github/workflows/release.yml", "container: rust:", RUST),
    ("packaging/debian/control", "cargo (>= ", RUST),
    ("packaging/debian/control", "rustc (>= ", RUST),
];

#[test]
fn copies_of_the_version_are_the_version() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut other = Vec::new();
    for &(file, before, version) in COPIES {
        let path = root.join(file);
        let text = fs::read_to_string(&path).unwrap();
        let mut updated = String::new();
        let mut copies = 0;
        for part in text.split_inclusive(before) {
            // The part begins with what stands after the text.
            let rest = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
            let found = &part[..part.len() - rest.len()];
            if updated.is_empty() || !found.starts_with(|c: char| c.is_ascii_digit()) {
                updated += part;
                continue;
            }
            copies += 1;
            if found != version {
                other.push(format!("{file}: {}{found}, not {version}", before.trim_start()));
            }
            updated += version;
            updated += rest;
        }
        assert!(copies > 0, "{file} has no version after `{before}`");
        if env::var_os("BEDROCK_TOKEN_UPDATE").is_some() {
            fs::write(&path, updated).unwrap();
            other.clear();
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
