"""Appends to tokens.tsv the tokens of Claude Platform on AWS for the same arguments, and to official.tsv
the first of them as they are. They come from AWS's generator for Python, with botocore's clock standing
still. In tokens.tsv the parameters are in the order of AWS's generators for npm. Run by make.sh, which
installs the generator: claude_platform.py FOLDER
"""

import base64
import sys
from datetime import datetime, timedelta
from pathlib import Path

import botocore.auth
from botocore.credentials import Credentials
from token_generator_for_aws_external_anthropic import get_token

PREFIX = "aws-external-anthropic-api" + "-key-"
SERVICE = "1"
ORDER = [
    "Action",
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-Security-Token",
    "X-Amz-Signature",
    "X-Amz-SignedHeaders",
    "Version",
]


def in_order(token: str) -> str:
    host, query = base64.b64decode(token, validate=True).decode("ascii").split("?")
    pairs = sorted(query.split("&"), key=lambda pair: ORDER.index(pair.split("=")[0]))
    return base64.b64encode(f"{host}?{'&'.join(pairs)}".encode("ascii")).decode("ascii")


tokens, official = (Path(sys.argv[1]) / name for name in ("tokens.tsv", "official.tsv"))
lines = [
    line for line in tokens.read_text("ascii").split("\n") if line and not line.startswith("#")
]
in_official = sum(line.startswith("javascript") for line in official.read_text("ascii").split("\n"))

with tokens.open("a", newline="\n") as tokens, official.open("a", newline="\n") as official:
    for i, line in enumerate(lines):
        _, access_key, secret, session, region, expires, time, _ = line.split("\t")
        now = datetime(1970, 1, 1) + timedelta(seconds=int(time))
        botocore.auth.get_current_datetime = lambda now=now: now
        token = get_token(
            # This generator signs an empty session token; ours leaves it out, as npm's does.
            credentials=Credentials(access_key, secret, session or None),
            region=region,
            expiry=timedelta(seconds=int(expires)),
        )
        assert token.startswith(PREFIX)
        token = token.removeprefix(PREFIX)
        arguments = [SERVICE, access_key, secret, session, region, expires, time]
        print(*arguments, in_order(token), sep="\t", file=tokens)
        if i < in_official:
            fields = [
                SERVICE,
                access_key,
                region,
                time,
                int(time) + int(expires),
                int(bool(session)),
            ]
            print("python-claude-platform", *fields, token, sep="\t", file=official)
