use std::ffi::OsStr;

/// What was typed, for a message that must name it; nothing if it may be a secret in the wrong place.
pub fn shown(typed: &OsStr) -> Option<&str> {
    let text = typed.to_str()?;
    let of_a_secret_access_key = |b: u8| b.is_ascii_alphanumeric() || b == b'/' || b == b'+';
    let secret = text.contains(|c: char| c.is_control() || matches!(c, '{' | '='))
        || text.contains("-api-key-")
        || text.starts_with("AKIA")
        || text.starts_with("ASIA")
        || text.len() == 40 && !text.starts_with('/') && text.bytes().all(of_a_secret_access_key)
        || text.len() > 255;
    (!secret && !text.is_empty()).then_some(text)
}
