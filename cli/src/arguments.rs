//! The command line. The manual page and the completions are made from it too (pages/).

use std::ffi::OsString;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

#[derive(Parser)]
#[command(
    name = "bedrock-token",
    version,
    about = "Generates AWS bearer tokens: short-term API keys for Amazon Bedrock and for\n\
             Claude Platform on AWS",
    override_usage = "bedrock-token [OPTIONS]\n       bedrock-token COMMAND [OPTIONS]",
    help_template = "{about}\n\n{usage-heading} {usage}\n\n{all-args}{after-help}",
    after_help = "More, with examples: bedrock-token --help",
    after_long_help = MORE,
    disable_help_subcommand = true,
    args_conflicts_with_subcommands = true
)]
pub struct Arguments {
    #[command(flatten)]
    pub generate: Generate,

    /// token, env, env-no-export, powershell or json
    #[arg(long, value_name = "FORM", value_enum, hide_possible_values = true)]
    pub format: Option<Format>,

    /// The same as --format json: the token and its end
    #[arg(long, conflicts_with = "format")]
    pub json: bool,

    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The service that takes the token.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Service {
    /// Amazon Bedrock
    Bedrock,
    /// Claude Platform on AWS
    ClaudePlatform,
}

/// How a new token is printed.
#[derive(Clone, Copy, ValueEnum)]
pub enum Format {
    /// The token alone
    Token,
    /// A line for sh, bash and zsh to evaluate
    Env,
    /// A line for env files, Docker and GitHub Actions
    EnvNoExport,
    /// A line for PowerShell to evaluate
    Powershell,
    /// The token and when it ends
    Json,
}

/// The options that a token is generated from.
#[derive(Args)]
pub struct Generate {
    /// AWS region (else $AWS_REGION, $AWS_DEFAULT_REGION)
    #[arg(long, value_name = "REGION")]
    pub region: Option<OsString>,

    /// bedrock (default) or claude-platform
    #[arg(long, value_enum, value_name = "SERVICE", hide_possible_values = true)]
    pub service: Option<Service>,

    /// Life of the token: 90m, 1h or seconds (default: 12h)
    #[arg(long, value_name = "TIME", allow_negative_numbers = true)]
    pub expires: Option<OsString>,

    /// Read AWS credentials from FILE, - for standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub credentials: Option<OsString>,
}

/// A token that somebody has.
#[derive(Args)]
pub struct Given {
    /// The token, - for standard input (else the variable of the service)
    #[arg(value_name = "TOKEN", value_hint = ValueHint::Other)]
    pub token: Option<OsString>,

    /// The token must be for bedrock or claude-platform
    #[arg(long, value_enum, value_name = "SERVICE", hide_possible_values = true)]
    pub service: Option<Service>,
}

#[derive(Subcommand)]
pub enum Command {
    /// Show what a token says of itself
    Inspect {
        #[command(flatten)]
        given: Given,

        /// Print JSON
        #[arg(long)]
        json: bool,
    },

    /// Say by the exit code if a token has ended
    Check {
        #[command(flatten)]
        given: Given,

        /// The token must have this much time left
        #[arg(long, value_name = "TIME")]
        min_left: Option<OsString>,
    },

    /// Run a program with a token, and without AWS credentials
    #[command(after_help = "\
The program gets the token in the variable of the service, and the region in
AWS_REGION and AWS_DEFAULT_REGION. Variables that hold or select credentials are
removed. AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE and BOTO_CONFIG are set to
the null device, and AWS_EC2_METADATA_DISABLED to true.")]
    Exec {
        #[command(flatten)]
        generate: Generate,

        /// Leave the AWS credentials as they are
        #[arg(long)]
        keep_credentials: bool,

        /// The program and its arguments
        #[arg(
            trailing_var_arg = true,
            required = true,
            value_name = "PROGRAM",
            value_hint = ValueHint::CommandWithArguments
        )]
        program: Vec<OsString>,
    },
}

const MORE: &str = concat!(
    "\
Uses:
  export AWS_BEARER_TOKEN_BEDROCK=$(bedrock-token --region eu-central-1)
  aws configure export-credentials | bedrock-token --credentials - --json
  bedrock-token exec --credentials FILE -- PROGRAM
  bedrock-token inspect
  bedrock-token check --min-left 10m || echo renew it

Without --credentials, $AWS_ACCESS_KEY_ID, $AWS_SECRET_ACCESS_KEY,
$AWS_SESSION_TOKEN and $AWS_CREDENTIAL_EXPIRATION are read. The variable of a
service is $AWS_BEARER_TOKEN_BEDROCK or $ANTHROPIC_AWS_API_KEY. Nothing is sent
anywhere. There is a manual page: man bedrock-token.

Exit codes: 0 fine, 1 refused, 2 wrong command line, 3 ended.
More, and where to report a bug: ",
    env!("CARGO_PKG_REPOSITORY"),
    "\n"
);
