"""How the tests run programs, and with which credentials."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
REGION = "eu-central-1"


def run(*command: object, status: int = 0, timeout: int = 180, **options: object) -> str:
    """What the command prints. Its exit code must be `status`."""
    arguments = [str(part) for part in command]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=timeout, **options)
    assert done.returncode == status, f"exit code {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout


def assert_token(token: str, environment: dict[str, str]) -> None:
    """It is one of these credentials."""
    assert ACCESS_KEY in run("bedrock-token", "inspect", "-", input=token, env=environment)
