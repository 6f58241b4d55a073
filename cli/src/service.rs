use bedrock_token_core as core;

use crate::arguments::Service;

impl Service {
    /// The variable that the clients of the service take the token from.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Bedrock => "AWS_BEARER_TOKEN_BEDROCK",
            Self::ClaudePlatform => "ANTHROPIC_AWS_API_KEY",
        }
    }

    /// As `--service` takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bedrock => "bedrock",
            Self::ClaudePlatform => "claude-platform",
        }
    }

    /// As its owner writes it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Bedrock => "Amazon Bedrock",
            Self::ClaudePlatform => "Claude Platform on AWS",
        }
    }
}

impl From<Service> for core::Service {
    fn from(service: Service) -> Self {
        match service {
            Service::Bedrock => Self::Bedrock,
            Service::ClaudePlatform => Self::ClaudePlatform,
        }
    }
}

impl From<core::Service> for Service {
    fn from(service: core::Service) -> Self {
        match service {
            core::Service::ClaudePlatform => Self::ClaudePlatform,
            _ => Self::Bedrock,
        }
    }
}
