"""Builds the library and the command with cargo, and puts them into the wheel.

BEDROCK_TOKEN_LIBRARY names a library that is built already; then cargo is not needed, and the wheel
has a command only if BEDROCK_TOKEN_COMMAND names one.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.tags import platform_tags


def build(crate: Path) -> list[str]:
    """Runs cargo in the crate, for the shared library and the command."""
    packages = ("--package=bedrock-token", "--lib", "--package=bedrock-token-cli", "--bins")
    command = ["cargo", "build", "--release", "--locked", "--message-format=json", *packages]
    try:
        process = subprocess.run(  # noqa: S603
            [*command, "--manifest-path", str(crate / "Cargo.toml")],
            stdout=subprocess.PIPE,
            check=True,
        )
    except FileNotFoundError:
        raise SystemExit(
            "bedrock-token is built with cargo, which is not there. Install Rust "
            "(https://www.rust-lang.org/tools/install), or set BEDROCK_TOKEN_LIBRARY to a library "
            "that is built already"
        ) from None
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"cargo failed with {error.returncode}; it said why above") from None
    built: dict[str, str] = {}
    for line in process.stdout.splitlines():
        message = json.loads(line)
        for name in message.get("filenames", ()):
            if name.endswith((".so", ".dylib", ".dll")):
                built[message["target"]["name"]] = name
        if message.get("executable"):
            built[message["target"]["name"]] = message["executable"]
    return [built["bedrock_token"], built["bedrock-token"]]


def name_of(library: Path) -> str:
    """The name that the package looks for: libbedrock_token.so for libbedrock_token.so.0.1.0."""
    kind = re.search(r"\.(so|dylib|dll)(\.[0-9.]+)?$", library.name)
    if not library.is_file() or not kind:
        raise SystemExit(f"BEDROCK_TOKEN_LIBRARY: {library} is no shared library")
    return f"{'' if kind[1] == 'dll' else 'lib'}bedrock_token.{kind[1]}"


class Library(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        in_sdist = root / "rust"
        crate = in_sdist if in_sdist.is_dir() else root.parent.parent
        library = os.environ.get("BEDROCK_TOKEN_LIBRARY")
        command = os.environ.get("BEDROCK_TOKEN_COMMAND")
        if not library:
            library, command = build(crate)

        # No part of the wheel depends on the Python that built it, only on the system.
        # auditwheel turns `linux` into the `manylinux` that the library can keep to.
        generic = ("manylinux", "musllinux")
        system = next(tag for tag in platform_tags() if not tag.startswith(generic))
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{system}"
        files = {library: name_of(Path(library))}
        if command:
            files[command] = f"bedrock-token{'.exe' if command.endswith('.exe') else ''}"
        for file, name in files.items():
            build_data["force_include"][file] = f"bedrock_token/{name}"
