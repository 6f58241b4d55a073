use std::borrow::Cow;
use std::ffi::OsStr;
use std::io::{self, ErrorKind};

/// Why the command did not do what it was asked to. The message is a sentence that names the argument
/// at fault and never shows its value, because logs keep it.
#[derive(Debug)]
pub struct Failure {
    pub exit_code: u8,
    pub message: Cow<'static, str>,
}

impl Failure {
    /// Something that was given is not accepted, or the system refused.
    pub fn refused(message: impl Into<Cow<'static, str>>) -> Self {
        Self { exit_code: 1, message: message.into() }
    }

    /// The command line is wrong.
    pub fn usage(message: impl Into<Cow<'static, str>>) -> Self {
        Self { exit_code: 2, message: message.into() }
    }

    /// The credentials or the token have ended.
    pub fn ended(message: impl Into<Cow<'static, str>>) -> Self {
        Self { exit_code: 3, message: message.into() }
    }
}

impl From<bedrock_token_core::Error> for Failure {
    fn from(error: bedrock_token_core::Error) -> Self {
        Self::refused(error.to_string())
    }
}

/// Why the system refused, in words that name no path.
pub fn reason(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "not found".into(),
        kind => kind.to_string(),
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_shown() {
        let [name, path] = ["n".repeat(39), "n/".repeat(127)];
        for (typed, is_shown) in [
            ("prog", true),
            ("", false),
            ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", false),
            (&format!("{name}+"), false),
            (&format!("{name}."), true),
            (&format!("/{name}"), true),
            (&format!("{path}n"), true),
            (&format!("{path}nn"), false),
            (&format!("{path}nnn"), false),
        ] {
            assert_eq!(shown(typed.as_ref()).is_some(), is_shown, "{typed}");
        }
    }
}
