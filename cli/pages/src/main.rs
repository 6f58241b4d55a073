//! Writes the manual page and the completions of bedrock-token below a folder, each where it is
//! looked for when the folder is PREFIX/share:
//!   cargo run --package bedrock-token-pages -- FOLDER

#[allow(dead_code)]
#[path = "../../src/arguments.rs"]
mod arguments;

use std::error::Error;
use std::fs::{create_dir_all, write};
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_complete::{Shell, generate};
use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, roman};

const COMPLETIONS: [(Shell, &str); 4] = [
    (Shell::Bash, "bash-completion/completions/bedrock-token"),
    (Shell::Fish, "fish/vendor_completions.d/bedrock-token.fish"),
    (Shell::PowerShell, "powershell/completions/bedrock-token.ps1"), // no folder is usual
    (Shell::Zsh, "zsh/site-functions/_bedrock-token"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).ok_or("usage: pages FOLDER")?;
    let save = |path: &str, content: &[u8]| -> std::io::Result<()> {
        let file = Path::new(&folder).join(path);
        create_dir_all(file.parent().expect("a file is in a folder"))?;
        write(file, content)
    };
    for (shell, path) in COMPLETIONS {
        let mut completion = Vec::new();
        generate(shell, &mut command(), "bedrock-token", &mut completion);
        save(path, &completion)?;
    }
    save("man/man1/bedrock-token.1", &manual()?)?;
    Ok(())
}

/// With the values that an option takes, for which --help has no room.
fn command() -> Command {
    arguments::Arguments::command().mut_args(|argument| argument.hide_possible_values(false))
}

fn manual() -> Result<Vec<u8>, Box<dyn Error>> {
    let command = command();
    let exec = command.find_subcommand("exec").expect("the command exec").clone();
    let man = Man::new(command).date("");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    Roff::new()
        .control("SH", ["SYNOPSIS"])
        .text([bold("bedrock-token"), roman(" [OPTIONS]")])
        .control("br", [])
        .text([bold("bedrock-token"), roman(" [OPTIONS] "), bold("exec"), roman(" -- PROGRAM [ARGUMENT]...")])
        .control("SH", ["DESCRIPTION"])
        .text([roman(
            "Prints a token alone on its line, made out of AWS credentials for a region. It is valid \
             at once: nothing is sent anywhere. It is a password. With temporary credentials it ends \
             when they do, if that is sooner.",
        )])
        .control("PP", [])
        .text([roman(
            "A token may be an argument of --inspect and --check, where other users can see it; from \
             standard input (-) or the environment they cannot. The signature is not verified: only \
             AWS can do that.",
        )])
        .to_writer(&mut page)?;
    man.render_options_section(&mut page)?;
    Roff::new()
        .control("SH", ["RUNNING A PROGRAM"])
        .text([bold("exec"), roman(" -- PROGRAM [ARGUMENT]...")])
        .control("PP", [])
        .text([roman(format!(
            "{}. The program takes the place of bedrock-token; its exit code is its own, and 126 or \
             127 when it cannot be run. AWS_REGION and AWS_DEFAULT_REGION are the region of the \
             token. A token in the environment is not renewed.",
            exec.get_about().expect("what exec does")
        ))])
        .control("SH", ["CREDENTIALS"])
        .text([roman(
            "They come from the environment, or from --credentials: a file, or standard input, with \
             the JSON of credential_process, or with lines that set the variables below. All that \
             `aws configure export-credentials` prints is accepted, whatever its --format. Nothing \
             else is read: no ~/.aws, and no address is asked. Credentials that have ended are \
             refused.",
        )])
        .control("SH", ["ENVIRONMENT"])
        .to_writer(&mut page)?;
    list(
        &mut page,
        &[
            ("AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY", "The credentials."),
            ("AWS_SESSION_TOKEN", "With temporary credentials."),
            ("AWS_CREDENTIAL_EXPIRATION", "When they end (RFC 3339)."),
            ("AWS_REGION, AWS_DEFAULT_REGION", "Without --region."),
            (
                "AWS_BEARER_TOKEN_BEDROCK, ANTHROPIC_AWS_API_KEY",
                "The token of Amazon Bedrock and of Claude Platform on AWS: --inspect and --check look \
                 at it, and exec sets it.",
            ),
        ],
    )?;
    Roff::new().text([roman("An empty variable counts as not set.")]).to_writer(&mut page)?;
    Roff::new().control("SH", ["EXIT STATUS"]).to_writer(&mut page)?;
    list(&mut page, &arguments::EXIT_CODES)?;
    Roff::new().control("SH", ["EXAMPLES"]).to_writer(&mut page)?;
    for (what, command) in arguments::USES {
        Roff::new()
            .control("PP", [])
            .text([roman(format!("{what}:"))])
            .control("PP", [])
            .control("RS", ["4"])
            .control("nf", [])
            .text([bold(command)])
            .control("fi", [])
            .control("RE", [])
            .to_writer(&mut page)?;
    }
    Ok(page)
}

fn list(page: &mut Vec<u8>, items: &[(&str, &str)]) -> std::io::Result<()> {
    for (term, meaning) in items {
        let term: Vec<Inline> = vec![bold(*term)];
        Roff::new().control("TP", []).text(term).text([roman(*meaning)]).to_writer(page)?;
    }
    Roff::new().control("PP", []).to_writer(page)
}
