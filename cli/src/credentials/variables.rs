//! Variables by AWS's names, in the environment or as lines that set them:
//! `export NAME=value`, `NAME=value`, `$Env:NAME="value"` (PowerShell), `set NAME=value` (cmd) and
//! `set -gx NAME "value"` (fish), which `aws configure export-credentials` writes.

use std::env;

use super::{Found, time};
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
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, value) = assignment(line).ok_or_else(|| {
            Failure::refused(format!(
                "credentials: line {} is neither JSON nor a variable that is set",
                number + 1
            ))
        })?;
        if let Some((name, known)) = values.iter_mut().find(|known| known.0 == name)
            && known.replace(value).is_some()
        {
            return Err(Failure::refused(format!("credentials: {name} is set twice")));
        }
    }
    let variable = |wanted| {
        let (_, value) = values.iter().find(|(name, _)| *name == wanted)?;
        value.filter(|value| !value.is_empty()).map(|value| value.as_bytes().to_vec())
    };
    found(variable, || Failure::refused("credentials: AWS_ACCESS_KEY_ID is not in the input"))
}

fn found(
    variable: impl Fn(&'static str) -> Option<Vec<u8>>,
    nothing: impl Fn() -> Failure,
) -> Result<Found, Failure> {
    let expires_at = match variable(EXPIRATION) {
        Some(end) => Some(time(EXPIRATION, str::from_utf8(&end).unwrap_or_default())?),
        None => None,
    };
    Ok(Found {
        access_key: variable(ACCESS_KEY).ok_or_else(nothing)?,
        secret: variable(SECRET).ok_or_else(|| {
            Failure::refused("AWS_SECRET_ACCESS_KEY: not set, but AWS_ACCESS_KEY_ID is")
        })?,
        session: variable(SESSION).unwrap_or_default(),
        expires_at,
    })
}

/// The name and the value of a line that sets a variable.
fn assignment(line: &str) -> Option<(&str, &str)> {
    if let Some(fish) = line.strip_prefix("set -gx ") {
        let (name, value) = fish.trim_start().split_once(' ')?;
        return Some((name, unquoted(value)));
    }
    if let Some(cmd) = line.strip_prefix("set ") {
        return cmd.split_once('='); // where quotes belong to the value
    }
    let line =
        ["export ", "$Env:"].iter().find_map(|front| line.strip_prefix(front)).unwrap_or(line);
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    let is_name = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    (!name.is_empty() && name.bytes().all(is_name)).then(|| (name, unquoted(value)))
}

/// Without the pair of quotes that a shell takes away.
fn unquoted(value: &str) -> &str {
    let value = value.trim();
    ['"', '\'']
        .iter()
        .find_map(|&quote| value.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(value)
}
