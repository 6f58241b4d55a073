//! The JSON of `credential_process`:
//! https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html

use serde::Deserialize;
use serde_json::Value;

use super::{Found, time};
use crate::failure::Failure;

/// Any type passes here, so that each field can be refused by its name. Other fields may be there:
/// AWS adds some (AccountId).
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Fields {
    version: Option<Value>,
    access_key_id: Option<Value>,
    secret_access_key: Option<Value>,
    session_token: Option<Value>,
    expiration: Option<Value>,
}

pub fn read(json: &str) -> Result<Found, Failure> {
    // serde_json's own messages may show a value.
    let fields: Fields = serde_json::from_str(json).map_err(|error| {
        let what = if error.is_data() { "a field is there twice" } else { "not valid JSON" };
        refused(format!("{what} (line {}, column {})", error.line(), error.column()))
    })?;
    match fields.version {
        Some(Value::Number(version)) if version.as_u64() == Some(1) => {}
        Some(_) => return Err(refused("Version must be 1")),
        None => return Err(refused("Version is missing; it must be 1")),
    }
    let required =
        |name, value| text(name, value)?.ok_or_else(|| refused(format!("{name} is missing")));
    Ok(Found {
        access_key: required("AccessKeyId", fields.access_key_id)?.into_bytes(),
        secret: required("SecretAccessKey", fields.secret_access_key)?.into_bytes(),
        session: text("SessionToken", fields.session_token)?.unwrap_or_default().into_bytes(),
        expires_at: match text("Expiration", fields.expiration)? {
            Some(end) => Some(time("credentials: Expiration", &end)?),
            None => None,
        },
    })
}

/// Empty and null count as missing.
fn text(name: &str, value: Option<Value>) -> Result<Option<String>, Failure> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text).filter(|text| !text.is_empty())),
        Some(_) => Err(refused(format!("{name} must be a string"))),
    }
}

fn refused(what: impl AsRef<str>) -> Failure {
    Failure::refused(format!("credentials: {}", what.as_ref()))
}
