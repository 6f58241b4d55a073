//! The header's version macros, which cbindgen.toml holds, are the crate's version.

#[test]
fn header_macros_are_the_version_of_the_crate() {
    let header = include_str!("../include/bedrock_token.h");
    for (name, value) in [
        ("", concat!("\"", env!("CARGO_PKG_VERSION"), "\"")),
        ("_MAJOR", env!("CARGO_PKG_VERSION_MAJOR")),
        ("_MINOR", env!("CARGO_PKG_VERSION_MINOR")),
        ("_PATCH", env!("CARGO_PKG_VERSION_PATCH")),
    ] {
        let line = format!("#define BEDROCK_TOKEN_VERSION{name} {value}");
        assert!(header.lines().any(|l| l == line), "no `{line}` in the header; see cbindgen.toml");
    }
}
