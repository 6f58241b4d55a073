"""The command as one file. It signs at the time of now, so the signatures of the vectors are computed
again, by botocore."""

import shutil

import pytest
from conformance.vectors import PREFIXES, TOKENS
from dist.artifacts import need
from endpoint.token_check import SERVICES, presigned, signature
from project import VERSION

SERVICE = ("bedrock", "claude-platform")


def check(vector, token: str) -> None:
    prefix = PREFIXES[vector.service]
    assert token.startswith(prefix)
    host, parameters = presigned(token, SERVICES[prefix][1])
    key, secret, session, region = (text.decode() for text in vector.strings)
    scope = parameters["X-Amz-Credential"].split("/")
    assert (scope[0], scope[2]) == (key, region)
    assert parameters.get("X-Amz-Security-Token", "") == session
    assert parameters["X-Amz-Expires"] == str(vector.expires)
    assert parameters["X-Amz-Signature"] == signature(host, parameters, secret, scope)


@pytest.mark.parametrize(
    ("suffix", "emulator", "tool", "every"),
    [
        ("x86_64-unknown-linux-musl", [], "sh", 1),
        # An emulator takes a second to start.
        (
            "aarch64-unknown-linux-musl",
            ["qemu-aarch64-static"],
            "qemu-aarch64-static=qemu-user-static",
            10,
        ),
        ("x86_64-pc-windows-gnu.exe", ["wine"], "wine=wine64", 10),
    ],
)
def test_command(row, user, suffix, emulator, tool, every):
    name = "bedrock-token.exe" if suffix.endswith(".exe") else "bedrock-token"
    shutil.copy(row.artifact(f"bedrock-token-{VERSION}-{suffix}"), user.home / name)
    need(tool)
    row.installed_by("; ".join(["copied", *emulator]))
    vectors = TOKENS[::every]
    assert {vector.service for vector in vectors} == {0, 1}
    for vector in vectors:
        key, secret, session, region = (text.decode() for text in vector.strings)
        token = user.run(
            *(*emulator, user.home / name, f"--service={SERVICE[vector.service]}"),
            *(f"--region={region}", f"--expires={vector.expires}"),
            AWS_ACCESS_KEY_ID=key,
            AWS_SECRET_ACCESS_KEY=secret,
            AWS_SESSION_TOKEN=session,
            WINEDEBUG="-all",
        )
        check(vector, token.strip())
    row.record("vectors", f"{len(vectors)} tokens")
