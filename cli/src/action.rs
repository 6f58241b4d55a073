use std::ffi::OsString;

use crate::arguments::{Arguments, Command, Format, Generate, Given};
use crate::duration;
use crate::failure::Failure;

/// What the command line asks for.
pub enum Action {
    Generate(Generate, Format),
    Exec { generate: Generate, keep_credentials: bool, program: Vec<OsString> },
    Inspect { given: Given, json: bool },
    Check { given: Given, min_left: u64 },
}

impl TryFrom<Arguments> for Action {
    type Error = Failure;

    fn try_from(arguments: Arguments) -> Result<Self, Failure> {
        let Arguments { generate, format, json, command } = arguments;
        Ok(match command {
            None if json => Self::Generate(generate, Format::Json),
            None => Self::Generate(generate, format.unwrap_or(Format::Token)),
            Some(Command::Exec { generate, keep_credentials, program }) => {
                Self::Exec { generate, keep_credentials, program }
            }
            Some(Command::Inspect { given, json }) => Self::Inspect { given, json },
            Some(Command::Check { given, min_left }) => {
                let min_left = min_left.map_or(Ok(0), seconds)?;
                Self::Check { given, min_left }
            }
        })
    }
}

fn seconds(time: OsString) -> Result<u64, Failure> {
    time.to_str()
        .and_then(duration::seconds)
        .ok_or_else(|| Failure::usage("--min-left: must be seconds, or a time like 10m"))
}
