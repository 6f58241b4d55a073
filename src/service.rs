use bedrock_token_core::Service;

use crate::status::{BEDROCK_TOKEN_ERR_SERVICE, Failure};

/// The service that a token is for: one of BEDROCK_TOKEN_SERVICE_*.
pub type bedrock_token_service = i32;

/// Amazon Bedrock. Clients take its tokens from `AWS_BEARER_TOKEN_BEDROCK`.
pub const BEDROCK_TOKEN_SERVICE_BEDROCK: i32 = 0;
/// Claude Platform on AWS (aws-external-anthropic). Clients take its tokens from
/// `ANTHROPIC_AWS_API_KEY`.
pub const BEDROCK_TOKEN_SERVICE_CLAUDE_PLATFORM: i32 = 1;

pub fn from_c(service: bedrock_token_service) -> Result<Service, Failure> {
    match service {
        BEDROCK_TOKEN_SERVICE_BEDROCK => Ok(Service::Bedrock),
        BEDROCK_TOKEN_SERVICE_CLAUDE_PLATFORM => Ok(Service::ClaudePlatform),
        _ => Err(Failure(BEDROCK_TOKEN_ERR_SERVICE)),
    }
}

pub fn to_c(service: Service) -> bedrock_token_service {
    match service {
        Service::Bedrock => BEDROCK_TOKEN_SERVICE_BEDROCK,
        Service::ClaudePlatform => BEDROCK_TOKEN_SERVICE_CLAUDE_PLATFORM,
    }
}
