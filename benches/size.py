#!/usr/bin/env python3
"""The size of the shared library without symbols, and its limit."""

import subprocess
import sys
import tempfile
from pathlib import Path

LIBRARY = Path(__file__).resolve().parents[1] / "build/release/lib/libbedrock_token.so"
LIMIT = 400 * 1024  # bytes


def stripped_size() -> int:
    with tempfile.NamedTemporaryFile() as stripped:
        subprocess.run(["strip", "-o", stripped.name, LIBRARY], check=True)
        return Path(stripped.name).stat().st_size


if __name__ == "__main__":
    size = stripped_size()
    print(f"The shared library has {size} bytes without symbols; the limit is {LIMIT}.")
    sys.exit(size > LIMIT)
