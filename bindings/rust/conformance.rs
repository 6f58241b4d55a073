mod bedrock_token;

use std::ffi::{CStr, CString, c_char};
use std::io::{BufRead as _, stdin};
use std::ptr::{null, null_mut};

use bedrock_token::{Error, check};

#[rustfmt::skip]
unsafe extern "C" {
    fn bedrock_token_generate_into(access_key: *const c_char, secret: *const c_char, session: *const c_char,
        region: *const c_char, expires: u32, signing_time: i64, buf: *mut c_char, capacity: usize, len: *mut usize) -> i32;
}

fn generate_at(s: &[Option<CString>], expires: u32, time: i64) -> Result<CString, Error> {
    let pointer = |i: usize| s[i].as_ref().map_or(null(), |string| string.as_ptr());
    let generate = |buffer: *mut c_char, capacity, length: &mut usize| unsafe {
        let (key, secret, session, region) = (pointer(0), pointer(1), pointer(2), pointer(3));
        bedrock_token_generate_into(key, secret, session, region, expires, time, buffer, capacity, length)
    };
    let mut length = 0;
    generate(null_mut(), 0, &mut length);
    let mut buffer = vec![0_u8; length + 1];
    check(generate(buffer.as_mut_ptr().cast(), buffer.len(), &mut length))?;
    Ok(CStr::from_bytes_until_nul(&buffer).unwrap().to_owned())
}

fn answer(result: Result<CString, Error>) {
    let text = |field| CStr::from_bytes_until_nul(field).unwrap().to_str().unwrap();
    match result {
        Ok(token) => {
            let info = bedrock_token::inspect(&token).unwrap();
            let (key, region) = (text(&info.access_key), text(&info.region));
            let token = token.to_str().unwrap();
            println!("0\t{token}\t{key}\t{region}\t{}\t{}\t{}", info.issued_at, info.expires_at, info.has_session);
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
        let s: Vec<_> = fields[..4].iter().map(|field| string(field)).collect();
        let expires = fields[4].parse().unwrap();
        answer(generate_at(&s, expires, fields[5].parse().unwrap()));
        match (&s[0], &s[1], &s[3]) {
            (Some(key), Some(secret), Some(region)) => {
                answer(bedrock_token::generate(key, secret, s[2].as_deref(), region, expires));
            }
            _ => println!("-"), // no &CStr is NULL
        }
    }
}
