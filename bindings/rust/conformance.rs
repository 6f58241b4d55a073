mod bedrock_token;

use std::ffi::{CStr, CString};
use std::io::{BufRead as _, stdin};

use bedrock_token::{Error, Service, generate, generate_at, inspect};

fn answer(result: Result<CString, Error>) {
    let text = |field| CStr::from_bytes_until_nul(field).unwrap().to_str().unwrap();
    match result {
        Ok(token) => {
            let info = inspect(&token).unwrap();
            println!(
                "0\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
                token.to_str().unwrap(),
                info.service,
                text(&info.access_key),
                text(&info.region),
                info.issued_at,
                info.expires_at,
                info.has_session
            );
        }
        Err((status, message)) => println!("{status}\t{}", message.to_str().unwrap()),
    }
}

fn string(field: &str) -> Option<CString> {
    let hex = field.strip_prefix('=')?;
    let byte = |i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap();
    Some(CString::new((0..hex.len()).step_by(2).map(byte).collect::<Vec<_>>()).unwrap())
}

fn main() {
    for line in stdin().lock().lines().map(Result::unwrap) {
        let fields: Vec<&str> = line.split('\t').collect();
        let service = match fields[0] {
            "0" => Some(Service::Bedrock),
            "1" => Some(Service::ClaudePlatform),
            _ => None,
        };
        let s: Vec<_> = fields[1..5].iter().map(|field| string(field)).collect();
        let session = s[2].as_deref();
        let expires = fields[5].parse().unwrap();
        match (service, &s[0], &s[1], &s[3]) {
            (Some(service), Some(key), Some(secret), Some(region)) => {
                let time = fields[6].parse().unwrap();
                answer(generate_at(service, key, secret, session, region, expires, time));
                answer(generate(service, key, secret, session, region, expires));
            }
            _ => println!("-\n-"), // no &CStr is NULL, and an enum has no other values
        }
    }
}
