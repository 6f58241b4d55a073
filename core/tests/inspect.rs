//! What a token says of itself, and each text that looks like one and is not.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bedrock_token_core::raw::{TOKEN_MAX, expires_at, inspect_bytes as inspect, issued_at};
use bedrock_token_core::{Error, Info, Service};

const PREFIX: &str = concat!("bedrock-api", "-key-");
const CLAUDE_PLATFORM_PREFIX: &str = concat!("aws-external-anthropic-api", "-key-");
const URL: &str = "bedrock.amazonaws.com/?Action=CallWithBearerToken\
    &X-Amz-Algorithm=AWS4-HMAC-SHA256\
    &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260615%2Feu-central-1%2Fbedrock%2Faws4_request\
    &X-Amz-Date=20260615T120000Z&X-Amz-Expires=43200\
    &X-Amz-Signature=92ab40a0f0dd5b323c7a3ffeb238c95795e613f2bc588b44850c7f3e49c94a94\
    &X-Amz-SignedHeaders=host&Version=1";
const TIME: i64 = 1_781_524_800;

fn read(url: &str) -> Result<Info, Error> {
    inspect(format!("{PREFIX}{}", BASE64.encode(url)).as_bytes())
}

fn edited(old: &str, new: &str) -> Result<Info, Error> {
    assert!(URL.contains(old), "{old}");
    read(&URL.replace(old, new))
}

/// With a session token in front, written so in the URL.
fn with_session(session: &str) -> Result<Info, Error> {
    edited("/?", &format!("/?X-Amz-Security-Token={session}&"))
}

fn assert_says(info: Info, service: Service, has_session: bool) {
    assert_eq!((info.access_key(), info.region()), ("AKIAIOSFODNN7EXAMPLE", "eu-central-1"));
    assert_eq!((issued_at(&info), expires_at(&info)), (TIME, TIME + 43_200));
    assert_eq!((info.service(), info.has_session()), (service, has_session));
}

#[test]
fn either_service() {
    assert_says(read(URL).unwrap(), Service::Bedrock, false);
    let url = URL
        .replace("bedrock.amazonaws", "aws-external-anthropic.amazonaws")
        .replace("%2Fbedrock%2F", "%2Faws-external-anthropic%2F");
    let token = format!("{CLAUDE_PLATFORM_PREFIX}{}", BASE64.encode(&url));
    assert_says(inspect(token.as_bytes()).unwrap(), Service::ClaudePlatform, false);

    // One service's prefix before the other's URL, host or name.
    for (prefix, url) in [
        (PREFIX, url.as_str()),
        (CLAUDE_PLATFORM_PREFIX, URL),
        (PREFIX, &URL.replace("%2Fbedrock%2F", "%2Faws-external-anthropic%2F")),
        (PREFIX, &url.replace("%2Faws-external-anthropic%2F", "%2Fbedrock%2F")),
    ] {
        let token = format!("{prefix}{}", BASE64.encode(url));
        assert_eq!(inspect(token.as_bytes()), Err(Error::InvalidToken), "{url}");
    }
}

#[test]
fn any_order_and_any_case_of_escapes() {
    let (host, query) = URL.split_once("/?").unwrap();
    let mut parameters: Vec<_> = query.split('&').collect();
    for _ in 0..parameters.len() {
        parameters.rotate_left(1);
        let url = format!("{host}/?{}", parameters.join("&"));
        assert_says(read(&url).unwrap(), Service::Bedrock, false);
    }
    assert_says(edited("%2F", "%2f").unwrap(), Service::Bedrock, false);
    assert_says(edited("%2F", "/").unwrap(), Service::Bedrock, false);
}

/// The Base64 is decoded in parts, and a session token of any length may lie across them.
#[test]
fn session_tokens_of_any_length() {
    assert_says(with_session("").unwrap(), Service::Bedrock, false);
    for len in (1..2000).chain([65_535, 65_536]) {
        assert_says(with_session(&"s".repeat(len)).unwrap(), Service::Bedrock, true);
    }
    assert_says(with_session(&"%2B".repeat(65_536)).unwrap(), Service::Bedrock, true);
    assert_eq!(with_session(&"s".repeat(65_537)), Err(Error::InvalidToken));
    assert_eq!(with_session(&"%2B".repeat(65_537)), Err(Error::InvalidToken));
}

/// Each edit of a good URL makes it another one.
#[test]
fn refuses_other_urls() {
    for (old, new) in [
        ("bedrock.", "badrock."),
        ("/?", "?"),
        ("/?", "/?&"),
        ("Action=CallWith", "Action=callWith"),
        ("Action=CallWithBearerToken&", ""),
        ("SHA256", "SHA512"),
        ("X-Amz-Algorithm=AWS4-HMAC-SHA256&", ""),
        ("=host&", "=hosts&"),
        ("X-Amz-SignedHeaders=host&", ""),
        ("Version=1", "Version=2"),
        ("&Version=1", ""),
        ("&Version=1", "&Version"),
        ("&Version=1", "&Version="),
        ("&Version=1", "&Version=1&"),
        ("&Version=1", "&Version=1&Version=1"),
        ("&Version=1", "&Version=1&X=1"),
        ("&Version=1", "&Version=1&X-Amz-Expires=43200"),
        ("&Version=1", "&Version=%3"),
        ("&Version=1", "&Version=1%"),
        ("&Version=1", "&Version= 1"),
        ("&Version=1", "&a-name-that-is-longer-than-any-that-a-generator-writes=1&Version=1"),
        ("%2F", "%2G"),
        ("%2F", "%G2"),
        ("%2F", "\u{7f}"),
        ("a94&", "a9&"),
        ("a94&", "a944&"),
        ("a94&", "A94&"),
        ("a94&", "g94&"),
        ("X-Amz-Signature", "X-Amz-Signatur"),
        ("X-Amz-Date=20260615T120000Z&", ""),
        ("T120000Z", "T120000"),
        ("T120000Z", "T120000z"),
        ("T120000Z", "T240000Z"),
        ("T120000Z", "T126000Z"),
        ("T120000Z", "T120060Z"),
        ("20260615", "20261315"),
        ("20260615", "20260631"),
        ("20260615", "20260229"),
        ("20260615", "21000229"),
        ("20260615", "19691231"),
        ("20260615", "2026061x"),
        ("20260615T", "20260614T"),
        ("X-Amz-Expires=43200&", ""),
        ("=43200", "=0"),
        ("=43200", "=43201"),
        ("=43200", "=043200"),
        ("=43200", "=+43200"),
        ("=43200", "=-1"),
        ("=43200", "=99999999999999999999"),
        ("X-Amz-Credential", "X-Amz-Credentia"),
        ("AKIA", "AK+A"),
        ("AKIAIOSFODNN7EXAMPLE", ""),
        ("eu-central-1", "eu_central_1"),
        ("eu-central-1", ""),
        ("%2Faws4_request", ""),
        ("%2Faws4_request", "%2Faws4_request%2F"),
        ("aws4_request", "aws4-request"),
    ] {
        assert_eq!(edited(old, new), Err(Error::InvalidToken), "{old} -> {new}");
    }
    for len in 129..300 {
        assert_eq!(edited("AKIAIOSFODNN7EXAMPLE", &"A".repeat(len)), Err(Error::InvalidToken));
    }
    for len in 64..300 {
        assert_eq!(edited("eu-central-1", &"a".repeat(len)), Err(Error::InvalidToken));
    }
    assert!(edited("AKIAIOSFODNN7EXAMPLE", &"A".repeat(128)).is_ok());
    assert!(edited("eu-central-1", &"a".repeat(63)).is_ok());
    assert!(edited("=43200", "=1").is_ok());
}

#[test]
fn dates_from_1970_to_9999() {
    for (date_time, time) in [
        ("19700101T000000Z", 0),
        ("20240229T235959Z", 1_709_251_199),
        ("20000229T000000Z", 951_782_400),
        ("99991231T115959Z", 253_402_257_599),
    ] {
        let url = URL.replace("20260615T120000Z", date_time).replace("20260615", &date_time[..8]);
        let info = read(&url).unwrap();
        assert_eq!((issued_at(&info), expires_at(&info)), (time, time + 43_200), "{date_time}");
    }
}

#[test]
fn refuses_other_texts() {
    let base64 = BASE64.encode(URL);
    // The first part that is decoded ends in padding.
    let long = URL.replace("/?", &format!("/?X-Amz-Security-Token={}&", "s".repeat(1000)));
    let inside = BASE64.encode(&long[..766]) + &BASE64.encode(&long[766..]);
    let longest = format!("{PREFIX}{}", "A".repeat(TOKEN_MAX - PREFIX.len() + 1));
    let other_bits = base64.replace("PTE=", "PTF=");
    assert!(base64.ends_with("PTE="));
    for text in [
        "",
        PREFIX,
        URL,
        &base64,
        &format!("{PREFIX}{URL}"),
        &format!("{PREFIX}{}", &base64[1..]),
        &format!("{PREFIX}{}", base64.trim_end_matches('=')),
        &format!("{PREFIX}{base64}\n"),
        &format!(" {PREFIX}{base64}"),
        &format!("{PREFIX}{}", base64.replace("20260615", "2026_615").replacen('Y', "_", 1)),
        &format!("{PREFIX}{inside}"),
        &format!("{PREFIX}{other_bits}"),
        &longest,
    ] {
        assert_eq!(inspect(text.as_bytes()), Err(Error::InvalidToken), "{text}");
    }
    assert_eq!(inspect(b"ABSKQmVkcm9jaw=="), Err(Error::LongTermKey));
}
