//! What is wrong with a command line. clap's own messages show what was typed, which may be a token:
//! only names of our own options are shown here.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Error};

use crate::arguments::Arguments;
use crate::failure::Failure;

pub fn refusal(error: &Error) -> Failure {
    let sentence = sentence(error);
    Failure::usage(format!("{sentence}\nTry: bedrock-token --help"))
}

fn sentence(error: &Error) -> String {
    let option = |kind| our_option(error, kind);
    let at = option(ContextKind::InvalidArg);
    let suggested = option(ContextKind::SuggestedArg)
        .map_or(String::new(), |option| format!("; did you mean {option}?"));
    match (error.kind(), at) {
        (ErrorKind::UnknownArgument, _) if typed(error) == Some("--profile") => {
            "profiles are not read; the AWS CLI reads them: \
             aws configure export-credentials --profile NAME | bedrock-token --credentials -"
                .into()
        }
        (ErrorKind::UnknownArgument, _) if !is_option(error) => "takes no other words".into(),
        (ErrorKind::UnknownArgument, _) => format!("there is no such option{suggested}"),
        (ErrorKind::InvalidSubcommand, _) => {
            let suggested = match error.get(ContextKind::SuggestedSubcommand) {
                Some(ContextValue::Strings(names)) => names.first(),
                _ => None,
            };
            suggested.map_or(
                "takes options, or one of the commands inspect, check and exec".into(),
                |name| format!("there is no such command; did you mean {name}?"),
            )
        }
        (ErrorKind::ArgumentConflict, _) if error.get(ContextKind::InvalidSubcommand).is_some() => {
            "the options of a command come after its name".into()
        }
        (ErrorKind::ArgumentConflict, Some(at)) => match option(ContextKind::PriorArg) {
            Some(prior) if prior == at => format!("{at}: given twice"),
            Some(prior) => format!("{at}: does not go with {prior}"),
            None => format!("{at}: does not go with the other options"),
        },
        (ErrorKind::MissingRequiredArgument, _) => "exec: give a program to run".into(),
        (ErrorKind::InvalidValue, Some(at)) => match error.get(ContextKind::ValidValue) {
            Some(ContextValue::Strings(values)) if !values.is_empty() => {
                format!("{at}: must be one of {}", values.join(", "))
            }
            _ => format!("{at}: takes a value"),
        },
        (ErrorKind::TooManyValues, Some(at)) => format!("{at}: takes no value"),
        _ => "the command line is wrong".into(),
    }
}

/// The option that clap names, if it is one of ours.
fn our_option(error: &Error, kind: ContextKind) -> Option<String> {
    let ContextValue::String(named) = error.get(kind)? else { return None };
    let command = Arguments::command();
    let of_subcommands = command.get_subcommands().flat_map(|command| command.get_arguments());
    command
        .get_arguments()
        .chain(of_subcommands)
        .filter_map(|argument| Some(format!("--{}", argument.get_long()?)))
        .find(|option| named == option || named.starts_with(&format!("{option} ")))
}

fn is_option(error: &Error) -> bool {
    typed(error).is_some_and(|word| word.starts_with('-'))
}

/// The word that clap does not know. It may be a secret.
fn typed(error: &Error) -> Option<&str> {
    match error.get(ContextKind::InvalidArg)? {
        ContextValue::String(word) => Some(word),
        _ => None,
    }
}
