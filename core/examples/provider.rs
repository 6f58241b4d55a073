//! One token for all threads of a program. It is renewed before it or its credentials end.

use std::thread;
use std::time::{Duration, SystemTime};

use bedrock_token_core::{Credentials, Error, Generator, Provider, ProviderError, Service};

/// Here a program asks its own source. These credentials end in an hour.
fn find_credentials() -> Result<Credentials, Error> {
    let (access_key, secret) = ("ASIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    let credentials = Credentials::new(access_key, secret, Some("FAKE/SESSION+TOKEN=="))?;
    Ok(credentials.with_expires_at(SystemTime::now() + Duration::from_secs(3600)))
}

fn main() -> Result<(), ProviderError> {
    let provider = Provider::new(Generator::new(Service::ClaudePlatform, "us-west-2")?);
    let first = provider.get(find_credentials)?;
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let token = provider.get(find_credentials).expect("a kept token").token;
                assert_eq!(token.as_str(), first.token.as_str());
            });
        }
    });
    println!("{}", first.token.as_str());
    Ok(())
}
