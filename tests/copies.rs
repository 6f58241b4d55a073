//! Copies in the tree: files, or parts of them, that are made from others. `make update` writes them. A
//! difference fails.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

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

/// The files with snippets.
const READMES: &str = "README.md core/README.md docs/HELPER.md docs/CALLING.md docs/GATEWAY.md \
    bindings/csharp/README.md bindings/go/README.md bindings/java/README.md \
    bindings/python/README.md bindings/ruby/README.md";

fn in_tree(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(in_tree(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn assert_content(path: &str, expected: &str) {
    let found = fs::read_to_string(in_tree(path)).unwrap_or_default();
    if found == expected {
        return;
    }
    if env::var_os("BEDROCK_TOKEN_UPDATE").is_some() {
        return fs::write(in_tree(path), expected).unwrap();
    }
    let same = found.lines().zip(expected.lines()).take_while(|(a, b)| a == b).count();
    panic!("{path} is out of date from line {} on; to mend it: make update", same + 1);
}

/// From the source and cbindgen.toml.
#[test]
fn header() {
    let config = cbindgen::Config::from_file(in_tree("cbindgen.toml")).unwrap();
    let builder = cbindgen::Builder::new().with_crate(in_tree("")).with_config(config);
    let mut generated = Vec::new();
    builder.generate().expect("cbindgen reads the source").write(&mut generated);
    assert_content("include/bedrock_token.h", str::from_utf8(&generated).unwrap());
}

/// Of the library, and of the Rust that it needs. Both are set in Cargo.toml.
#[test]
fn versions() {
    for &(file, before, version) in COPIES {
        let text = read(file);
        let mut parts = text.split(before);
        let mut updated = parts.next().unwrap().to_owned();
        for part in parts {
            let rest = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
            let is_version = part.starts_with(|c: char| c.is_ascii_digit());
            updated += before;
            updated += &if is_version { [version, rest].concat() } else { part.to_owned() };
        }
        let copy = [before, version].concat();
        assert!(updated.contains(&copy), "{file} has no version after `{before}`");
        assert_content(file, &updated);
    }
}

/// A snippet in a README is a file of the tree, which other tests build: a code block under
/// `<!-- path -->` is that file.
#[test]
fn snippets() {
    for readme in READMES.split(' ') {
        assert_content(readme, &with_snippets(&read(readme), in_tree(readme).parent().unwrap()));
    }
}

fn with_snippets(text: &str, folder: &Path) -> String {
    let mut updated = String::new();
    let mut lines = text.lines();
    let mut snippets = 0;
    while let Some(line) = lines.next() {
        updated += &format!("{line}\n");
        let Some(file) = line.strip_prefix("<!-- ").and_then(|rest| rest.strip_suffix(" -->"))
        else {
            continue;
        };
        let fence = lines.next().filter(|fence| fence.starts_with("```")).expect("a code block");
        let snippet =
            fs::read_to_string(folder.join(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
        updated += &format!("{fence}\n{snippet}```\n");
        assert!(lines.by_ref().any(|line| line == "```"), "{file}: the block has an end");
        snippets += 1;
    }
    assert!(snippets > 0, "a README without a snippet");
    updated
}
