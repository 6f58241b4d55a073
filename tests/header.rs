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

    // Go builds a module from its own folder alone, so that one has a copy.
    for header in ["include/bedrock_token.h", "bindings/go/bedrock_token.h"] {
        let path = root.join(header);
        if env::var_os("BEDROCK_TOKEN_UPDATE").is_some() {
            fs::write(&path, &generated).unwrap();
        }
        let checked_in = fs::read_to_string(&path).unwrap_or_default();
        if checked_in != generated {
            let same =
                checked_in.lines().zip(generated.lines()).take_while(|(a, b)| a == b).count();
            panic!(
                "{header} differs from the source from line {} on; to mend it: make update",
                same + 1
            );
        }
    }
}
