"""The command as one file. It signs at the time of now, so the signatures of the vectors are computed
again, by botocore."""

import platform
import shutil

import pytest
from conformance.vectors import PREFIXES, TOKENS
from dist.artifacts import need
from endpoint.token_check import SERVICES, presigned, signature
from project import TARGETS, VERSION, targets_with

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


@pytest.mark.parametrize("target", targets_with("static"))
def test_command(row, user, target):
    windows = "windows" in target
    name = "bedrock-token.exe" if windows else "bedrock-token"
    shutil.copy(
        row.artifact(f"bedrock-token-{VERSION}-{target}{'.exe' * windows}"), user.home / name
    )
    native = target.startswith(platform.machine()) and not windows
    emulator = [] if native else ["wine" if windows else f"qemu-{target.partition('-')[0]}-static"]
    every = 1 if native else 10  # an emulator takes a second to start
    need(*TARGETS[target]["tools"])
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
