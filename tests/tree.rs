//! The tree holds what CONTRIBUTING.md says, and nothing else at its top.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// Entries of the top level that CONTRIBUTING.md's table does not name: files of git, of cargo, of the
/// tools and of any project.
const USUAL: &str = ".ci .clang-format .github .gitignore CHANGELOG.md CMakePresets.json CONTRIBUTING.md Cargo.lock \
    Cargo.toml LICENSE Makefile README.md SECURITY.md cbindgen.toml deny.toml docs ruff.toml rustfmt.toml";

fn git(arguments: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(arguments)
        .output()
        .expect("git");
    assert!(output.status.success(), "git {arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The paths in the first column of CONTRIBUTING.md's table; a path ends before a `<placeholder>`.
fn table() -> Vec<&'static str> {
    let contributing = include_str!("../CONTRIBUTING.md");
    let (_, rows) = contributing.split_once("\n| folder | what is in it |\n").expect("the table");
    rows.lines()
        .take_while(|line| line.starts_with('|'))
        .flat_map(|line| line.split('|').nth(1).unwrap().split('`').skip(1).step_by(2))
        .map(|path| path.split('<').next().unwrap())
        .collect()
}

#[test]
fn top_level_is_in_the_table() {
    let top = |path: &str| path.split('/').next().unwrap().to_owned();
    let known: BTreeSet<_> = table().into_iter().chain(USUAL.split_whitespace()).map(top).collect();
    let tracked: BTreeSet<_> = git(&["ls-files"]).lines().map(top).collect();
    assert!(known.len() > 10 && tracked.len() > 10);
    let unknown: Vec<_> = tracked.difference(&known).collect();
    assert!(unknown.is_empty(), "not in CONTRIBUTING.md's table: {unknown:?}");
    let gone: Vec<_> = known.difference(&tracked).collect();
    assert!(gone.is_empty(), "no longer in the tree: {gone:?}");
}

#[test]
fn paths_of_the_table_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let gone: Vec<_> = table().into_iter().filter(|path| !root.join(path).exists()).collect();
    assert!(gone.is_empty(), "CONTRIBUTING.md names what is not there: {gone:?}");
}

#[test]
fn no_file_is_binary() {
    let files = git(&["ls-files", "--eol"]);
    let binary: Vec<_> = files
        .lines()
        .filter(|line| line.starts_with("i/-text"))
        .map(|line| line.split('\t').nth(1).unwrap())
        .collect();
    assert!(files.lines().count() > 100);
    assert!(binary.is_empty(), "binary files: {binary:?}");
}

#[test]
fn readme_lists_every_function() {
    let readme = include_str!("../README.md");
    for line in include_str!("abi/exported-symbols.txt").lines() {
        let (name, _) = line.split_once(' ').unwrap();
        // The functions of the provider share a row: `bedrock_token_provider_new`, `_get`, ...
        let in_row = name.strip_prefix("bedrock_token_provider").unwrap_or(name);
        let listed = [name, in_row].iter().any(|name| readme.contains(&format!("`{name}`")));
        assert!(listed, "README.md does not list {name}");
    }
}

#[test]
fn changelog_has_the_version() {
    let heading = concat!("\n## ", env!("CARGO_PKG_VERSION"));
    assert!(include_str!("../CHANGELOG.md").contains(heading), "CHANGELOG.md has no `{heading}`");
}

/// The SONAME carries the major version, and so do the names of Debian's packages.
#[test]
fn names_of_the_library_carry_the_major_version() {
    let names = r"libbedrock(_token\.so\.|-token)[0-9]+(\.[0-9]+)*";
    let found = git(&["grep", "-noE", names, "--", ".", ":!tests"]);
    let carries = |line: &&str| {
        let name = line.rsplit(':').next().unwrap();
        let number = name.trim_start_matches(|c: char| !c.is_ascii_digit());
        number.split('.').next() == Some(env!("CARGO_PKG_VERSION_MAJOR"))
    };
    let other: Vec<_> = found.lines().filter(|line| !carries(line)).collect();
    assert!(found.lines().count() > 10, "git grep found {found}");
    assert!(other.is_empty(), "names with another major version:\n{}", other.join("\n"));
}
