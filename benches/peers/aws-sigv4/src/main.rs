//! AWS's signer for Rust, through its interface for HTTP requests; and SHA-256 alone, for the floor.
//! A worker as `worker.h` describes it, for one thread.

use std::collections::HashMap;
use std::env::args;
use std::fs::read_to_string;
use std::hint::black_box;
use std::io::stdin;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use base64::Engine as _;
use base64::engine::{Simd, general_purpose::PAD};
use sha2::block_api::compress256;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const SIGNING_TIME: u64 = 1_781_524_800;

fn presign(session: &str, time: u64, base64: &Simd) -> String {
    let session = Some(session.to_owned()).filter(|session| !session.is_empty());
    let identity = Credentials::new("AKIAIOSFODNN7EXAMPLE", SECRET, session, None, "bench").into();
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(Duration::from_secs(43_200));
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region("eu-central-1")
        .name("bedrock")
        .time(SystemTime::UNIX_EPOCH + Duration::from_secs(time))
        .settings(settings)
        .build()
        .unwrap()
        .into();
    let url = "https://bedrock.amazonaws.com/?Action=CallWithBearerToken";
    let headers = [("host", "bedrock.amazonaws.com")].into_iter();
    let request = SignableRequest::new("POST", url, headers, SignableBody::Bytes(b"")).unwrap();
    let (instructions, _) = sign(request, &params).unwrap().into_parts();
    let mut request = http::Request::post(url).body(()).unwrap();
    instructions.apply_to_request_http1x(&mut request);
    let url = format!("{}&Version=1", request.uri());
    let url = url.strip_prefix("https://").unwrap();
    format!("{}{}", concat!("bedrock-api", "-key-"), base64.encode(url))
}

fn main() {
    let folder = args().nth(1).expect("the folder of the session tokens");
    let mut sessions = HashMap::new();
    let base64 = Simd::standard(PAD);
    for line in stdin().lines().map(Result::unwrap) {
        let words: Vec<_> = line.split(' ').collect();
        let [command, operation, length, first, second] = words[..] else { panic!("{line}") };
        let sessions: &Vec<String> = sessions.entry(length.to_owned()).or_insert_with(|| {
            let text = read_to_string(Path::new(&folder).join(length)).unwrap();
            text.lines().map(str::to_owned).collect()
        });
        let iterations: usize = first.parse().unwrap();
        if command == "token" {
            println!("{}", presign(&sessions[iterations], second.parse().unwrap(), &base64));
            continue;
        }
        let start = Instant::now();
        match operation {
            "presign" => {
                for session in sessions.iter().cycle().take(iterations) {
                    black_box(presign(session, SIGNING_TIME, &base64));
                }
            }
            // An iteration is a block of 64 bytes.
            "sha256" => {
                let (mut state, blocks) = ([0; 8], [[0; 64]; 256]);
                for done in (0..iterations).step_by(blocks.len()) {
                    compress256(&mut state, &blocks[..blocks.len().min(iterations - done)]);
                }
                black_box(state);
            }
            _ => panic!("{operation}"),
        }
        println!("{}", start.elapsed().as_nanos());
    }
}
