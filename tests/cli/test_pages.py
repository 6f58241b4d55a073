"""The manual page and the completions, in the programs that read them."""

from pathlib import Path

import pytest
from cli.running import ROOT, run

OPTIONS = {"--region", "--expires", "--credentials", "--service", "--format", "--json"}
OPTIONS |= {"--inspect", "--check", "--min-left", "--help", "--version"}


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    command = ["cargo", "run", "--quiet", "--locked", "--package", "bedrock-token-pages", "--"]
    run(*command, folder, cwd=ROOT, timeout=600)
    return folder


def test_manual_page(pages):
    """groff has nothing to complain of, and shows every option."""
    page = run("groff", "-man", "-ww", "-Tutf8", "-P-cbou", pages / "man/man1/bedrock-token.1")
    assert {option for option in OPTIONS if option in page} == OPTIONS


def test_bash(pages):
    """As bash calls it when Tab is pressed behind these words."""
    script = """
        source "$1"
        COMP_WORDS=(bedrock-token "${@:2}") COMP_CWORD=$(($# - 1))
        _bedrock__token bedrock-token "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    page = pages / "bash-completion/completions/bedrock-token"

    def offered(*words: str) -> list[str]:
        return run("bash", "-c", script, "bash", page, *words).split()

    assert set(offered("--")) == OPTIONS
    assert offered("ex") == ["exec"]
    assert offered("--service", "") == ["bedrock", "claude-platform"]


def test_fish(pages):
    def offered(words: str) -> list[str]:
        script = 'source "$argv[1]"; complete --do-complete "$argv[2]"'
        page = pages / "fish/vendor_completions.d/bedrock-token.fish"
        lines = run("fish", "--no-config", "-c", script, page, words).splitlines()
        return [line.split("\t")[0] for line in lines]

    assert set(offered("bedrock-token --")) == OPTIONS
    assert offered("bedrock-token --service=c") == ["--service=claude-platform"]


def test_zsh(pages, tmp_path):
    """In a terminal of zsh's own, with Tab pressed twice."""
    script = """
        zmodload zsh/zpty
        zpty -b terminal "TERM=dumb zsh -f -i"
        zpty -w terminal "stty columns 200; PS1=; fpath=($1 \\$fpath)"
        zpty -w terminal "autoload -U compinit; compinit -u -d $2/dump; echo rea''dy"
        until [[ $shown == *ready* ]] { zpty -r terminal line; shown+=$line }
        zpty -n -w terminal $'bedrock-token --\\t\\t'
        until [[ $shown == *--version* ]] { zpty -r terminal line; shown+=$line }
        print -r -- $shown
    """
    command = ["zsh", "-f", "-c", script, "zsh", pages / "zsh/site-functions", tmp_path]
    offered = run(*command, timeout=30)
    assert {option for option in OPTIONS if option in offered} == OPTIONS
