"""What may break into a renewal. Each program would hang without its protection, so each runs in a
process of its own, with a deadline."""

import subprocess
import sys
from pathlib import Path

import pytest

from .needs import needs

PROGRAMS = Path(__file__).parent / "programs"


def run(program: str, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, str(PROGRAMS / program), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout
    assert done.stdout.endswith("done\n")


@pytest.mark.parametrize("variant", ["gevent", "late", "eventlet"])
def test_greenlets(variant: str) -> None:
    needs("gevent" if variant == "late" else variant)
    run("greenlets.py", variant)


def test_greenlets_without_patching() -> None:
    needs("gevent")
    run("greenlets_unpatched.py")


def test_interrupts_and_signal_handlers() -> None:
    run("interrupts.py")


def test_forks() -> None:
    run("forks.py", "200")
