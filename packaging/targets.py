#!/usr/bin/env python3
"""Reads the table of targets, targets.toml.

packaging/targets.py FIELD TARGET   prints the field of a target, an item a line
packaging/targets.py FIELD[=VALUE]  prints the targets that have the field
packaging/targets.py --update       writes the table in docs/PLATFORMS.md
packaging/targets.py --check        fails if that table, or the files in cmake/targets/, are others
"""

import re
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGETS = tomllib.loads((HERE / "targets.toml").read_text())
FIELDS = set().union(*TARGETS.values())
PAGE = HERE.parent / "docs/PLATFORMS.md"
TOOLCHAINS = HERE.parent / "cmake/targets"


def page() -> str:
    """docs/PLATFORMS.md, with the table as it should be."""
    table = "| target | tier | tests | needs at least |\n| --- | --- | --- | --- |\n" + "".join(
        f"| `{name}` | {row['tier']} | {row['tests']} | {row['oldest']} |\n"
        for name, row in TARGETS.items()
    )
    text, tables = re.subn(
        r"^\| target \|.*\n(\|.*\n)+", lambda _: table, PAGE.read_text(), flags=re.M
    )
    assert tables == 1, f"{PAGE} has {tables} tables of targets"
    return text


def main(arguments: "list[str]") -> "str | None":
    """Prints the answer, or returns an error."""
    match arguments:
        case ["--update"]:
            PAGE.write_text(page())
        case ["--check"]:
            if page() != PAGE.read_text():
                return (
                    "docs/PLATFORMS.md has other targets than packaging/targets.toml: make update"
                )
            files = {file.name.removesuffix(".cmake") for file in TOOLCHAINS.iterdir()}
            if others := files ^ {*TARGETS} - {"wasm32-unknown-unknown"}:  # cargo alone builds that
                return f"cmake/targets/ and packaging/targets.toml differ: {', '.join(others)}"
        case [field, target] if field in FIELDS:
            if target not in TARGETS:
                return f"{target} is not in packaging/targets.toml"
            value = TARGETS[target].get(field, [])
            for item in value if isinstance(value, list) else [value]:
                print(item)
        case [query] if query.partition("=")[0] in FIELDS:
            field, _, value = query.partition("=")
            for name, row in TARGETS.items():
                if field in row and value in ("", str(row[field])):
                    print(name)
        case _:
            return f"{__doc__}\nFIELD is one of: {' '.join(sorted(FIELDS))}"
    return None


sys.exit(main(sys.argv[1:]))
