//! Variables by AWS's names, in the environment or as lines that set them:
//! `export NAME=value`, `NAME=value`, `$Env:NAME="value"` (PowerShell), `set NAME=value` (cmd) and
//! `set -gx NAME "value"` (fish), which `aws configure export-credentials` writes. A value is what
//! the shell makes of it; where that is more than taking quotes away, the line is refused.

use std::collections::BTreeMap;
use std::env;

use super::{Found, end, refused};
use crate::failure::Failure;

const ACCESS_KEY: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
const SESSION: &str = "AWS_SESSION_TOKEN";
const EXPIRATION: &str = "AWS_CREDENTIAL_EXPIRATION";

pub fn in_environment() -> Result<Found, Failure> {
    let variable = |name| env::var_os(name).map(|value| value.into_encoded_bytes());
    found(variable, || {
        Failure::refused(
            "no credentials: AWS_ACCESS_KEY_ID is not set, and --credentials is not given.\n\
             Try: aws configure export-credentials | bedrock-token --credentials -",
        )
    })
}

/// Lines that set other variables are passed over.
pub fn in_lines(text: &str) -> Result<Found, Failure> {
    let mut values = BTreeMap::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if is_profile(line) || line.starts_with("aws_access_key_id") {
            return Err(refused(
                "this is a file of profiles, as in ~/.aws, and it is not read.\n\
                 Try: aws configure export-credentials --profile NAME | bedrock-token --credentials -",
            ));
        }
        let (name, value) = assignment(line).ok_or_else(|| {
            refused(format!("line {number} is neither JSON nor a variable that is set"))
        })?;
        if ![ACCESS_KEY, SECRET, SESSION, EXPIRATION].contains(&name) {
            continue;
        }
        let value = value.ok_or_else(|| {
            refused(format!("line {number}: after {name}=, write a plain value and nothing else"))
        })?;
        if values.insert(name, value).is_some() {
            return Err(refused(format!("{name} is set twice")));
        }
    }
    let variable = |name| values.get(name).map(|value| value.as_bytes().to_vec());
    found(variable, || refused("AWS_ACCESS_KEY_ID is not in the input"))
}

/// An empty variable counts as not set.
fn found(
    variable: impl Fn(&'static str) -> Option<Vec<u8>>,
    nothing: impl Fn() -> Failure,
) -> Result<Found, Failure> {
    let set = |name| variable(name).filter(|value| !value.is_empty());
    let end = set(EXPIRATION)
        .map(|time| end(EXPIRATION, str::from_utf8(&time).unwrap_or_default()))
        .transpose()?;
    Ok(Found {
        access_key: set(ACCESS_KEY).ok_or_else(nothing)?,
        secret: set(SECRET).ok_or_else(|| {
            Failure::refused("AWS_SECRET_ACCESS_KEY: not set, but AWS_ACCESS_KEY_ID is")
        })?,
        session: set(SESSION).unwrap_or_default(),
        end,
    })
}

/// `[NAME]`, as in the files of the AWS CLI.
fn is_profile(line: &str) -> bool {
    let name = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    name.is_some_and(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// The name and the value of a line that sets a variable. `None` as value: it is not a plain one.
fn assignment(line: &str) -> Option<(&str, Option<&str>)> {
    if let Some(fish) = line.strip_prefix("set -gx ") {
        let (name, value) = fish.trim_start().split_once(' ')?;
        return Some((name, plain(value)));
    }
    if let Some(cmd) = line.strip_prefix("set ") {
        let unquoted = cmd.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(cmd);
        let (name, value) = unquoted.split_once('=')?;
        let is_plain = !value.contains([' ', '\t', '"', '&', '|', '<', '>', '^', '%']);
        return Some((name, is_plain.then_some(value)));
    }
    let (name, value) = line.split_once('=')?;
    let name = without_front("export ", name).or(without_front("$env:", name)).unwrap_or(name);
    let name = name.trim();
    let is_name = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    (!name.is_empty() && name.bytes().all(is_name)).then(|| (name, plain(value)))
}

/// In any case: PowerShell takes `$Env:` and `$ENV:`.
fn without_front<'a>(front: &str, text: &'a str) -> Option<&'a str> {
    let (begin, rest) = text.split_at_checked(front.len())?;
    begin.eq_ignore_ascii_case(front).then_some(rest)
}

/// The word that a shell makes of this, if all that it takes away is a pair of quotes, a `;` at the end
/// and a comment.
fn plain(text: &str) -> Option<&str> {
    let text = text.trim();
    let (value, rest) = match text.chars().next() {
        Some(quote @ ('"' | '\'')) => text[1..].split_once(quote)?,
        _ => text.split_at(text.find([' ', '\t', ';']).unwrap_or(text.len())),
    };
    let after = rest.trim_start();
    let after = after.strip_prefix(';').unwrap_or(after).trim_start();
    let comment = after.starts_with('#') && (rest.len() > after.len() || value.is_empty());
    let special = ['"', '\'', '`', '$', '\\', '&', '|', '<', '>', '(', ')', '*', '?'];
    ((after.is_empty() || comment) && !value.contains(special)).then_some(value)
}
