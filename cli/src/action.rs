use std::ffi::OsString;

use crate::arguments::{Arguments, Command, Format, Generate, Service};
use crate::duration;
use crate::failure::Failure;
use crate::given_token::GivenToken;

/// What the command line asks for.
pub enum Action {
    Generate(Generate, Service, Format),
    Exec(Generate, Service, Vec<OsString>),
    /// The flag says whether in JSON.
    Inspect(GivenToken, bool),
    /// The seconds that must be left.
    Check(GivenToken, u64),
}

impl TryFrom<Arguments> for Action {
    type Error = Failure;

    fn try_from(arguments: Arguments) -> Result<Self, Failure> {
        let Arguments { generate, service, format, json, inspect, check, min_left, command } =
            arguments;
        if min_left.is_some() && check.is_none() {
            return Err(Failure::usage("--min-left: goes with --check"));
        }
        if let Some(Command::Exec { program }) = command {
            if format.is_some() || json || inspect.is_some() || check.is_some() {
                return Err(Failure::usage(
                    "exec: prints nothing, so it takes none of --format, --json, --inspect, --check",
                ));
            }
            return Ok(Self::Exec(generate, service.unwrap_or(Service::Bedrock), program));
        }
        if let Some(text) = inspect {
            return Ok(Self::Inspect(GivenToken { text, service }, json));
        }
        if let Some(text) = check {
            let min_left = match min_left {
                Some(time) => time.to_str().and_then(duration::seconds).ok_or_else(|| {
                    Failure::usage("--min-left: must be seconds, or a time like 10m")
                })?,
                None => 0,
            };
            return Ok(Self::Check(GivenToken { text, service }, min_left));
        }
        let format = if json { Format::Json } else { format.unwrap_or(Format::Token) };
        Ok(Self::Generate(generate, service.unwrap_or(Service::Bedrock), format))
    }
}
