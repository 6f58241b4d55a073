use serde_json::Value;

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
            Self::Json => json_line([
                ("token", text.as_str().into()),
                ("service", token.service.name().into()),
                ("region", token.region.as_str().into()),
                ("expires_at", clock::to_rfc3339(token.expires_at).into()),
                ("expires_at_unix", token.expires_at.into()),
            ]),
        }
    }
}

/// An object with these fields, in this order.
pub fn json_line<const N: usize>(fields: [(&str, Value); N]) -> String {
    format!("{{{}}}\n", fields.map(|(name, value)| format!("\"{name}\":{value}")).join(","))
}
