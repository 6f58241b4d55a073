//! The two signatures that the token format was published with.

use base64::Engine as _;
use bedrock_token_core::Service;
use bedrock_token_core::raw::{Credentials, Request, Target};

fn url(session: &str, expires: u32) -> String {
    let credentials = Credentials::new(
        b"AKIAIOSFODNN7EXAMPLE",
        b"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        session.as_bytes(),
    )
    .unwrap();
    let target = Target::new(Service::Bedrock, b"eu-central-1", expires).unwrap();
    let request = Request::new(&target, credentials, 1_781_524_800).unwrap();
    let mut token = vec![0; request.token_len()];
    request.write_token(&mut token);
    let base64 = token.strip_prefix(concat!("bedrock-api", "-key-").as_bytes()).unwrap();
    String::from_utf8(base64::engine::general_purpose::STANDARD.decode(base64).unwrap()).unwrap()
}

#[test]
fn with_session_token() {
    assert_eq!(
        url("FAKE/SESSION+TOKEN==", 7200),
        "bedrock.amazonaws.com/?Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260615%2Feu-central-1%2Fbedrock%2Faws4_request\
         &X-Amz-Date=20260615T120000Z&X-Amz-Expires=7200\
         &X-Amz-Security-Token=FAKE%2FSESSION%2BTOKEN%3D%3D\
         &X-Amz-Signature=21a4d736cb5e62aa032abf76b9f4d156b4cefa6a7414be2fac99ae4822a48219\
         &X-Amz-SignedHeaders=host&Version=1"
    );
}

#[test]
fn without_session_token() {
    assert!(url("", 43_200).contains(
        "&X-Amz-Expires=43200\
         &X-Amz-Signature=92ab40a0f0dd5b323c7a3ffeb238c95795e613f2bc588b44850c7f3e49c94a94&"
    ));
}
