use std::env;
use std::ffi::OsStr;
use std::path::Path;

use bedrock_token_core::raw::{Request as Signable, Target, check};
use bedrock_token_core::{Error, Service};

use crate::arguments::{Format, Generate};
use crate::failure::Failure;
use crate::output::json_line;
use crate::{clock, credentials, output, service};

/// A token and what is said of it.
pub struct Token {
    pub service: Service,
    pub text: String,
    pub region: String,
    /// Unix seconds: when the token or the credentials end, whichever is sooner.
    pub expires_at: i64,
}

pub fn print(request: &Generate, format: Format) -> Result<(), Failure> {
    let token = generate(request)?;
    let text = &token.text;
    let variable = service::variable(token.service);
    output::write(&match format {
        Format::Token => format!("{text}\n"),
        Format::Env => format!("export {variable}={text}\n"),
        Format::EnvNoExport => format!("{variable}={text}\n"),
        Format::Powershell => format!("$Env:{variable}=\"{text}\"\n"),
        Format::Json => json_line([
            ("token", text.as_str().into()),
            ("service", token.service.to_string().into()),
            ("region", token.region.as_str().into()),
            ("expires_at", clock::to_rfc3339(token.expires_at).into()),
            ("expires_at_unix", token.expires_at.into()),
        ]),
    })
}

pub fn generate(request: &Generate) -> Result<Token, Failure> {
    let service = request.service.map_or(Service::Bedrock, Service::from);
    // The command line is checked before any credentials are read.
    let region = region(request.region.as_deref())?;
    let expires = expires(request.expires.as_deref())?;
    let target = Target::new(service, &region, expires)?;
    let found = credentials::find(request.credentials.as_deref().map(Path::new))?;
    let now = clock::now();
    let signable = Signable::new(&target, found.checked(now)?, now)?;

    let mut text = vec![0; signable.token_len()];
    signable.write_token(&mut text);
    let end = now + i64::from(expires);
    Ok(Token {
        service,
        text: String::from_utf8(text).expect("a token is ASCII"),
        region: String::from_utf8(region).expect("a checked region is ASCII"),
        expires_at: found.end.map_or(end, |credentials_end| end.min(credentials_end.at)),
    })
}

/// The region that is given, else the environment's.
fn region(given: Option<&OsStr>) -> Result<Vec<u8>, Failure> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty());
    let region = given
        .map(OsStr::to_owned)
        .or_else(|| set("AWS_REGION"))
        .or_else(|| set("AWS_DEFAULT_REGION"))
        .ok_or_else(|| Failure::usage("region: give --region, or set AWS_REGION"))?
        .into_encoded_bytes();
    check::region(&region)?;
    Ok(region)
}

fn expires(given: Option<&OsStr>) -> Result<u32, Failure> {
    let Some(given) = given else { return Ok(check::EXPIRES_MAX) };
    let seconds = clock::span(given).ok_or(Error::Expires)?;
    Ok(check::expires(u32::try_from(seconds).map_err(|_| Error::Expires)?)?)
}
