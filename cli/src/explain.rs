//! Says why a text is not a token. It never shows the text.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use bedrock_token_core::{Service, inspect};

const CUT_OFF: &str = "cut off in the middle";

/// The host, with which the URL in every token of a service begins.
const fn host(service: Service) -> &'static [u8] {
    match service {
        Service::ClaudePlatform => b"aws-external-anthropic.amazonaws.com/?",
        _ => b"bedrock.amazonaws.com/?",
    }
}
/// The end of that URL.
const END: &[u8] = b"&Version=1";

/// `text` is trimmed, and [`inspect`] refused it.
pub fn why(text: &str) -> Cow<'static, str> {
    match strip_bearer(text) {
        Some(rest) if is_token(rest) => "has Bearer in front of it; give the token alone".into(),
        Some(rest) => format!("has Bearer in front of it, and is {}", why_alone(rest)).into(),
        None => why_alone(text).into(),
    }
}

fn why_alone(text: &str) -> &'static str {
    if text.is_empty() {
        return "empty";
    }
    if let Some((name, rest)) = text.split_once('=')
        && !name.contains("-api-key-")
        && is_token(rest.trim_matches(['"', '\'']))
    {
        return "has the name of a variable in front of it; give the token alone";
    }
    if is_token(text.trim_matches(['"', '\'', '`'])) {
        return "has quotes around it; give the token without them";
    }
    if text.starts_with("AEAA") {
        return "a long-term key of Claude Platform on AWS (AEAA...), which does not say when it ends";
    }
    if text.starts_with("AKIA") || text.starts_with("ASIA") {
        return "an access key, not a token";
    }
    for &service in Service::ALL {
        if let Some(base64) = text.strip_prefix(service.prefix()) {
            return why_not_inside(base64, host(service));
        }
        if text.len() >= 4 && service.prefix().starts_with(text) {
            return CUT_OFF;
        }
    }
    if is_key_of_another_service(text) {
        return "a key of another service";
    }
    "not a token: it begins with neither bedrock-api-key- nor aws-external-anthropic-api-key-"
}

/// Why the text after the prefix is wrong.
fn why_not_inside(base64: &str, host: &[u8]) -> &'static str {
    if base64.contains(char::is_whitespace) {
        return "has white space in the middle of it";
    }
    let Ok(url) = LENIENT.decode(whole(base64.trim_end_matches('='))) else {
        return "not Base64 behind its prefix";
    };
    match url.strip_prefix(host) {
        None if host.starts_with(&url) => CUT_OFF,
        None => "not for the service of its prefix: the host inside it is another one",
        Some(query) if query.ends_with(END) && base64.len().is_multiple_of(4) => {
            "not a presigned URL as AWS's generators make it"
        }
        Some(_) => CUT_OFF,
    }
}

/// Decodes what was cut off anywhere.
const LENIENT: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, NO_PAD.with_decode_allow_trailing_bits(true));

/// Without a last digit that holds no whole byte.
fn whole(digits: &str) -> &[u8] {
    let digits = digits.as_bytes();
    &digits[..digits.len() - usize::from(digits.len() % 4 == 1)]
}

fn strip_bearer(text: &str) -> Option<&str> {
    let text = text.strip_prefix("Authorization:").map_or(text, str::trim_start);
    let (word, rest) = text.split_once(' ')?;
    word.eq_ignore_ascii_case("Bearer").then(|| rest.trim_start())
}

/// `NAME-api-key-`, or `sk-`, as the keys of Anthropic and OpenAI begin.
fn is_key_of_another_service(text: &str) -> bool {
    let is_name = |name: &str| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    text.starts_with("sk-") || text.split_once("-api-key-").is_some_and(|(name, _)| is_name(name))
}

fn is_token(text: &str) -> bool {
    inspect(text).is_ok()
}
