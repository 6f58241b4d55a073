//! The command line. The manual page and the completions are made from it too (pages/).

use std::ffi::OsString;

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};

#[derive(Parser)]
#[command(
    name = "bedrock-token",
    version,
    about = "Generates AWS bearer tokens: short-term API keys for Amazon Bedrock and for\n\
             Claude Platform on AWS",
    override_usage = "bedrock-token [OPTIONS]\n       bedrock-token [OPTIONS] exec -- PROGRAM [ARGUMENT]...",
    help_template = "{about}\n\n{usage-heading} {usage}\n\n{options}{after-help}",
    after_help = after_help(),
    disable_help_subcommand = true,
    group = ArgGroup::new("what to do").args(["format", "inspect", "check"])
)]
pub struct Arguments {
    #[command(flatten)]
    pub generate: Generate,

    /// bedrock (default) or claude-platform
    #[arg(long, global = true, value_enum, value_name = "SERVICE", hide_possible_values = true)]
    pub service: Option<Service>,

    /// token, env, env-no-export, powershell or json
    #[arg(long, value_name = "FORM", value_enum, hide_possible_values = true)]
    pub format: Option<Format>,

    /// Print JSON: the token and its end, or the inspection
    #[arg(long, conflicts_with_all = ["format", "check"])]
    pub json: bool,

    /// Show what a token says of itself
    #[arg(long, value_name = "TOKEN", num_args = 0..=1, conflicts_with = "generate")]
    pub inspect: Option<Option<OsString>>,

    /// Print nothing: the exit code says if TOKEN has ended
    #[arg(long, value_name = "TOKEN", num_args = 0..=1, conflicts_with = "generate")]
    pub check: Option<Option<OsString>>,

    /// With --check: it must have this much time left
    #[arg(long, value_name = "TIME")]
    pub min_left: Option<OsString>,

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
#[group(id = "generate", multiple = true)]
pub struct Generate {
    /// AWS region (else $AWS_REGION, $AWS_DEFAULT_REGION)
    #[arg(long, global = true, value_name = "REGION")]
    pub region: Option<OsString>,

    /// Life of the token: 90m, 1h or seconds (default: 12h)
    #[arg(long, global = true, value_name = "TIME", allow_negative_numbers = true)]
    pub expires: Option<OsString>,

    /// Read AWS credentials from FILE, - for standard input
    #[arg(long, global = true, value_name = "FILE")]
    pub credentials: Option<OsString>,
}

#[derive(Subcommand)]
pub enum Command {
    /// Run a program with a token in its environment, and without AWS credentials
    Exec {
        /// The program and its arguments
        #[arg(trailing_var_arg = true, required = true, value_name = "PROGRAM")]
        program: Vec<OsString>,
    },
}

/// What people do with it, and the command for that.
pub const USES: [(&str, &str); 5] = [
    (
        "Generate a token for the credentials in the environment",
        "export AWS_BEARER_TOKEN_BEDROCK=$(bedrock-token --region eu-central-1)",
    ),
    (
        "Generate one for the credentials that the AWS CLI uses",
        "aws configure export-credentials | bedrock-token --credentials - --json",
    ),
    (
        "Run a program with a token, and without the credentials",
        "bedrock-token --credentials FILE exec -- PROGRAM",
    ),
    ("See what the token in the environment is for, and when it ends", "bedrock-token --inspect"),
    ("Renew a token in time", "bedrock-token --check --min-left 10m || echo renew it"),
];

pub const EXIT_CODES: [(&str, &str); 4] =
    [("0", "fine"), ("1", "refused"), ("2", "wrong command line"), ("3", "ended")];

fn after_help() -> String {
    let uses = USES.map(|(_, command)| format!("  {command}\n")).concat();
    let exit_codes = EXIT_CODES.map(|(code, meaning)| format!("{code} {meaning}")).join(", ");
    format!(
        "\
Uses:
{uses}
Without --credentials, $AWS_ACCESS_KEY_ID, $AWS_SECRET_ACCESS_KEY,
$AWS_SESSION_TOKEN and $AWS_CREDENTIAL_EXPIRATION are read. TOKEN may be - for
standard input. Without TOKEN, the variable of the service is read:
$AWS_BEARER_TOKEN_BEDROCK or $ANTHROPIC_AWS_API_KEY. Nothing is sent anywhere.

Exit codes: {exit_codes}.
"
    )
}
