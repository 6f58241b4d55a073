use bedrock_token_core::Info;
use bedrock_token_core::raw::{expires_at, issued_at};

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
    json_line([
        ("service", Service::from(info.service()).name().into()),
        ("access_key", info.access_key().into()),
        ("region", info.region().into()),
        ("has_session", info.has_session().into()),
        ("issued_at", clock::to_rfc3339(issued_at).into()),
        ("issued_at_unix", issued_at.into()),
        ("expires_at", clock::to_rfc3339(expires_at).into()),
        ("expires_at_unix", expires_at.into()),
    ])
}
