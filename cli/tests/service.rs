//! `--service`: Claude Platform on AWS in place of Bedrock, wherever a token goes or comes from.

mod common;
use common::*;

const CLAUDE_PREFIX: &str = concat!("aws-external-anthropic-api", "-key-");
const CLAUDE_VARIABLE: &str = "ANTHROPIC_AWS_API_KEY";

fn claude(arguments: &[&str]) -> assert_cmd::Command {
    let mut command = command(&["--service", "claude-platform"]);
    command.args(arguments);
    command
}

fn claude_token() -> String {
    prints(&mut claude(&["--expires", "1h"])).trim_end().to_owned()
}

#[test]
fn it_is_in_the_token_and_in_its_forms() {
    let token = claude_token();
    assert!(token.starts_with(CLAUDE_PREFIX));
    is_token_of(&token, ACCESS_KEY, "", REGION, 3600);
    for (form, front) in [
        ("env", "export ANTHROPIC_AWS_API_KEY="),
        ("env-no-export", "ANTHROPIC_AWS_API_KEY="),
        ("powershell", "$Env:ANTHROPIC_AWS_API_KEY=\""),
        ("json", "{\"token\":\""),
    ] {
        let line = prints(&mut claude(&["--format", form]));
        assert!(line.strip_prefix(front).is_some_and(|t| t.starts_with(CLAUDE_PREFIX)), "{line}");
    }
    assert!(prints(&mut claude(&["--json"])).contains(r#""service":"claude-platform""#));
    let bedrock = prints(&mut command(&["--service", "bedrock"]));
    assert!(bedrock.starts_with(PREFIX));
}

#[test]
fn inspect_says_it() {
    let token = claude_token();
    let words = prints(bare().args(["inspect", &token]));
    assert!(words.starts_with("service        Claude Platform on AWS\n"), "{words}");
    let json = prints(bare().args(["inspect", &token, "--json"]));
    assert!(json.starts_with(r#"{"service":"claude-platform","#), "{json}");
}

#[test]
fn inspect_and_check_look_at_its_variable() {
    let mut inspect = bare();
    inspect.args(["inspect", "--service", "claude-platform"]).env(CLAUDE_VARIABLE, claude_token());
    prints(&mut inspect);
    let mut check = bare();
    check.args(["check", "--service", "claude-platform"]).env(CLAUDE_VARIABLE, claude_token());
    assert_eq!(prints(&mut check), "");
    complains(bare().args(["inspect", "--service", "claude-platform"]), 1, CLAUDE_VARIABLE);
}

#[test]
fn a_token_of_another_service_is_refused() {
    let (bedrock, claude) = (token(), claude_token());
    for option in [["--service", "claude-platform"], ["--service", "bedrock"]] {
        let (right, wrong) =
            if option[1] == "bedrock" { (&bedrock, &claude) } else { (&claude, &bedrock) };
        prints(bare().args(["inspect", right]).args(option));
        complains(bare().args(["inspect", wrong]).args(option), 1, ", and not for ");
        prints(bare().args(["check", right]).args(option));
        complains(bare().args(["check", wrong]).args(option), 1, ", and not for ");
    }
    // In the variable that Bedrock's clients read.
    let word = "token: for Claude Platform on AWS, and not for Amazon Bedrock";
    complains(bare().arg("inspect").env(VARIABLE, &claude), 1, word);
}

#[test]
fn cut_off_anywhere_it_is_called_that() {
    let token = claude_token();
    for len in (8..token.len()).step_by(7).chain(token.len() - 20..token.len()) {
        let assert = bare().args(["inspect", &token[..len]]).assert().code(1);
        assert_eq!(stderr(&assert), "bedrock-token: token: cut off in the middle\n", "{len}");
    }
}

#[cfg(unix)]
#[test]
fn exec_sets_its_variable() {
    let exec = ["exec", "--service", "claude-platform", "--expires", "1h", "--", "env"];
    let environment = prints(&mut command(&exec));
    let token = environment.lines().find_map(|line| line.strip_prefix("ANTHROPIC_AWS_API_KEY="));
    is_token_of(token.expect("the token"), ACCESS_KEY, "", REGION, 3600);
    assert!(!environment.contains(VARIABLE));
}
