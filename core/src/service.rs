//! The services that take these tokens. Their tokens differ in a few texts only.

use std::fmt;
use std::str::FromStr;

use crate::Error;

/// The service that a token is for.
///
/// Its text is the one that the command `bedrock-token` has: `bedrock` or `claude-platform`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Service {
    /// Amazon Bedrock.
    Bedrock,
    /// Claude Platform on AWS.
    ClaudePlatform,
}

/// The texts by which the tokens of a service differ from others.
pub(crate) struct TokenTexts {
    /// In front of the Base64.
    pub prefix: &'static str,
    /// The URL before its query, without `https://`.
    pub before_query: &'static str,
    /// SigV4's name of the service, in the credential scope.
    pub name: &'static str,
    /// The query from the region's end to the date.
    pub after_region: &'static str,
    /// The canonical request after its query: headers, signed headers, and the payload's hash. That
    /// is the hash of no bytes; the service refuses `UNSIGNED-PAYLOAD`.
    pub after_query: &'static str,
}

macro_rules! token_texts {
    ($host:literal, $name:literal) => {
        TokenTexts {
            prefix: concat!($name, "-api-key-"),
            before_query: concat!($host, "/?"),
            name: $name,
            after_region: concat!("%2F", $name, "%2Faws4_request&X-Amz-Date="),
            after_query: concat!(
                "\nhost:",
                $host,
                "\n\nhost\n",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
            ),
        }
    };
}

const BEDROCK: TokenTexts = token_texts!("bedrock.amazonaws.com", "bedrock");
const CLAUDE_PLATFORM: TokenTexts =
    token_texts!("aws-external-anthropic.amazonaws.com", "aws-external-anthropic");

impl Service {
    /// Every service, in the order of their numbers in C.
    pub const ALL: &'static [Self] = &[Self::Bedrock, Self::ClaudePlatform];

    pub(crate) const fn texts(self) -> &'static TokenTexts {
        match self {
            Self::Bedrock => &BEDROCK,
            Self::ClaudePlatform => &CLAUDE_PLATFORM,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Bedrock => "bedrock",
            Self::ClaudePlatform => "claude-platform",
        }
    }

    /// What every token of the service starts with, such as `bedrock-api-key-`.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        self.texts().prefix
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Service {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let mut all = Self::ALL.iter().copied();
        all.find(|service| service.name() == name).ok_or(Error::Service)
    }
}

/// The length of the longest name of a service.
pub(crate) const NAME_MAX: usize = CLAUDE_PLATFORM.name.len();
/// The most that the texts of a service take in a token's URL.
pub(crate) const IN_URL_MAX: usize =
    CLAUDE_PLATFORM.before_query.len() + CLAUDE_PLATFORM.after_region.len();
pub(crate) const PREFIX_MAX: usize = CLAUDE_PLATFORM.prefix.len();

const _: () = assert!(
    BEDROCK.name.len() <= NAME_MAX
        && BEDROCK.before_query.len() + BEDROCK.after_region.len() <= IN_URL_MAX
        && BEDROCK.prefix.len() <= PREFIX_MAX
);
