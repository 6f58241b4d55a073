//! A snippet in a README is a file of the tree, which the other tests build: a code block under
//! `<!-- path -->` is that file. `make update` copies the files into the READMEs.

use std::env;
use std::fs;
use std::path::Path;

const READMES: [&str; 10] = [
    "README.md",
    "core/README.md",
    "docs/HELPER.md",
    "bindings/csharp/README.md",
    "bindings/go/README.md",
    "bindings/java/README.md",
    "bindings/python/README.md",
    "bindings/ruby/README.md",
    "docs/CALLING.md",
    "docs/GATEWAY.md",
];

#[test]
fn snippets_are_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for readme in READMES {
        let path = root.join(readme);
        let text = fs::read_to_string(&path).unwrap();
        let updated = with_snippets(&text, path.parent().unwrap());
        if env::var_os("BEDROCK_TOKEN_UPDATE").is_some() {
            fs::write(&path, updated).unwrap();
        } else if text != updated {
            panic!("a snippet in {readme} is not the file that it names; to mend it: make update");
        }
    }
}

#[test]
fn readme_lists_every_function() {
    let readme = include_str!("../README.md");
    let exported = include_str!("abi/exported-symbols.txt");
    for name in exported.lines().map(|line| line.split(' ').next().unwrap()) {
        // The functions of the provider share a row: `bedrock_token_provider_new`, `_get`, ...
        let in_row = name.strip_prefix("bedrock_token_provider").unwrap_or(name);
        let listed =
            readme.contains(&format!("`{name}`")) || readme.contains(&format!("`{in_row}`"));
        assert!(listed, "README.md does not list {name}");
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
