//! One token for all threads of a program. It is renewed before it or its credentials end.

use std::sync::Arc;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use bedrock_token_core::{
    Credentials, Error, Kept, Next, Provider, Request, Service, check, schedule,
};

type Token = Arc<str>;

fn now_millis() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970").as_millis() as i64
}

/// The token that is kept, or a new one.
fn get(provider: &Provider<Token, Error>) -> Result<Token, Error> {
    // A number that no other living thread has: the address of a variable of the thread.
    thread_local!(static OWN: u8 = const { 0 });
    let thread = OWN.with(|own| std::ptr::from_ref(own).addr());
    if let Some(token) = provider.kept(thread, now_millis, |kept| kept.token.clone()) {
        return Ok(token);
    }
    let kept = match provider.next(thread, now_millis)? {
        Next::Token(kept) => kept,
        Next::Renew(renewal) => renewal.finish(generate())?,
    };
    Ok(kept.token)
}

fn generate() -> Result<Kept<Token>, Error> {
    // Here a program asks its own source. These credentials end in an hour.
    let (access_key, secret) =
        (b"ASIAIOSFODNN7EXAMPLE", b"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    let credentials = Credentials::new(access_key, secret, b"FAKE/SESSION+TOKEN==")?;
    let issued_at = now_millis() / 1000;
    let credentials_end = issued_at + 3600;

    let expires = check::EXPIRES_MAX;
    let request =
        Request::new(Service::ClaudePlatform, credentials, b"us-west-2", expires, issued_at)?;
    let mut token = vec![0; request.token_len()];
    request.write_token(&mut token);
    let token = str::from_utf8(&token).expect("a token is ASCII").into();
    Ok(Kept { token, times: schedule(issued_at, expires, credentials_end)? })
}

fn main() -> Result<(), Error> {
    let provider = Provider::default();
    let first = get(&provider)?;
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(get(&provider).as_ref(), Ok(&first)));
        }
    });
    println!("{first}");
    Ok(())
}
