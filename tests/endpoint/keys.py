"""The credentials that clients are given."""

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
