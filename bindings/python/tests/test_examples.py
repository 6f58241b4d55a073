"""The README's snippets, run as they are. tests/endpoint runs sdks.py."""

import os
import subprocess
import sys
from pathlib import Path

from bedrock_token import inspect

from .needs import needs
from .services import ROLE, serve

EXAMPLES = Path(__file__).parent.parent / "examples"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
}


def run(name: str, **environment: str) -> str:
    return subprocess.run(
        [sys.executable, str(EXAMPLES / name)],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
        timeout=120,
    ).stdout


def test_generate() -> None:
    token, info = run("generate.py").splitlines()
    assert inspect(token).expires_at == inspect(token).issued_at + 3600
    assert info == repr(inspect(token))


def test_provider() -> None:
    needs("boto3")
    with serve() as server:
        output = run("provider.py", AWS_ENDPOINT_URL_STS=server.url, **CREDENTIALS)
    assert inspect(output.strip()).access_key == ROLE


def test_boto3_client() -> None:
    needs("boto3")
    with serve() as server:
        output = run("boto3_client.py", AWS_ENDPOINT_URL_BEDROCK_RUNTIME=server.url, **CREDENTIALS)
    assert output == "Hello.\n"
    ((authorization,),) = server.authorizations
    assert inspect(authorization[len("Bearer ") :]).region == "eu-central-1"


def test_tenants() -> None:
    assert inspect(run("tenants.py").strip()).region == "eu-central-1"
