use std::time::SystemTime;

use bedrock_token_core::{Credentials, Error, Generator, Service, inspect};

fn main() -> Result<(), Error> {
    let credentials = Credentials::new(
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        None, // the session token of temporary credentials
    )?;
    let generator = Generator::new(Service::Bedrock, "eu-central-1")?;
    let token = generator.generate(&credentials, SystemTime::now())?;
    println!("{}", token.as_str());

    let info = inspect(token.as_str())?;
    assert_eq!(info.expires_at(), info.issued_at() + Generator::EXPIRES_MAX); // 12 hours
    Ok(())
}
