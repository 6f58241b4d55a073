//! Variables by AWS's names, in the environment or as lines that set them:
//! `export NAME=value`, `NAME=value`, `$Env:NAME="value"` (PowerShell), `set NAME=value` (cmd) and
//! `set -gx NAME "value"` (fish), which `aws configure export-credentials` writes. A value is what
//! the shell makes of it; where that is more than taking quotes away, the line is refused.

use std::env;

use super::{Found, end, refused};
use crate::failure::Failure;

const ACCESS_KEY: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
const SESSION: &str = "AWS_SESSION_TOKEN";
const EXPIRATION: &str = "AWS_CREDENTIAL_EXPIRATION";

/// An empty variable counts as not set.
pub fn in_environment() -> Result<Found, Failure> {
    let value = |name| env::var_os(name).map(|value| value.into_encoded_bytes());
    let variable = |name| value(name).filter(|value| !value.is_empty());
    found(variable, || {
        Failure::refused(
            "no credentials: AWS_ACCESS_KEY_ID is not set, and --credentials is not given.\n\
             Try: aws configure export-credentials | bedrock-token --credentials -",
        )
    })
}

/// Lines that set other variables are passed over.
pub fn in_lines(text: &str) -> Result<Found, Failure> {
    let mut values: [(&str, Option<&str>); 4] =
        [ACCESS_KEY, SECRET, SESSION, EXPIRATION].map(|name| (name, None));
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
        let Some((name, known)) = values.iter_mut().find(|known| known.0 == name) else {
            continue;
        };
        let value = value.ok_or_else(|| {
            refused(format!("line {number}: after {name}=, write a plain value and nothing else"))
        })?;
        if known.replace(value).is_some() {
            return Err(refused(format!("{name} is set twice")));
        }
    }
    let variable = |wanted| {
        let (_, value) = values.iter().find(|(name, _)| *name == wanted)?;
        value.filter(|value| !value.is_empty()).map(|value| value.as_bytes().to_vec())
    };
    found(variable, || refused("AWS_ACCESS_KEY_ID is not in the input"))
}

fn found(
    variable: impl Fn(&'static str) -> Option<Vec<u8>>,
    nothing: impl Fn() -> Failure,
) -> Result<Found, Failure> {
    let end = match variable(EXPIRATION) {
        Some(time) => Some(end(EXPIRATION, str::from_utf8(&time).unwrap_or_default())?),
        None => None,
    };
    Ok(Found {
        access_key: variable(ACCESS_KEY).ok_or_else(nothing)?,
        secret: variable(SECRET).ok_or_else(|| {
            Failure::refused("AWS_SECRET_ACCESS_KEY: not set, but AWS_ACCESS_KEY_ID is")
        })?,
        session: variable(SESSION).unwrap_or_default(),
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
    let line = ["export ", "$env:"]
        .iter()
        .find_map(|front| {
            line.get(..front.len())
                .filter(|begin| begin.eq_ignore_ascii_case(front))
                .map(|_| &line[front.len()..])
        })
        .unwrap_or(line);
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    let is_name = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    (!name.is_empty() && name.bytes().all(is_name)).then(|| (name, plain(value)))
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
