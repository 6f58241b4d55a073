//! A worker of benches/languages.py.

mod bedrock_token;

use std::collections::HashMap;
use std::ffi::{CStr, CString};
use std::hint::black_box;
use std::io::stdin;
use std::time::Instant;

use bedrock_token::{Credentials, Provider, Service, generate};

const KEY: &CStr = c"AKIAIOSFODNN7EXAMPLE";
const SECRET: &CStr = c"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const REGION: &CStr = c"eu-central-1";

fn main() {
    let folder = std::env::args().nth(1).expect("the folder of the session tokens");
    let credentials = || {
        let (access_key, secret) = (KEY.to_owned(), SECRET.to_owned());
        Some(Credentials { access_key, secret, session: None, expires_at: 0 })
    };
    let provider = Provider::new(Service::Bedrock, REGION, 43200, credentials).unwrap();
    let mut sessions = HashMap::new();
    for line in stdin().lines().map(Result::unwrap) {
        let words: Vec<_> = line.split(' ').collect();
        let [command, operation, length, first, _] = words[..] else { panic!("{line}") };
        let sessions: &Vec<_> = sessions.entry(length.to_owned()).or_insert_with(|| {
            let text = std::fs::read_to_string(format!("{folder}/{length}")).unwrap();
            text.lines().map(|line| CString::new(line).unwrap()).collect()
        });
        let token = |session: &CString| match operation {
            "generate" => {
                generate(Service::Bedrock, KEY, SECRET, Some(session), REGION, 43200).unwrap()
            }
            "kept" => provider.get().unwrap().0,
            _ => panic!("{operation}"),
        };
        let first: usize = first.parse().unwrap();
        if command == "token" {
            println!("{}", token(&sessions[first]).to_str().unwrap());
        } else {
            let start = Instant::now();
            for session in sessions.iter().cycle().take(first) {
                black_box(token(session));
            }
            println!("{}", start.elapsed().as_nanos());
        }
    }
}
