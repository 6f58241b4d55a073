"""Builds the library with cargo and puts it into the wheel.

BEDROCK_TOKEN_LIBRARY names one that is built already; then cargo is not needed.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.tags import platform_tags


def build(crate: Path) -> str:
    """Runs cargo in the crate and returns the path of the shared library."""
    command = ["cargo", "build", "--release", "--locked", "--lib", "--message-format=json"]
    process = subprocess.run(  # noqa: S603
        [*command, "--manifest-path", str(crate / "Cargo.toml")], stdout=subprocess.PIPE, check=True
    )
    for line in process.stdout.splitlines():
        message = json.loads(line)
        if message.get("target", {}).get("name") == "bedrock_token":
            for name in message.get("filenames", ()):
                if name.endswith((".so", ".dylib", ".dll")):
                    return str(name)
    raise RuntimeError("cargo built no shared library")


class Library(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        in_sdist = root / "rust"
        crate = in_sdist if in_sdist.is_dir() else root.parent.parent
        library = os.environ.get("BEDROCK_TOKEN_LIBRARY") or build(crate)

        # No part of the wheel depends on the Python that built it, only on the system.
        # auditwheel turns `linux` into the `manylinux` that the library can keep to.
        generic = ("manylinux", "musllinux")
        system = next(tag for tag in platform_tags() if not tag.startswith(generic))
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{system}"
        build_data["force_include"][library] = f"bedrock_token/{Path(library).name}"
