use bedrock_token_core::{Error, Service};

use crate::status::Failure;

/// The service that a token is for: one of BEDROCK_TOKEN_SERVICE_*.
pub type bedrock_token_service = i32;

/// Amazon Bedrock. Clients take its tokens from `AWS_BEARER_TOKEN_BEDROCK`.
pub const BEDROCK_TOKEN_SERVICE_BEDROCK: i32 = 0;
/// Claude Platform on AWS (aws-external-anthropic). Clients take its tokens from
/// `ANTHROPIC_AWS_API_KEY`.
pub const BEDROCK_TOKEN_SERVICE_CLAUDE_PLATFORM: i32 = 1;

const _: () = assert!(
    matches!(Service::ALL[BEDROCK_TOKEN_SERVICE_BEDROCK as usize], Service::Bedrock)
        && matches!(
            Service::ALL[BEDROCK_TOKEN_SERVICE_CLAUDE_PLATFORM as usize],
            Service::ClaudePlatform
        )
);

pub fn from_c(service: bedrock_token_service) -> Result<Service, Failure> {
    let index = usize::try_from(service).ok();
    let service = index.and_then(|index| Service::ALL.get(index));
    Ok(service.copied().ok_or(Error::Service)?)
}

pub fn to_c(service: Service) -> bedrock_token_service {
    let index = Service::ALL.iter().position(|&one| one == service);
    index.expect("it is one of all") as bedrock_token_service
}
