"""The credentials that clients are given, and what happens to tokens on their way."""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass

REGION = "eu-central-1"


@dataclass(frozen=True)
class Keys:
    access_key: str
    secret: str
    session: str | None = None


KEYS = {
    "long-term": Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    # The session token is as long as that of a role with many tags.
    "temporary": Keys(
        "ASIAIOSFODNN7EXAMPLE",
        "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY",
        "FAKE/SESSION+" * 90 + "==",
    ),
}
OTHERS_SECRET = "vBq1Gm8Xc/5TzLkW0dYpNr4sJhUa7EoEXAMPLEKEY"


def changed(token: str, change: Callable[[str], str]) -> str:
    """The token with another text inside."""
    prefix, _, text = token.rpartition("-key-")
    before = base64.b64decode(text).decode()
    after = change(before)
    assert after != before
    return f"{prefix}-key-{base64.b64encode(after.encode()).decode()}"


def with_another_digit(token: str) -> str:
    """The token with the first hex digit of its signature changed into another one."""
    other = lambda digit: "0" if digit[0] != "0" else "1"  # noqa: E731
    return changed(token, lambda url: re.sub("(?<=X-Amz-Signature=).", other, url))
