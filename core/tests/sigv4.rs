//! Every token is what AWS's own signer for Rust, asked the long way, makes of the same request.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials as Identity;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign,
};
use aws_sigv4::sign::v4::{SigningParams, calculate_signature, generate_signing_key};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bedrock_token_core::Service;
use bedrock_token_core::raw::{Credentials, Request, TOKEN_MAX, Target, check};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

#[derive(Clone, Debug)]
struct Input {
    service: Service,
    access_key: String,
    secret: String,
    session: String,
    region: String,
    expires: u32,
    signing_time: i64,
}

impl Default for Input {
    fn default() -> Self {
        Self {
            service: Service::Bedrock,
            access_key: "AKIAIOSFODNN7EXAMPLE".into(),
            secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".into(),
            session: String::new(),
            region: "eu-central-1".into(),
            expires: 43_200,
            signing_time: 1_781_524_800,
        }
    }
}

/// The URL in our token.
fn ours(input: &Input) -> String {
    let credentials = Credentials::new(
        input.access_key.as_bytes(),
        input.secret.as_bytes(),
        input.session.as_bytes(),
    )
    .unwrap();
    let Input { service, region, expires, signing_time, .. } = input;
    let target = Target::new(*service, region.as_bytes(), *expires).unwrap();
    let request = Request::new(&target, credentials, *signing_time).unwrap();
    let mut token = vec![0xFF; request.token_len()];
    request.write_token(&mut token);
    let base64 = token.strip_prefix(prefix(*service).as_bytes()).unwrap();
    String::from_utf8(BASE64.decode(base64).unwrap()).unwrap()
}

impl Input {
    fn signing_time(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.signing_time.try_into().unwrap())
    }
}

fn prefix(service: Service) -> &'static str {
    match service {
        Service::Bedrock => concat!("bedrock-api", "-key-"),
        Service::ClaudePlatform => concat!("aws-external-anthropic-api", "-key-"),
        other => panic!("{other}"),
    }
}

fn host(service: Service) -> &'static str {
    match service {
        Service::Bedrock => "bedrock.amazonaws.com",
        Service::ClaudePlatform => "aws-external-anthropic.amazonaws.com",
        other => panic!("{other}"),
    }
}

fn name(service: Service) -> &'static str {
    match service {
        Service::Bedrock => "bedrock",
        Service::ClaudePlatform => "aws-external-anthropic",
        other => panic!("{other}"),
    }
}

/// The URL as `aws_sigv4::http_request::sign` makes it.
fn theirs(input: &Input) -> String {
    let session = Some(input.session.clone()).filter(|session| !session.is_empty());
    let identity = Identity::new(&input.access_key, &input.secret, session, None, "test").into();
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(Duration::from_secs(input.expires.into()));
    let params = SigningParams::builder()
        .identity(&identity)
        .region(&input.region)
        .name(name(input.service))
        .time(input.signing_time())
        .settings(settings)
        .build()
        .unwrap()
        .into();
    let request = SignableRequest::new(
        "POST",
        format!("https://{}/?Action=CallWithBearerToken", host(input.service)),
        [("host", host(input.service))].into_iter(),
        SignableBody::Bytes(b""),
    )
    .unwrap();
    let (instructions, _) = sign(request, &params).unwrap().into_parts();

    let mut query = BTreeMap::from([("Action", "CallWithBearerToken".to_owned())]);
    for (name, value) in instructions.params() {
        assert!(query.insert(name, percent_encoded(value)).is_none(), "{name} twice");
    }
    url(input.service, &query)
}

/// The same by the book, because `http_request::sign` takes no URL of more than 65,534 bytes:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
fn by_the_book(input: &Input) -> String {
    let Input { service, access_key, secret, session, region, expires, signing_time } = input;
    let (host, name) = (host(*service), name(*service));
    let time = time::OffsetDateTime::from_unix_timestamp(*signing_time).unwrap();
    let date = format!("{:04}{:02}{:02}", time.year(), u8::from(time.month()), time.day());
    let date_time = format!("{date}T{:02}{:02}{:02}Z", time.hour(), time.minute(), time.second());
    let scope = format!("{date}/{region}/{name}/aws4_request");
    let mut query = BTreeMap::from([
        ("Action", "CallWithBearerToken".to_owned()),
        ("X-Amz-Algorithm", "AWS4-HMAC-SHA256".to_owned()),
        ("X-Amz-Credential", percent_encoded(&format!("{access_key}/{scope}"))),
        ("X-Amz-Date", date_time.clone()),
        ("X-Amz-Expires", expires.to_string()),
        ("X-Amz-SignedHeaders", "host".to_owned()),
    ]);
    if !session.is_empty() {
        query.insert("X-Amz-Security-Token", percent_encoded(session));
    }
    let no_payload = hex::encode(Sha256::digest(b""));
    let canonical_request =
        format!("POST\n/\n{}\nhost:{host}\n\nhost\n{no_payload}", query_string(&query));
    let hash = hex::encode(Sha256::digest(canonical_request));
    let string_to_sign = format!("AWS4-HMAC-SHA256\n{date_time}\n{scope}\n{hash}");
    let key = generate_signing_key(secret, input.signing_time(), region, name);
    query.insert("X-Amz-Signature", calculate_signature(key, string_to_sign.as_bytes()));
    url(*service, &query)
}

fn url(service: Service, query: &BTreeMap<&str, String>) -> String {
    format!("{}/?{}&Version=1", host(service), query_string(query))
}

fn query_string(query: &BTreeMap<&str, String>) -> String {
    let pairs: Vec<_> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for c in text.chars() {
        match c {
            'A'..='Z' | 'a'..='z' | '0'..='9' | '-' | '_' | '.' | '~' => encoded.push(c),
            ' '..='~' => encoded += &format!("%{:02X}", u32::from(c)),
            _ => panic!("not printable ASCII"),
        }
    }
    encoded
}

fn session(most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(b' '..=b'~', 0..=most).prop_map(|bytes| {
        String::from_utf8(bytes).unwrap().trim_matches([' ', '"', '\'', '`']).to_owned()
    })
}

fn region(len: usize) -> String {
    "r".repeat(len - "-1".len()) + "-1"
}

fn secret() -> impl Strategy<Value = String> {
    "[!-~]{1,256}|[A-Za-z0-9+/]{40}".prop_filter("no quote at an end", |secret| {
        !secret.starts_with(['"', '\'', '`']) && !secret.ends_with(['"', '\'', '`'])
    })
}

fn input(session: impl Strategy<Value = String>) -> impl Strategy<Value = Input> {
    (
        prop::sample::select(Service::ALL),
        "[A-Za-z0-9_]{1,128}|A[SK]IA[A-Z0-9]{0,16}",
        secret(),
        session,
        "[a-z][a-z0-9-]{0,50}-[0-9]{1,11}",
        prop_oneof![1 => check::EXPIRES_MIN..=100, 1 => check::EXPIRES_MIN..=check::EXPIRES_MAX],
        prop_oneof![1 => 0..=check::SIGNING_TIME_MAX, 1 => 1_500_000_000..3_000_000_000i64],
    )
        .prop_filter("temporary credentials have a session token", |input| {
            !(input.1.starts_with("ASIA") && input.3.is_empty())
        })
        .prop_map(|(service, access_key, secret, session, region, expires, signing_time)| {
            Input { service, access_key, secret, session, region, expires, signing_time }
        })
}

proptest! {
    #[test]
    fn random_input(
        input in input(prop_oneof![Just(String::new()), session(40), session(4096)]),
    ) {
        let ours = ours(&input);
        prop_assert_eq!(&ours, &theirs(&input));
        prop_assert_eq!(&ours, &by_the_book(&input));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn random_long_session(input in input(session(check::SESSION_MAX))) {
        prop_assert_eq!(ours(&input), by_the_book(&input));
    }
}

/// Session tokens of every length that puts the end of a chunk, of a SHA-256 block and of a Base64
/// group everywhere: of bytes that stay as they are, of escaped ones in all three phases, of both.
#[test]
fn every_session_length() {
    for (front, pattern) in [("", "x"), ("", "/"), ("x", "/"), ("xx", "/"), ("", "x/")] {
        for (service, len) in Service::ALL.iter().flat_map(|&s| (0..=800).map(move |l| (s, l))) {
            let session: String = front.chars().chain(pattern.chars().cycle().take(len)).collect();
            let input = Input { service, session, ..Input::default() };
            assert_eq!(ours(&input), theirs(&input), "{front} and {len} of {pattern}");
        }
    }
}

#[test]
fn every_length_of_the_other_arguments() {
    for session in ["", "x", "FAKE/SESSION+TOKEN=="] {
        let short = Input { session: session.into(), ..Input::default() };
        let mut inputs = Vec::new();
        for len in 1..=check::ACCESS_KEY_MAX {
            inputs.push(Input { access_key: "K".repeat(len), ..short.clone() });
        }
        for len in 1..=check::SECRET_MAX {
            inputs.push(Input { secret: "s".repeat(len), ..short.clone() });
        }
        for len in 3..=check::REGION_MAX {
            inputs.push(Input { region: region(len), ..short.clone() });
        }
        for input in inputs {
            assert_eq!(ours(&input), theirs(&input), "{input:?}");
        }
    }
}

#[test]
fn the_longest_token() {
    let longest = Input {
        service: Service::ClaudePlatform,
        access_key: "K".repeat(check::ACCESS_KEY_MAX),
        secret: "~".repeat(check::SECRET_MAX),
        session: "/".repeat(check::SESSION_MAX),
        region: region(check::REGION_MAX),
        expires: check::EXPIRES_MAX,
        signing_time: check::SIGNING_TIME_MAX,
    };
    let url = ours(&longest);
    assert_eq!(url, by_the_book(&longest));
    assert_eq!(TOKEN_MAX, prefix(longest.service).len() + url.len().div_ceil(3) * 4);
}
