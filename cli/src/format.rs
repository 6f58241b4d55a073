use serde::Serialize;

use crate::arguments::Format;
use crate::clock;
use crate::generate::Token;

impl Format {
    pub fn text(self, token: &Token) -> String {
        let text = &token.text;
        let variable = token.service.variable();
        match self {
            Self::Token => format!("{text}\n"),
            Self::Env => format!("export {variable}={text}\n"),
            Self::EnvNoExport => format!("{variable}={text}\n"),
            Self::Powershell => format!("$Env:{variable}=\"{text}\"\n"),
            Self::Json => json_line(&Json {
                token: text,
                service: token.service.name(),
                region: &token.region,
                expires_at: clock::to_rfc3339(token.expires_at),
                expires_at_unix: token.expires_at,
            }),
        }
    }
}

#[derive(Serialize)]
struct Json<'a> {
    token: &'a str,
    service: &'static str,
    region: &'a str,
    expires_at: Option<String>,
    expires_at_unix: i64,
}

pub fn json_line(value: &impl Serialize) -> String {
    let mut line = serde_json::to_string(value).expect("text and numbers have a form in JSON");
    line.push('\n');
    line
}
