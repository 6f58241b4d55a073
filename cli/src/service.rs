use bedrock_token_core::Service;

use crate::arguments;

impl From<arguments::Service> for Service {
    fn from(service: arguments::Service) -> Self {
        match service {
            arguments::Service::Bedrock => Self::Bedrock,
            arguments::Service::ClaudePlatform => Self::ClaudePlatform,
        }
    }
}

/// The variable that the clients of the service take the token from.
pub fn variable(service: Service) -> &'static str {
    match service {
        Service::ClaudePlatform => "ANTHROPIC_AWS_API_KEY",
        _ => "AWS_BEARER_TOKEN_BEDROCK",
    }
}

/// As its owner writes it.
pub fn title(service: Service) -> &'static str {
    match service {
        Service::ClaudePlatform => "Claude Platform on AWS",
        _ => "Amazon Bedrock",
    }
}
