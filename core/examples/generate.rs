use std::time::{SystemTime, UNIX_EPOCH};

use bedrock_token_core::{Credentials, Error, Request, Service, check, inspect};

fn main() -> Result<(), Error> {
    let credentials = Credentials::new(
        b"AKIAIOSFODNN7EXAMPLE",
        b"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        b"", // the session token of temporary credentials
    )?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970").as_secs();
    let request = Request::new(
        Service::Bedrock,
        credentials,
        b"eu-central-1",
        check::EXPIRES_MAX, // 12 hours
        now as i64,
    )?;
    let mut token = vec![0; request.token_len()];
    request.write_token(&mut token);
    println!("{}", str::from_utf8(&token).expect("a token is ASCII"));

    let info = inspect(&token)?;
    assert_eq!(info.expires_at, info.issued_at + 43_200);
    Ok(())
}
