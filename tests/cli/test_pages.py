"""The manual page and the completions, in the programs that read them."""

from pathlib import Path

import pytest
from cli.running import ROOT, run

GENERATE = {"--region", "--expires", "--credentials", "--service"}
OPTIONS = GENERATE | {"--format", "--json", "--help", "--version"}
EXEC = GENERATE | {"--keep-credentials", "--help"}
CHECK = {"--service", "--min-left", "--help"}
SERVICES = ["bedrock", "claude-platform"]


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    command = ["cargo", "run", "--quiet", "--locked", "--package", "bedrock-token-pages", "--"]
    run(*command, folder, cwd=ROOT, timeout=600)
    return folder


def test_manual_page(pages):
    """groff and mandoc have nothing to complain of. The page has every option."""
    file = pages / "man/man1/bedrock-token.1"
    page = run("groff", "-man", "-ww", "-Tutf8", "-P-cbou", file)
    every = OPTIONS | EXEC | CHECK
    assert {option for option in every if option in page} == every
    assert run("mandoc", "-T", "lint", "-W", "warning", file) == ""


def test_bash(pages):
    """As bash calls it when Tab is pressed behind these words."""
    script = """
        source "$1"
        COMP_WORDS=(bedrock-token "${@:2}") COMP_CWORD=$(($# - 1))
        _bedrock_token_or_program bedrock-token "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    page = pages / "bash-completion/completions/bedrock-token"

    def offered(*words: str) -> list[str]:
        return run("bash", "-c", script, "bash", page, *words).split()

    assert set(offered("--")) == OPTIONS
    assert set(offered("exec", "--")) == EXEC
    assert set(offered("check", "--")) == CHECK
    assert offered("ex") == ["exec"]
    assert offered("--service", "") == SERVICES
    assert offered("inspect", "--service", "") == SERVICES
    assert "printf" in offered("exec", "--region", "x", "--", "prin")
    assert offered("exec", "--", "cat", "/etc/hostn") == ["/etc/hostname"]


def test_fish(pages):
    def offered(words: str) -> list[str]:
        script = 'source "$argv[1]"; complete --do-complete "$argv[2]"'
        page = pages / "fish/vendor_completions.d/bedrock-token.fish"
        lines = run("fish", "--no-config", "-c", script, page, words).splitlines()
        return [line.split("\t")[0] for line in lines]

    assert set(offered("bedrock-token --")) == OPTIONS
    assert set(offered("bedrock-token exec --")) == EXEC
    assert set(offered("bedrock-token check --")) == CHECK
    assert offered("bedrock-token --service=c") == ["--service=claude-platform"]
    assert offered("bedrock-token --service ") == SERVICES
    assert offered("bedrock-token --format ")[0] == "env"
    assert offered("bedrock-token inspect --service ") == SERVICES
    assert "printf" in offered("bedrock-token exec --region x -- prin")
    assert offered("bedrock-token exec -- cat /etc/hostn") == ["/etc/hostname"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("--", OPTIONS),
        ("exec --", EXEC),
        ("inspect --service ", {*SERVICES}),
        ("exec --region x -- printe", {"printenv"}),
    ],
)
def test_zsh(words, expected, pages, tmp_path):
    """In a terminal of zsh's own, with Tab pressed twice."""
    script = """
        zmodload zsh/zpty
        zpty -b terminal "TERM=dumb zsh -f -i"
        zpty -w terminal "stty columns 200; PS1=; fpath=($1 \\$fpath)"
        zpty -w terminal "autoload -U compinit; compinit -u -d $2/dump; echo rea''dy"
        until [[ $shown == *ready* ]] { zpty -r terminal line; shown+=$line }
        shown=
        zpty -n -w terminal "bedrock-token $3"$'\\t\\t'
        until [[ $shown == *$4* ]] { zpty -r terminal line; shown+=$line }
        print -r -- $shown
    """
    last = max(expected)
    command = [
        "zsh",
        "-f",
        "-c",
        script,
        "zsh",
        pages / "zsh/site-functions",
        tmp_path,
        words,
        last,
    ]
    offered = run(*command, timeout=30)
    assert {option for option in expected if option in offered} == expected
