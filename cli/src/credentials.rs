//! Where the credentials come from: the environment, or a file that another program wrote.

mod json;
mod variables;

use std::path::Path;

use bedrock_token_core::raw::Credentials;

use crate::failure::Failure;
use crate::{clock, input, output};

/// Credentials as they were found: not checked yet. Only their end is parsed.
pub struct Found {
    access_key: Vec<u8>,
    secret: Vec<u8>,
    /// Empty: there is no session token.
    session: Vec<u8>,
    pub end: Option<End>,
}

/// When credentials end.
pub struct End {
    /// Where that was said.
    name: &'static str,
    /// Unix seconds.
    pub at: i64,
}

impl Found {
    /// Checks them. `now` in Unix seconds.
    pub fn checked(&self, now: i64) -> Result<Credentials<'_>, Failure> {
        let credentials = Credentials::new(&self.access_key, &self.secret, &self.session)?;
        let long_term = self.access_key.starts_with(b"AKIA");
        if let Some(end) = self.end.as_ref().filter(|end| end.at <= now) {
            return Err(end.passed(now, long_term));
        }
        if long_term && !self.session.is_empty() {
            output::warn(
                "the access key is a long-term one (AKIA), and there is a session token beside it, \
                 which may be left over from other credentials",
            );
        }
        Ok(credentials)
    }
}

impl End {
    fn passed(&self, now: i64, long_term: bool) -> Failure {
        let Self { name, at } = self;
        let time = clock::to_rfc3339(*at).unwrap_or_default();
        let ago = clock::span_in_words(now.abs_diff(*at));
        let advice = match long_term {
            true => "; a long-term access key (AKIA) has no end, so this may be left over",
            false => "",
        };
        Failure::ended(format!("{name}: the credentials ended at {time}, {ago} ago{advice}"))
    }
}

/// From `file`, or `-` for standard input; from the environment when there is no `file`.
pub fn find(file: Option<&Path>) -> Result<Found, Failure> {
    match file {
        Some(path) => in_text(&input::read("credentials", path)?),
        None => variables::in_environment(),
    }
}

/// Finds out the form: no line of the other forms starts with a brace.
fn in_text(text: &str) -> Result<Found, Failure> {
    match input::trim(text) {
        "" => Err(Failure::refused(
            "credentials: the input is empty; did the command that writes it fail?",
        )),
        json if json.starts_with('{') => json::read(json),
        lines => variables::in_lines(lines),
    }
}

fn end(name: &'static str, text: &str) -> Result<End, Failure> {
    let at = clock::from_rfc3339(text).ok_or_else(|| {
        Failure::refused(format!("{name}: must be a time like 2026-06-15T12:00:00Z (RFC 3339)"))
    })?;
    Ok(End { name, at })
}

fn refused(what: impl AsRef<str>) -> Failure {
    Failure::refused(format!("credentials: {}", what.as_ref()))
}
