//! The checked-in header is what the source and cbindgen.toml say.

use std::env;
use std::fs;
use std::path::Path;

#[test]
fn header_is_generated_from_the_source() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(root.join("cbindgen.toml")).unwrap();
    let mut generated = Vec::new();
    cbindgen::Builder::new()
        .with_crate(root)
        .with_config(config)
        .generate()
        .expect("cbindgen reads the source")
        .write(&mut generated);
    let generated = String::from_utf8(generated).unwrap();

    let header = root.join("include/bedrock_token.h");
    if env::var_os("BEDROCK_TOKEN_UPDATE").is_some() {
        fs::write(&header, &generated).unwrap();
    }
    let checked_in = fs::read_to_string(&header).unwrap_or_default();
    if checked_in != generated {
        let same = checked_in.lines().zip(generated.lines()).take_while(|(a, b)| a == b).count();
        panic!(
            "include/bedrock_token.h differs from the source from line {} on; to mend it: make update",
            same + 1
        );
    }
}
