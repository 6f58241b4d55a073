"""PyInstaller finds its hook here by itself, over the package's entry point."""

from pathlib import Path


def hook_dirs() -> "list[str]":
    return [str(Path(__file__).parent)]
