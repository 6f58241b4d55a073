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

/// Each edit of a good URL makes it another one. core/src/date_time.rs has more dates.
#[test]
fn refuses_other_urls() {
    for (old, replacements) in [
        ("bedrock.amazonaws", "Bedrock.amazonaws bedrock.eu-central-1.amazonaws sts.amazonaws"),
        ("bedrock.amazonaws", "https://bedrock.amazonaws evil@bedrock.amazonaws"),
        ("bedrock.amazonaws.com/?", "? /?"),
        (".com/?", ".com .com? .com/ .com//? .com/?& .com/x? .com:443/? .com.example.com/?"),
        ("CallWithBearerToken", "callWithBearerToken ListFoundationModels"),
        ("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA512 AWS4-ECDSA-P256-SHA256"),
        ("=host&", "=hosts& =host%3Bx-amz-date&"),
        ("Version=1", "Version=2 Version=01 Version=1# Version=%3 Version=1% Version=1&"),
        ("Version=1", "&Version=1 =&Version=1 x=y&Version=1 X-Amz-Content-Sha256=x&Version=1"),
        ("Version=1", "a-name-that-is-longer-than-any-that-a-generator-writes=1&Version=1"),
        ("%2F", "%2G %G2 % %2 %%41 %-1 %+1 \u{80}"),
        ("a94&", "a9& a944& A94& g94& /94&"),
        ("T120000Z", "T120000 T120000z T240000Z T12:00:00Z T120000%2B"),
        ("20260615", "20261315 20260229 19691231 00000615 2026061x +2260615 120260615"),
        ("20260615T", "20260614T"),
        ("=43200", "=0 =00 =43201 =043200 =+43200 =%2B43200 =-1 =7e3 =7200.0 =0x1C"),
        ("=43200", "=4294967297 =99999999999999999999"),
        ("AKIAIOSFODNN7EXAMPLE", "AK+A AKIA- AKIA%00 AKIA%0A %C3%A9 AKIA%2F"),
        ("eu-central-1", "eu_central_1 EU-CENTRAL-1 -eu-1 eu-1%00 eu-1%2Fx"),
        ("%2Fbedrock%2F", "%2F %2Fsts%2F %2Fbedrock%2Fbedrock%2F"),
        ("%2Faws4_request", "%2Faws4-request %2Faws3_request %2Faws4_request%2F"),
    ] {
        for new in replacements.split(' ') {
            assert_eq!(edited(old, new), Err(Error::InvalidToken), "{old} -> {new}");
        }
    }
    for (old, len) in [
        ("bedrock.amazonaws.com/?", 0),
        ("AKIAIOSFODNN7EXAMPLE", 0),
        ("AKIAIOSFODNN7EXAMPLE", 129),
        ("AKIAIOSFODNN7EXAMPLE", 10_000_000),
        ("eu-central-1", 0),
        ("eu-central-1", 64),
        ("%2Faws4_request", 0),
        ("=43200", 70_000),
        ("Action", 300),
    ] {
        assert_eq!(edited(old, &"a".repeat(len)), Err(Error::InvalidToken), "{old}, {len}");
    }
    for (old, new) in [
        ("AKIAIOSFODNN7EXAMPLE", "A".repeat(128)),
        ("eu-central-1", "a".repeat(63)),
        ("=43200", "=1".into()),
    ] {
        assert!(edited(old, &new).is_ok());
    }
    // The official generators sign regions that no service has. Such a token says which one it has.
    for region in ["us-east-1a", "us-east", "us", "a", "0", "x--y"] {
        assert_eq!(edited("eu-central-1", region).unwrap().region(), region);
    }
}

/// Each parameter is there once, with a value; each byte of the URL is printable.
#[test]
fn refuses_other_parameters() {
    let (host, query) = URL.split_once("/?").unwrap();
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap();
        let others: Vec<_> = query.split('&').filter(|&other| other != pair).collect();
        let without = format!("{host}/?{}", others.join("&"));
        let lower = pair[..1].to_lowercase() + &pair[1..];
        let mut urls = vec![without.clone(), format!("{URL}&{pair}")];
        for other in [
            name,
            &format!("{name}="),
            &format!("{name}=={value}"),
            &format!("{pair}x"),
            &format!("{pair}%0A"),
            &format!("{pair}%00"),
            &format!("{pair}&{pair}"),
            &lower,
        ] {
            urls.push(format!("{without}&{other}"));
        }
        for url in urls {
            assert_eq!(read(&url), Err(Error::InvalidToken), "{url}");
        }
    }
    for at in 0..URL.len() {
        assert_eq!(read(&URL[..at]), Err(Error::InvalidToken), "{at}");
        for byte in ["\0", "\n", " ", "\u{7f}", "\u{80}"] {
            let url = format!("{}{byte}{}", &URL[..at], &URL[at + 1..]);
            assert_eq!(read(&url), Err(Error::InvalidToken), "{url}");
        }
    }
}

#[test]
fn dates_from_1970_to_9999() {
    for (date_time, time) in [
        ("19700101T000000Z", 0),
        ("20240229T235959Z", 1_709_251_199),
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
    // Two Base64 texts, one behind the other: padding is for the end alone.
    let long = URL.replace("/?", &format!("/?X-Amz-Security-Token={}&", "s".repeat(1000)));
    for at in 1..long.len() {
        let both = BASE64.encode(&long[..at]) + &BASE64.encode(&long[at..]);
        assert_eq!(inspect(format!("{PREFIX}{both}").as_bytes()).is_ok(), at % 3 == 0, "{at}");
    }
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
        &format!("{PREFIX}{other_bits}"),
        &longest,
    ] {
        assert_eq!(inspect(text.as_bytes()), Err(Error::InvalidToken), "{text}");
    }
    assert_eq!(inspect(b"ABSKQmVkcm9jaw=="), Err(Error::LongTermKey));
}
