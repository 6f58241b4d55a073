mod bedrock_token;

use std::ffi::CStr;

use bedrock_token::{generate, inspect};

fn main() {
    let (key, secret) = (c"AKIAIOSFODNN7EXAMPLE", c"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    let token = generate(key, secret, None, c"eu-central-1", 43200).unwrap();
    let info = inspect(&token).unwrap();
    let text = |field| CStr::from_bytes_until_nul(field).unwrap().to_str().unwrap();
    println!("{}", token.to_str().unwrap());
    println!("{} {} {}", text(&info.access_key), text(&info.region), info.expires_at);
    let error = generate(key, c"a secret\n", None, c"eu-central-1", 43200).unwrap_err();
    println!("refused: {}", error.1.to_str().unwrap());
}
