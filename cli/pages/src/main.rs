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
use roff::{Roff, bold, roman};

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
        save(path, completion(shell)?.as_bytes())?;
    }
    save("man/man1/bedrock-token.1", manual().as_bytes())?;
    Ok(())
}

/// What clap_complete generates, with its faults mended: each is replaced where it stands, and a version
/// without it fails here. It also has no way to complete a program and its arguments in bash and fish.
fn completion(shell: Shell) -> Result<String, Box<dyn Error>> {
    let mut generated = Vec::new();
    generate(shell, &mut command(), "bedrock-token", &mut generated);
    let generated = String::from_utf8(generated)?;
    let (fault, mended, more) = match shell {
        // The command is called bedrock__token elsewhere in the script.
        Shell::Bash => ("bedrock__subcmd__token__", "bedrock__token__", BASH_PROGRAM),
        // An option whose value is being typed ends the function with an error, and nothing is offered.
        Shell::Fish => ("    or return\n    if set", "    or return 0\n    if set", FISH_PROGRAM),
        _ => return Ok(generated),
    };
    if !generated.contains(fault) {
        return Err(format!("{shell}: clap_complete has no more {fault:?}").into());
    }
    Ok(generated.replace(fault, mended) + more)
}

/// Behind `exec --`, bash-completion goes on as for the program; without it, programs and files are
/// offered.
const BASH_PROGRAM: &str = r#"
_bedrock_token_or_program() {
    local i
    for ((i = 1; i < COMP_CWORD; i++)); do
        [[ ${COMP_WORDS[i]} == -- ]] || continue
        if declare -F _comp_command_offset >/dev/null; then
            _comp_command_offset $((i + 1))
        elif declare -F _command_offset >/dev/null; then
            _command_offset $((i + 1))
        elif ((COMP_CWORD == i + 1)); then
            COMPREPLY=($(compgen -c -- "$2"))
        else
            COMPREPLY=($(compgen -f -- "$2"))
        fi
        return
    done
    _bedrock__token "$@"
}
complete -F _bedrock_token_or_program -o bashdefault -o default bedrock-token
"#;

const FISH_PROGRAM: &str = r#"
function __fish_bedrock_token_program
    set -l words (commandline -opc)
    set -l separator (contains -i -- -- $words)
    or return 1
    complete -C (string join ' ' -- (string escape -- $words[(math $separator + 1)..]) (commandline -ct))
end
complete -c bedrock-token -n "contains -- -- (commandline -opc)" -x -a "(__fish_bedrock_token_program)"
"#;

/// With the values that an option takes, for which --help has no room.
fn command() -> Command {
    let shown =
        |command: Command| command.mut_args(|argument| argument.hide_possible_values(false));
    shown(arguments::Arguments::command()).mut_subcommands(shown)
}

/// When the text of the manual page was last changed.
const REVISED: &str = "2026-11-30";

/// A command, the rest of its line, and what its page says beside the meaning of its options.
const COMMANDS: [(&str, &str, &str); 3] = [
    (
        "inspect",
        "[OPTIONS] [TOKEN]",
        "The signature is not verified: only AWS can do that. Other users can see the arguments of a \
         program, so give the token on standard input (-) or in the environment.",
    ),
    (
        "check",
        "[OPTIONS] [TOKEN]",
        "The exit code is 0 if the token is valid, and 3 if it has ended. Nothing is printed then. \
         Where there is no token, or not a valid one, the exit code is 1, and standard error says \
         why.",
    ),
    (
        "exec",
        "[OPTIONS] -- PROGRAM [ARGUMENT]...",
        "The program takes the place of bedrock-token. Its exit code is its own, and 126 or 127 when \
         it cannot be run. It gets the token in the variable of the service, and the region of the \
         token in AWS_REGION and AWS_DEFAULT_REGION. A token in the environment is not renewed. \
         Without --keep-credentials, the program finds no AWS credentials. Its other calls of AWS \
         fail, and are not made as somebody else. For this, exec removes the variables that hold or \
         select credentials, AWS_PROFILE among them. It sets AWS_CONFIG_FILE, \
         AWS_SHARED_CREDENTIALS_FILE and BOTO_CONFIG to the null device, and \
         AWS_EC2_METADATA_DISABLED to true. The program does not see the other settings in ~/.aws \
         either. With --keep-credentials, all of these stay as they are.",
    ),
];

const VARIABLES: [(&str, &str); 5] = [
    ("AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY", "The credentials."),
    ("AWS_SESSION_TOKEN", "With temporary credentials."),
    ("AWS_CREDENTIAL_EXPIRATION", "When they end (RFC 3339)."),
    ("AWS_REGION, AWS_DEFAULT_REGION", "Without --region."),
    (
        "AWS_BEARER_TOKEN_BEDROCK, ANTHROPIC_AWS_API_KEY",
        "The token of Amazon Bedrock and of Claude Platform on AWS: inspect and check look at it, and \
         exec sets it.",
    ),
];

fn manual() -> String {
    let command = command();
    let about = command.get_about().expect("it has one").to_string().replace('\n', " ");
    let mut page = Roff::new();
    let version = format!("bedrock-token {}", env!("CARGO_PKG_VERSION"));
    page.control("TH", ["BEDROCK-TOKEN", "1", REVISED, version.as_str()]);
    section(&mut page, "NAME").text([roman(format!("bedrock-token - {about}"))]);
    section(&mut page, "SYNOPSIS").text([bold("bedrock-token"), roman(" [OPTIONS]")]);
    for (name, rest, _) in COMMANDS {
        let name = bold(format!("bedrock-token {name}"));
        page.control("br", []).text([name, roman(format!(" {rest}"))]);
    }
    section(&mut page, "DESCRIPTION").text([roman(
        "Without a command, bedrock-token prints a token alone on its line. It generates the token \
         from AWS credentials, for a region. The token is valid at once: nothing is sent anywhere. \
         It is a password. A token of temporary credentials ends when they do, if that is sooner.",
    )]);
    section(&mut page, "OPTIONS");
    options(&mut page, &command);
    list(
        &mut page,
        [("-h, --help", "Print help; -h prints less."), ("-V, --version", "Print the version.")],
    );
    section(&mut page, "COMMANDS");
    for (name, rest, text) in COMMANDS {
        let command = command.find_subcommand(name).expect("it is one");
        page.control("SS", [format!("bedrock-token {name} {rest}").as_str()]);
        page.text([roman(format!("{}. {text}", command.get_about().expect("it has one")))]);
        options(&mut page, command);
    }
    section(&mut page, "CREDENTIALS").text([roman(
        "They come from the environment, or from --credentials: a file, or standard input. It may \
         have the JSON of credential_process, of AWS STS or of the endpoints of instances and \
         containers, or lines that set the variables below. Everything that `aws configure \
         export-credentials` prints is accepted, with each --format. No file in ~/.aws is read, and \
         no address is asked. Credentials that have ended are refused.",
    )]);
    section(&mut page, "ENVIRONMENT");
    list(&mut page, VARIABLES);
    page.control("PP", []).text([roman("An empty variable counts as not set.")]);
    section(&mut page, "EXIT STATUS");
    list(&mut page, arguments::EXIT_CODES);
    section(&mut page, "EXAMPLES");
    for (index, (what, example)) in arguments::USES.into_iter().enumerate() {
        if index > 0 {
            page.control("PP", []);
        }
        page.text([roman(format!("{what}:"))]).control("PP", []).control("RS", ["4"]);
        page.control("nf", []).text([bold(example)]).control("fi", []).control("RE", []);
    }
    let bugs = format!("Please report them at {}/issues.", arguments::PROJECT);
    section(&mut page, "BUGS").text([roman(bugs)]);
    page.render()
}

fn section<'r>(page: &'r mut Roff, name: &str) -> &'r mut Roff {
    page.control("SH", [name])
}

/// The options of a command, with the values that each one takes.
fn options(page: &mut Roff, command: &Command) {
    for option in command.get_arguments() {
        let (Some(name), Some(help)) = (option.get_long(), option.get_help()) else { continue };
        let value = match option.get_value_names() {
            Some([value]) if option.get_action().takes_values() => format!(" {value}"),
            _ => String::new(),
        };
        list(page, [(format!("--{name}{value}"), format!("{help}."))]);
        let values = option.get_possible_values();
        let meanings =
            values.iter().filter_map(|value| Some((value.get_name(), value.get_help()?)));
        let meanings: Vec<_> = meanings.map(|(name, help)| format!("{name}: {help}.")).collect();
        if !meanings.is_empty() {
            page.text([roman(meanings.join(" "))]);
        }
    }
}

fn list(page: &mut Roff, items: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>) {
    for (term, meaning) in items {
        page.control("TP", []).text([bold(term)]).text([roman(meaning)]);
    }
}
