use std::env;
use std::ffi::{OsStr, OsString};
use std::path::Path;

use crate::failure::Failure;
use crate::format::VARIABLE;
use crate::input;

/// The token that `--inspect` and `--check` look at: the one given, for `-` the one on standard
/// input, and without either the one in the environment.
pub fn read(given: Option<&OsStr>) -> Result<String, Failure> {
    let text = |value: OsString| {
        value.into_string().map_err(|_| Failure::refused("token: not text (UTF-8)"))
    };
    match given {
        Some(dash) if dash == "-" => input::read("token", Path::new(dash)),
        Some(token) => text(token.to_owned()),
        None => text(env::var_os(VARIABLE).ok_or_else(|| {
            Failure::refused(format!(
                "token: not given, and {VARIABLE} is not set; - reads it from standard input"
            ))
        })?),
    }
}
