//! Every token is what AWS's own signer for Rust, asked the long way, makes of the same request.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials as Identity;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign,
};
use aws_sigv4::sign::v4::SigningParams;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bedrock_token_core::Service;
use bedrock_token_core::raw::{Credentials, Request, TOKEN_MAX, Target, check};

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

/// The prefix, the host, and SigV4's name of the service.
fn texts(service: Service) -> [&'static str; 3] {
    match service {
        Service::Bedrock => [concat!("bedrock-api", "-key-"), "bedrock.amazonaws.com", "bedrock"],
        Service::ClaudePlatform => [
            concat!("aws-external-anthropic-api", "-key-"),
            "aws-external-anthropic.amazonaws.com",
            "aws-external-anthropic",
        ],
        other => panic!("{other}"),
    }
}

/// The URL in our token.
fn ours(input: &Input) -> String {
    let Input { service, access_key, secret, session, region, expires, signing_time } = input;
    let [access_key, secret, session] = [access_key, secret, session].map(|text| text.as_bytes());
    let credentials = Credentials::new(access_key, secret, session).unwrap();
    let target = Target::new(*service, region.as_bytes(), *expires).unwrap();
    let request = Request::new(&target, credentials, *signing_time).unwrap();
    let mut token = vec![0xFF; request.token_len()];
    request.write_token(&mut token);
    let [prefix, ..] = texts(*service);
    let base64 = token.strip_prefix(prefix.as_bytes()).unwrap();
    String::from_utf8(BASE64.decode(base64).unwrap()).unwrap()
}

/// The URL as `aws_sigv4::http_request::sign` makes it, with its parameters in their order. It takes no
/// URL of more than 65,534 bytes.
fn theirs(input: &Input) -> String {
    let [_, host, name] = texts(input.service);
    let session = Some(input.session.clone()).filter(|session| !session.is_empty());
    let identity = Identity::new(&input.access_key, &input.secret, session, None, "test").into();
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(Duration::from_secs(input.expires.into()));
    let signing_time = Duration::from_secs(input.signing_time.try_into().unwrap());
    let params = SigningParams::builder()
        .identity(&identity)
        .region(&input.region)
        .name(name)
        .time(SystemTime::UNIX_EPOCH + signing_time)
        .settings(settings)
        .build()
        .unwrap()
        .into();
    let url = format!("https://{host}/?Action=CallWithBearerToken");
    let headers = [("host", host)].into_iter();
    let signable = SignableRequest::new("POST", &url, headers, SignableBody::Bytes(b"")).unwrap();
    let (instructions, _) = sign(signable, &params).unwrap().into_parts();
    let mut request = http::Request::post(&url).body(()).unwrap();
    instructions.apply_to_request_http1x(&mut request);

    let mut parameters: Vec<_> = request.uri().query().unwrap().split('&').collect();
    parameters.sort_unstable();
    format!("{host}/?{}&Version=1", parameters.join("&"))
}

fn region(len: usize) -> String {
    "r".repeat(len - "-1".len()) + "-1"
}

/// The two signatures that the token format was published with.
#[test]
fn published() {
    for (session, expires, encoded_session, signature) in [
        (
            "FAKE/SESSION+TOKEN==",
            7200,
            "&X-Amz-Security-Token=FAKE%2FSESSION%2BTOKEN%3D%3D",
            "21a4d736cb5e62aa032abf76b9f4d156b4cefa6a7414be2fac99ae4822a48219",
        ),
        ("", 43_200, "", "92ab40a0f0dd5b323c7a3ffeb238c95795e613f2bc588b44850c7f3e49c94a94"),
    ] {
        let input = Input { session: session.into(), expires, ..Input::default() };
        let expected = format!(
            "bedrock.amazonaws.com/?Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256\
             &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260615%2Feu-central-1%2Fbedrock\
             %2Faws4_request&X-Amz-Date=20260615T120000Z&X-Amz-Expires={expires}{encoded_session}\
             &X-Amz-Signature={signature}&X-Amz-SignedHeaders=host&Version=1"
        );
        assert_eq!(ours(&input), expected);
    }
}

/// Session tokens of every length that puts the end of a chunk, of a SHA-256 block and of a Base64
/// group everywhere: of bytes that stay as they are, of escaped ones in all three phases, of both.
#[test]
fn every_session_length() {
    for (front, pattern) in [("", "x"), ("", "/"), ("x", "/"), ("xx", "/"), ("", "x/")] {
        for (service, len) in
            Service::ALL.iter().flat_map(|&s| (0..=800).chain([20_000]).map(move |l| (s, l)))
        {
            let session: String = front.chars().chain(pattern.chars().cycle().take(len)).collect();
            let input = Input { service, session, ..Input::default() };
            assert_eq!(ours(&input), theirs(&input), "{front} and {len} of {pattern}");
        }
    }
}

/// Every length of the other arguments, every character, and lives and times at their limits. fuzz/ has
/// random arguments.
#[test]
fn the_other_arguments() {
    let secret: String = ('!'..='~').collect();
    let printable = format!("x {secret} x");
    for session in ["", "x", &printable] {
        let short = Input { session: session.into(), ..Input::default() };
        let mut inputs = vec![Input { secret: secret.clone(), ..short.clone() }];
        for len in 1..=check::ACCESS_KEY_MAX {
            inputs.push(Input { access_key: "K".repeat(len), ..short.clone() });
        }
        for len in 1..=check::SECRET_MAX {
            inputs.push(Input { secret: "s".repeat(len), ..short.clone() });
        }
        for len in 3..=check::REGION_MAX {
            inputs.push(Input { region: region(len), ..short.clone() });
        }
        for expires in [1, 9, 10, 99, 100, 999, 1000, 9999, 10_000, check::EXPIRES_MAX] {
            inputs.push(Input { expires, ..short.clone() });
        }
        for signing_time in [0, 951_782_399, 1_709_251_199, check::SIGNING_TIME_MAX] {
            inputs.push(Input { signing_time, ..short.clone() });
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
    let [prefix, ..] = texts(longest.service);
    assert_eq!(TOKEN_MAX, prefix.len() + url.len().div_ceil(3) * 4);
    // Python's `hmac` made this signature.
    let signature = "341f82a7928b90991b1718ccfbf9faa49981fea9a327b1c09477699b76ba2671";
    assert!(url.contains(&format!("&X-Amz-Signature={signature}&")), "{}", &url[url.len() - 200..]);
}
