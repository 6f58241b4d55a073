//! The JSON forms of credentials:
//! - of `credential_process`:
//!   <https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>
//! - of AWS STS, with the same fields inside `Credentials`
//! - of the endpoints of instances and containers, where the session token is called `Token`:
//!   <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html>

use serde::Deserialize;
use serde_json::Value;

use super::{Found, end, refused};
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
    token: Option<Value>,
    expiration: Option<Value>,
    code: Option<Value>,
    credentials: Option<Box<Fields>>,
    #[serde(rename = "roleCredentials")]
    role_credentials: Option<Value>,
}

pub fn read(json: &str) -> Result<Found, Failure> {
    // serde_json's own messages may show a value.
    let fields: Fields = serde_json::from_str(json).map_err(|error| {
        let what = match error.is_data() {
            true if error.to_string().starts_with("duplicate field") => "a field is there twice",
            true => "Credentials must be an object",
            false => "not valid JSON",
        };
        refused(format!("{what} (line {}, column {})", error.line(), error.column()))
    })?;
    if fields.role_credentials.is_some() {
        return Err(refused(
            "roleCredentials, which the AWS CLI gets for IAM Identity Center, have other names.\n\
             Try: aws configure export-credentials --profile NAME | bedrock-token --credentials -",
        ));
    }
    match fields.credentials {
        Some(_) if fields.access_key_id.is_some() => {
            Err(refused("both AccessKeyId and Credentials are there"))
        }
        Some(inner) => found(*inner),
        None => found(fields),
    }
}

fn found(fields: Fields) -> Result<Found, Failure> {
    if fields.version.is_some_and(|version| version != 1) {
        return Err(refused("Version must be 1"));
    }
    if fields.code.is_some_and(|code| code != "Success") {
        return Err(refused("Code is not Success: the endpoint gave none"));
    }
    let required =
        |name, value| text(name, value)?.ok_or_else(|| refused(format!("{name} is missing")));
    let session = match (text("SessionToken", fields.session_token)?, text("Token", fields.token)?)
    {
        (Some(_), Some(_)) => return Err(refused("both SessionToken and Token are there")),
        (session, token) => session.or(token).unwrap_or_default(),
    };
    Ok(Found {
        access_key: required("AccessKeyId", fields.access_key_id)?.into_bytes(),
        secret: required("SecretAccessKey", fields.secret_access_key)?.into_bytes(),
        session: session.into_bytes(),
        end: text("Expiration", fields.expiration)?
            .map(|time| end("Expiration", &time))
            .transpose()?,
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
