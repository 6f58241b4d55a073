use bedrock_token_core::Info;
use bedrock_token_core::raw::{expires_at, issued_at};
use serde::Serialize;

use crate::arguments::{Given, Service};
use crate::failure::Failure;
use crate::format::json_line;
use crate::{clock, duration, output};

/// Prints what a token says of itself. Only AWS can verify its signature.
pub fn print(given: &Given, json: bool) -> Result<(), Failure> {
    let info = given.read()?;
    output::write(&if json { in_json(&info) } else { in_words(&info) })
}

fn in_words(info: &Info) -> String {
    let left = expires_at(info) - clock::now();
    let distance = duration::to_words(left.unsigned_abs());
    let when = if left > 0 { format!("in {distance}") } else { format!("{distance} ago") };
    let time =
        |seconds| clock::to_rfc3339(seconds).unwrap_or_else(|| "after the year 9999".to_owned());
    let session = match info.has_session() {
        true => "yes: it ends when the temporary credentials do, if that is sooner",
        false => "no",
    };
    [
        ("service", Service::from(info.service()).title().to_owned()),
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
    json_line(&Json {
        service: Service::from(info.service()).name(),
        access_key: info.access_key(),
        region: info.region(),
        has_session: info.has_session(),
        issued_at: clock::to_rfc3339(issued_at),
        issued_at_unix: issued_at,
        expires_at: clock::to_rfc3339(expires_at),
        expires_at_unix: expires_at,
    })
}

#[derive(Serialize)]
struct Json<'a> {
    service: &'static str,
    access_key: &'a str,
    region: &'a str,
    has_session: bool,
    issued_at: Option<String>,
    issued_at_unix: i64,
    expires_at: Option<String>,
    expires_at_unix: i64,
}
