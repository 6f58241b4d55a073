//! The command line. The manual page and the completions are made from it too (examples/pages.rs).

use std::ffi::OsString;

use clap::{ArgGroup, Args, Parser, Subcommand};

use crate::duration;
use crate::failure::Failure;
use crate::format::Format;

#[derive(Parser)]
#[command(
    name = "bedrock-token",
    version,
    about = "Generates AWS bearer tokens: short-term API keys for Amazon Bedrock",
    override_usage = "bedrock-token [OPTIONS]\n       bedrock-token [OPTIONS] exec -- PROGRAM [ARGUMENT]...",
    help_template = "{about}\n\n{usage-heading} {usage}\n\n{options}{after-help}",
    after_help = AFTER_HELP,
    disable_help_subcommand = true,
    group = ArgGroup::new("what to do").args(["format", "inspect", "check"])
)]
pub struct Arguments {
    #[command(flatten)]
    pub generate: Generate,

    /// token, env, env-no-export, powershell or json
    #[arg(long, value_name = "FORM", value_enum, hide_possible_values = true)]
    format: Option<Format>,

    /// The token and its end as JSON; with --inspect, that
    #[arg(long, conflicts_with_all = ["format", "check"])]
    json: bool,

    /// Show what a token says of itself
    #[arg(long, value_name = "TOKEN", num_args = 0..=1, conflicts_with = "generate")]
    inspect: Option<Option<OsString>>,

    /// Print nothing: the exit code says if a token holds
    #[arg(long, value_name = "TOKEN", num_args = 0..=1, conflicts_with = "generate")]
    check: Option<Option<OsString>>,

    /// With --check: and holds for this long
    #[arg(long, value_name = "TIME")]
    min_left: Option<OsString>,

    #[command(subcommand)]
    command: Option<Command>,
}

/// What a token is generated from.
#[derive(Args)]
#[group(id = "generate", multiple = true)]
pub struct Generate {
    /// AWS region (else $AWS_REGION, $AWS_DEFAULT_REGION)
    #[arg(long, global = true, value_name = "REGION")]
    pub region: Option<OsString>,

    /// How long it holds: 90m, 1h or seconds (default: 12h)
    #[arg(long, global = true, value_name = "TIME", allow_negative_numbers = true)]
    pub expires: Option<OsString>,

    /// Read AWS credentials from FILE, - for standard input
    #[arg(long, global = true, value_name = "FILE")]
    pub credentials: Option<OsString>,
}

#[derive(Subcommand)]
enum Command {
    /// Run a program with a token in its environment, and without AWS credentials
    Exec {
        /// The program and its arguments
        #[arg(trailing_var_arg = true, required = true, value_name = "PROGRAM")]
        program: Vec<OsString>,
    },
}

pub enum Action {
    Generate(Generate, Format),
    Exec(Generate, Vec<OsString>),
    /// Without a token, the one in the environment. The flag says whether in JSON.
    Inspect(Option<OsString>, bool),
    /// The seconds that must be left.
    Check(Option<OsString>, u64),
}

impl Arguments {
    pub fn action(self) -> Result<Action, Failure> {
        let Self { generate, format, json, inspect, check, min_left, command } = self;
        if let Some(Command::Exec { program }) = command {
            if format.is_some() || json || inspect.is_some() || check.is_some() {
                return Err(Failure::usage(
                    "exec: prints nothing, so it takes none of these options",
                ));
            }
            return Ok(Action::Exec(generate, program));
        }
        if let Some(token) = inspect {
            return Ok(Action::Inspect(token, json));
        }
        if let Some(token) = check {
            let min_left = match min_left {
                Some(time) => time.to_str().and_then(duration::seconds).ok_or_else(|| {
                    Failure::usage("--min-left: must be seconds, or a time like 10m")
                })?,
                None => 0,
            };
            return Ok(Action::Check(token, min_left));
        }
        if min_left.is_some() {
            return Err(Failure::usage("--min-left: goes with --check"));
        }
        let format = if json { Format::Json } else { format.unwrap_or(Format::Token) };
        Ok(Action::Generate(generate, format))
    }
}

const AFTER_HELP: &str = "\
Uses:
  export AWS_BEARER_TOKEN_BEDROCK=$(bedrock-token --region eu-central-1)
  aws configure export-credentials | bedrock-token --credentials - --json
  bedrock-token --credentials FILE exec -- PROGRAM
  bedrock-token --inspect
  bedrock-token --check --min-left 10m || echo renew it

Without --credentials they come from $AWS_ACCESS_KEY_ID, $AWS_SECRET_ACCESS_KEY,
$AWS_SESSION_TOKEN, $AWS_CREDENTIAL_EXPIRATION. TOKEN may be - (standard input);
without TOKEN, $AWS_BEARER_TOKEN_BEDROCK is read. Nothing is sent anywhere.

Exit codes: 0 fine, 1 refused, 2 wrong command line, 3 ended.
";
