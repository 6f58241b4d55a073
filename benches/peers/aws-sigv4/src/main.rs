//! AWS's signer for Rust, asked the long way; the two functions of it that the library uses; and what
//! the floor is measured with: SHA-256 and Base64 by themselves. A worker as `worker.h` describes it,
//! for one thread.

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
const REGION: &str = "eu-central-1";
const SERVICE: &str = "bedrock";
const SIGNING_TIME: u64 = 1_781_524_800;
/// With the hash of no bytes, which is as long as that of a canonical request.
const STRING_TO_SIGN: &[u8] = b"AWS4-HMAC-SHA256\n20260615T120000Z\n\
    20260615/eu-central-1/bedrock/aws4_request\n\
    e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn presign(session: &str, time: u64, base64: &Simd) -> String {
    let session = Some(session.to_owned()).filter(|session| !session.is_empty());
    let identity = Credentials::new("AKIAIOSFODNN7EXAMPLE", SECRET, session, None, "bench").into();
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(Duration::from_secs(43_200));
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(REGION)
        .name(SERVICE)
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
            // What the library has it do.
            "signature" => {
                let time = SystemTime::UNIX_EPOCH + Duration::from_secs(SIGNING_TIME);
                for _ in 0..iterations {
                    let secret = black_box(SECRET);
                    let key = v4::generate_signing_key(secret, time, REGION, SERVICE);
                    black_box(v4::calculate_signature(key, black_box(STRING_TO_SIGN)));
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
            // An iteration is a block of 48 bytes; 768 bytes at a time, as the library does it.
            "base64" => {
                let (bytes, mut encoded) = ([0; 768], [0; 1024]);
                for _ in (0..iterations).step_by(16) {
                    base64.encode_slice(black_box(&bytes), &mut encoded).unwrap();
                    black_box(&encoded);
                }
            }
            _ => panic!("{operation}"),
        }
        println!("{}", start.elapsed().as_nanos());
    }
}
