use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::failure::{Failure, reason, shown};
use crate::output::unbuffered;

/// More than any credentials or token can be.
const MAX: u64 = 1024 * 1024;

/// Reads `path`, or standard input for `-`, as text. Messages begin with the name.
pub fn read(name: &str, path: &Path) -> Result<String, Failure> {
    let refused = |why| Failure::refused(format!("{name}: {why}"));
    let (file, place) = match path.as_os_str() {
        dash if dash == "-" => (unbuffered(io::stdin()), "standard input"),
        file => (File::open(path), shown(file).unwrap_or("the file")),
    };
    let cannot_read =
        |error: io::Error| refused(format!("{place} cannot be read ({})", reason(&error)));

    let file = file.map_err(cannot_read)?;
    let mut bytes = Vec::new();
    file.take(MAX + 1).read_to_end(&mut bytes).map_err(cannot_read)?;
    if bytes.len() as u64 > MAX {
        return Err(refused("longer than 1 MiB".into()));
    }
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err(refused(
            "UTF-16 text, which Windows PowerShell writes by itself; write it as UTF-8".into(),
        ));
    }
    let text = String::from_utf8(bytes).map_err(|_| refused("not text (UTF-8)".into()))?;
    if text.contains('\0') {
        return Err(refused("has a NUL byte in it".into()));
    }
    Ok(text)
}

/// The text without what editors, shells and terminals add to both ends.
pub fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}')
}
