use std::ffi::OsString;

use crate::arguments::{Arguments, Command, Format, Generate};
use crate::duration;
use crate::failure::Failure;

/// What the command line asks for.
pub enum Action {
    Generate(Generate, Format),
    Exec(Generate, Vec<OsString>),
    /// Without a token, the one in the environment. The flag says whether in JSON.
    Inspect(Option<OsString>, bool),
    /// The seconds that must be left.
    Check(Option<OsString>, u64),
}

impl TryFrom<Arguments> for Action {
    type Error = Failure;

    fn try_from(arguments: Arguments) -> Result<Self, Failure> {
        let Arguments { generate, format, json, inspect, check, min_left, command } = arguments;
        if let Some(Command::Exec { program }) = command {
            if format.is_some() || json || inspect.is_some() || check.is_some() {
                return Err(Failure::usage(
                    "exec: prints nothing, so it takes none of these options",
                ));
            }
            return Ok(Action::Exec(generate, program));
        }
        if let Some(token) = inspect {
            return Ok(Action::Inspect(token, json));
        }
        if let Some(token) = check {
            let min_left = match min_left {
                Some(time) => time.to_str().and_then(duration::seconds).ok_or_else(|| {
                    Failure::usage("--min-left: must be seconds, or a time like 10m")
                })?,
                None => 0,
            };
            return Ok(Action::Check(token, min_left));
        }
        if min_left.is_some() {
            return Err(Failure::usage("--min-left: goes with --check"));
        }
        let format = if json { Format::Json } else { format.unwrap_or(Format::Token) };
        Ok(Action::Generate(generate, format))
    }
}
