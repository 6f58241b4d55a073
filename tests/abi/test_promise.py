"""The ABI, compared with the promise (docs/ABI.md): a description that libabigail made, and the
constants. A break fails, unless the SONAME is new, or nothing is described yet. An addition fails
until it is accepted:

    BEDROCK_TOKEN_ACCEPT_ABI=1 make test-abi
"""

import os
import re
import subprocess
from xml.etree import ElementTree

import pytest
from elf import soname
from project import ROOT, TREE, needs, run

HERE = ROOT / "tests/abi"
DESCRIPTION = HERE / "bedrock_token.abi"
CONSTANTS = HERE / "constants.txt"
HEADER = ROOT / "include/bedrock_token.h"


def soname_of(description):
    return re.search("soname='(.*?)'", description.read_text())[1] if description.exists() else None


def differences(*arguments):
    """The report of abidiff. Empty when both ABIs are the same."""
    command = ["abidiff", "--no-architecture", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    # 4: the ABIs differ; 8, beside it: programs break. All else is abidiff's own failure.
    assert done.returncode in (0, 4, 12), f"abidiff: {done.returncode}\n{done.stdout}{done.stderr}"
    return f"abidiff: {done.returncode}\n{done.stdout}" if done.returncode else ""


def members(struct, description):
    """The members of a struct: offset, name and type of each."""
    root = ElementTree.parse(description).getroot()
    types = {one.get("id"): (one.get("name"), one.get("size-in-bits")) for one in root.iter()}
    return [
        (
            member.get("layout-offset-in-bits"),
            member[0].get("name"),
            types[member[0].get("type-id")],
        )
        for member in root.iterfind(f".//class-decl[@name='{struct}']/data-member")
    ]


def described(header, folder):
    """The ABI that a header declares: a library whose functions are empty, described."""
    needs("abidw", "abidiff", "cc")
    declared = "(?sm)^(BEDROCK_TOKEN_API.*?);$"
    empty = re.sub(declared, r"\1 { __builtin_trap(); }", header)
    (folder / "bedrock_token.h").write_text(empty)
    name = soname(TREE / "lib/libbedrock_token.so")
    compiler = f"cc -g -std=c99 -fPIC -shared -Wl,-soname,{name}"
    run(f"{compiler} -x c bedrock_token.h -o abi.so", cwd=folder)
    leave_out = (
        "--no-corpus-path --no-comp-dir-path --no-show-locs --no-elf-needed --no-architecture"
    )
    run(f"abidw {leave_out} --out-file now.abi abi.so", cwd=folder)
    return folder / "now.abi"


@pytest.fixture(scope="module")
def now(tmp_path_factory):
    return described(HEADER.read_text(), tmp_path_factory.mktemp("abi"))


@pytest.fixture(scope="module")
def library():
    """With debug information, which has the types. All targets, as `make test` builds them."""
    run("cargo build --workspace --all-targets --locked --target-dir target")
    return ROOT / "target/debug/libbedrock_token.so"


@pytest.fixture(scope="module")
def constants():
    macros = run("cc -E -dM -std=c99", HEADER)
    numbers = re.findall(r"^#define (BEDROCK_TOKEN_[A-Z_]* .*[0-9])$", macros, re.M)
    return {line for line in numbers if "_VERSION" not in line}


def test_the_library_is_what_its_header_says(now, library):
    assert not differences(now, library)


@pytest.mark.parametrize(
    "change", [("uint32_t expires", "uint64_t expires"), ("int64_t renew_at", "int32_t renew_at")]
)
def test_types_are_compared(change, library, tmp_path):
    wrong = described(HEADER.read_text().replace(*change), tmp_path)
    assert differences(wrong, library)


def test_nothing_is_broken(now, constants):
    if soname_of(now) == soname_of(DESCRIPTION):
        rule = "only a new major version may do this (docs/ABI.md)"
        growth = ["--no-added-syms", "--suppressions", HERE / "growth.suppr"]
        assert not differences(*growth, DESCRIPTION, now), rule
        # The suppression also hides a change of the last member.
        for struct in ("bedrock_token_info", "bedrock_token_times"):
            before = members(struct, DESCRIPTION)
            assert before, "the description has the struct"
            assert before == members(struct, now)[: len(before)], rule
        assert set(CONSTANTS.read_text().splitlines()) <= constants, rule
    if "BEDROCK_TOKEN_ACCEPT_ABI" in os.environ:
        DESCRIPTION.write_text(now.read_text())
        CONSTANTS.write_text("".join(f"{line}\n" for line in sorted(constants)))


def test_nothing_is_added_unseen(now, constants):
    how = "to accept it: BEDROCK_TOKEN_ACCEPT_ABI=1 make test-abi"
    assert not differences(DESCRIPTION, now), how
    assert set(CONSTANTS.read_text().splitlines()) == constants, how
