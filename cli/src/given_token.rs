use std::env;
use std::ffi::OsString;
use std::path::Path;

use bedrock_token_core::{Error, Info, inspect};

use crate::arguments::{Given, Service};
use crate::failure::Failure;
use crate::{explain, input};

impl Given {
    /// Reads what the token says of itself. The white space around it does not count.
    pub fn read(&self) -> Result<Info, Failure> {
        let (text, service) = self.text()?;
        let text = input::trim(&text);
        let info = inspect(text).map_err(|error| match error {
            Error::InvalidToken => Failure::refused(format!("token: {}", explain::why(text))),
            other => other.into(),
        })?;
        match service {
            Some(wanted) if wanted != info.service().into() => Err(Failure::refused(format!(
                "token: for {}, and not for {}",
                Service::from(info.service()).title(),
                wanted.title()
            ))),
            _ => Ok(info),
        }
    }

    fn text(&self) -> Result<(String, Option<Service>), Failure> {
        let text = |value: OsString| {
            value.into_string().map_err(|_| Failure::refused("token: not text (UTF-8)"))
        };
        match &self.token {
            Some(dash) if dash == "-" => Ok((input::read("token", Path::new(dash))?, self.service)),
            Some(token) => Ok((text(token.clone())?, self.service)),
            None => {
                let service = self.service.unwrap_or(Service::Bedrock);
                let variable = service.variable();
                let token = env::var_os(variable).ok_or_else(|| {
                    Failure::refused(format!(
                        "token: not given, and {variable} is not set; - reads it from standard input"
                    ))
                })?;
                Ok((text(token)?, Some(service)))
            }
        }
    }
}
