"""Builds the library with cargo, and puts it into the wheel.

BEDROCK_TOKEN_LIBRARY names a library that is built already; then cargo is not needed. If it is for
another system, BEDROCK_TOKEN_PLATFORM names that system as wheels do, for example win_amd64.
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


def build(crate: Path) -> str:
    """Runs cargo in the crate, for the shared library."""
    command = ["cargo", "build", "--release", "--locked", "--message-format=json", "--lib"]
    # For musl, rustc makes no shared library unless it links the C library dynamically.
    musl = "target.'cfg(target_env=\"musl\")'.rustflags=['-Ctarget-feature=-crt-static']"
    command += ["--config", musl]
    try:
        process = subprocess.run(  # noqa: S603
            [*command, "--manifest-path", str(crate / "Cargo.toml")],
            stdout=subprocess.PIPE,
            check=True,
        )
    except FileNotFoundError:
        raise SystemExit(
            "bedrock-token is built with cargo, which is not there. Install Rust, or set "
            "BEDROCK_TOKEN_LIBRARY to a library that is built already"
        ) from None
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"cargo failed with {error.returncode}; it said why above") from None
    messages = map(json.loads, process.stdout.splitlines())
    files = [file for message in messages for file in message.get("filenames", ())]
    (library,) = (f for f in files if re.search(r"bedrock_token\.(so|dylib|dll)$", f))
    return str(library)


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
        library = os.environ.get("BEDROCK_TOKEN_LIBRARY") or build(crate)

        # No part of the wheel depends on the Python that built it, only on the system.
        generic = ("manylinux", "musllinux")
        system = os.environ.get("BEDROCK_TOKEN_PLATFORM") or next(
            tag for tag in platform_tags() if not tag.startswith(generic)
        )
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{system}"
        build_data["force_include"][library] = f"bedrock_token/{name_of(Path(library))}"
