mod bedrock_token;

use std::ffi::CStr;
use std::time::{SystemTime, UNIX_EPOCH};

use bedrock_token::{Credentials, Provider, Service, generate, inspect};

fn main() {
    let (key, secret) = (c"AKIAIOSFODNN7EXAMPLE", c"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");

    let token = generate(Service::Bedrock, key, secret, None, c"eu-central-1", 43200).unwrap();
    let info = inspect(&token).unwrap();
    let text = |field| CStr::from_bytes_until_nul(field).unwrap().to_str().unwrap();
    println!("{}", token.to_str().unwrap());
    println!("{} {} {}", text(&info.access_key), text(&info.region), info.expires_at);
    let refused = generate(Service::Bedrock, key, c"a secret\n", None, c"eu-central-1", 43200);
    println!("refused: {}", refused.unwrap_err().1.to_str().unwrap());

    // In a server: one for all threads. It asks for credentials when it needs them.
    let provider = Provider::new(Service::ClaudePlatform, c"us-west-2", 43200, move || {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64;
        Some(Credentials {
            access_key: key.into(),
            secret: secret.into(),
            session: None,
            expires_at: now + 900,
        })
    })
    .unwrap();
    println!("{}", provider.get().unwrap().0.to_str().unwrap());
}
