"""The manual page and the completions, in the programs that read them."""

import re
from pathlib import Path

import pytest
from cli.running import ROOT, run

GENERATE = {"--region", "--expires", "--credentials", "--service"}
OPTIONS = GENERATE | {"--format", "--json", "--help", "--version"}
EXEC = GENERATE | {"--keep-credentials", "--help"}
CHECK = {"--service", "--min-left", "--help"}
SERVICES = ["bedrock", "claude-platform"]
# Words on the command line, the last one unfinished, and what is offered for it.
OFFERED = [
    ("--", OPTIONS),
    ("exec --", EXEC),
    ("check --", CHECK),
    ("ex", {"exec"}),
    ("--service ", {*SERVICES}),
    ("--format ", {"env", "env-no-export", "json", "powershell", "token"}),
    ("inspect --service ", {*SERVICES}),
    ("exec --region x -- printe", {"printenv"}),
    ("exec -- cat /etc/hostn", {"/etc/hostname"}),
]
offers = pytest.mark.parametrize(("words", "expected"), OFFERED)


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
    assert {*re.findall(r"--[a-z-]{2,}", page)} >= OPTIONS | EXEC | CHECK
    assert run("mandoc", "-T", "lint", "-W", "warning", file) == ""


def test_powershell(pages):
    """PowerShell cannot be had here: the script names every option."""
    page = (pages / "powershell/completions/bedrock-token.ps1").read_text()
    assert {*re.findall(r"'(--[a-z-]+)'", page)} == OPTIONS | EXEC | CHECK


@offers
def test_bash(words, expected, pages):
    """As bash calls it when Tab is pressed behind these words."""
    script = """
        source "$1"
        COMP_WORDS=(bedrock-token "${@:2}") COMP_CWORD=$(($# - 1))
        _bedrock_token_or_program bedrock-token "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    page = pages / "bash-completion/completions/bedrock-token"
    assert {*run("bash", "-c", script, "bash", page, *words.split(" ")).split()} == expected


@offers
def test_fish(words, expected, pages):
    script = 'source "$argv[1]"; complete --do-complete "bedrock-token $argv[2]"'
    page = pages / "fish/vendor_completions.d/bedrock-token.fish"
    lines = run("fish", "--no-config", "-c", script, page, words).splitlines()
    assert {line.split("\t")[0] for line in lines} == expected


@pytest.mark.parametrize(("words", "expected"), OFFERED[:2] + OFFERED[6:8])
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
    arguments = [pages / "zsh/site-functions", tmp_path, words, max(expected)]
    offered = run("zsh", "-f", "-c", script, "zsh", *arguments, timeout=30)
    # The terminal also shows what was typed: bedrock-token.
    words = {*re.findall(r"[\w-]+", offered)}
    assert expected <= words
