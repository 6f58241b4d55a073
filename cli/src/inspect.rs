//! `inspect` and `check` read a given token. Only AWS can verify its signature.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::Path;

use bedrock_token_core::raw::{expires_at, issued_at};
use bedrock_token_core::{Error, Info, Service, inspect};

use crate::arguments::Given;
use crate::failure::Failure;
use crate::output::json_line;
use crate::{clock, explain, input, output, service};

pub fn print(given: &Given, json: bool) -> Result<(), Failure> {
    let info = read(given)?;
    output::write(&if json { in_json(&info) } else { in_words(&info) })
}

/// Whether the token is valid for `min_left` more. The exit code is the answer, so a token that has ended
/// gets no message.
pub fn check(given: &Given, min_left: Option<&OsStr>) -> Result<(), Failure> {
    let least = min_left
        .map_or(Some(0), clock::span)
        .ok_or_else(|| Failure::usage("--min-left: must be seconds, or a time like 10m"))?;
    let left = expires_at(&read(given)?).saturating_sub(clock::now());
    match u64::try_from(left) {
        Ok(left) if left > 0 && left >= least => Ok(()),
        _ => Err(Failure::ended("")),
    }
}

/// The white space around the token does not count.
fn read(given: &Given) -> Result<Info, Failure> {
    let (text, service) = text(given)?;
    let text = input::trim(&text);
    let info = inspect(text).map_err(|error| match error {
        Error::InvalidToken => Failure::refused(format!("token: {}", explain::why(text))),
        other => other.into(),
    })?;
    match service {
        Some(wanted) if wanted != info.service() => Err(Failure::refused(format!(
            "token: for {}, and not for {}",
            service::title(info.service()),
            service::title(wanted)
        ))),
        _ => Ok(info),
    }
}

/// The token, and the service that it must be for.
fn text(given: &Given) -> Result<(String, Option<Service>), Failure> {
    let utf8 = |token: OsString| {
        token.into_string().map_err(|_| Failure::refused("token: not text (UTF-8)"))
    };
    let service = given.service.map(Service::from);
    match &given.token {
        Some(dash) if dash == "-" => Ok((input::read("token", Path::new(dash))?, service)),
        Some(token) => Ok((utf8(token.clone())?, service)),
        None => {
            let service = service.unwrap_or(Service::Bedrock);
            let variable = service::variable(service);
            let token = env::var_os(variable).ok_or_else(|| {
                Failure::refused(format!(
                    "token: not given, and {variable} is not set; - reads it from standard input"
                ))
            })?;
            Ok((utf8(token)?, Some(service)))
        }
    }
}

fn in_words(info: &Info) -> String {
    let left = expires_at(info) - clock::now();
    let distance = clock::span_in_words(left.unsigned_abs());
    let when = if left > 0 { format!("in {distance}") } else { format!("{distance} ago") };
    let time =
        |seconds| clock::to_rfc3339(seconds).unwrap_or_else(|| "after the year 9999".to_owned());
    let session = match info.has_session() {
        true => "yes: it ends when the temporary credentials do, if that is sooner",
        false => "no",
    };
    [
        ("service", service::title(info.service()).to_owned()),
        ("access key", info.access_key().to_owned()),
        ("region", info.region().to_owned()),
        ("session token", session.to_owned()),
        ("issued at", time(issued_at(info))),
        ("expires at", format!("{} ({when})", time(expires_at(info)))),
    ]
    .map(|(label, value)| format!("{label:<15}{value}\n"))
    .concat()
}

fn in_json(info: &Info) -> String {
    let (issued_at, expires_at) = (issued_at(info), expires_at(info));
    json_line([
        ("service", info.service().to_string().into()),
        ("access_key", info.access_key().into()),
        ("region", info.region().into()),
        ("has_session", info.has_session().into()),
        ("issued_at", clock::to_rfc3339(issued_at).into()),
        ("issued_at_unix", issued_at.into()),
        ("expires_at", clock::to_rfc3339(expires_at).into()),
        ("expires_at_unix", expires_at.into()),
    ])
}
