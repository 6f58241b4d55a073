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
    save("man/man1/bedrock-token.1", manual()?.as_bytes())?;
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
        else
            COMPREPLY=($(compgen -cf -- "$2"))
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
    let mut command = shown(arguments::Arguments::command()).mut_subcommands(shown);
    command.build();
    command
}

/// bedrock-token.1 with the options of each command in the place of its name.
fn manual() -> Result<String, Box<dyn Error>> {
    let mut page = String::new();
    for line in include_str!("../bedrock-token.1").lines() {
        page += &match line.strip_prefix('@') {
            Some("") => options(&command())?,
            Some(name) => options(command().find_subcommand(name).ok_or("no such command")?)?,
            None => line.replace("@VERSION@", env!("CARGO_PKG_VERSION")),
        };
        page += "\n";
    }
    Ok(page)
}

fn options(command: &Command) -> Result<String, Box<dyn Error>> {
    let mut section = Vec::new();
    Man::new(command.clone()).render_options_section(&mut section)?;
    let section = String::from_utf8(section)?;
    let (_, options) = section.split_once(".SH OPTIONS\n").ok_or("no options")?;
    // What is defined or skipped in front of it, mandoc warns of.
    Ok(options.trim_end().replace("\\*(Aq", "\\(aq").replace(".br\n\n.br\n", ".sp\n"))
}
