"""Holds every signature of tokens.tsv against the official Python generator, with botocore's clock
standing still, and prints the Python part of official.tsv. Run by make.sh, which installs the generator.
"""

import base64
import sys
from datetime import datetime, timedelta
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

import botocore.auth
from aws_bedrock_token_generator import provide_token
from botocore.credentials import Credentials

PREFIX = "bedrock-api" + "-key-"


def parameters(token: str) -> dict[str, str]:
    url = urlsplit("https://" + base64.b64decode(token, validate=True).decode("ascii"))
    pairs = parse_qsl(url.query, strict_parsing=True)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


with open(sys.argv[1], encoding="ascii", newline="\n") as lines:
    vectors = [line.rstrip("\n").split("\t") for line in lines if not line.startswith("#")]
in_official = int(sys.argv[2])

for i, (service, access_key, secret, session, region, expires, time, token) in enumerate(vectors):
    now = datetime(1970, 1, 1) + timedelta(seconds=int(time))
    botocore.auth.get_current_datetime = lambda now=now: now
    # This generator signs an empty session token; ours and the npm one leave it out.
    credentials = Credentials(access_key, secret, session or None)
    provider = SimpleNamespace(load=lambda credentials=credentials: credentials)
    theirs = provide_token(region, provider, timedelta(seconds=int(expires)))
    assert theirs.startswith(PREFIX)
    theirs = theirs.removeprefix(PREFIX)
    if parameters(theirs) != parameters(token):
        sys.exit(f"vector {i + 1}: the Python generator's token says something else")
    if i < in_official:
        fields = [
            service,
            access_key,
            region,
            time,
            int(time) + int(expires),
            int(bool(session)),
            theirs,
        ]
        print("python", *fields, sep="\t")
