"""AWS's generators for Python, with botocore's clock standing still. Run by make.sh, which installs them.

official.py regions                       prints every region of every partition, as botocore has them
official.py bedrock TOKENS COUNT          compares every signature in the file TOKENS
official.py java TOKENS COUNT             the same, with the tokens that Official.java prints
official.py claude-platform TOKENS COUNT  appends those of Claude Platform, for the same arguments, to TOKENS

The last three print the first COUNT tokens as they are, for official.tsv.
"""

import base64
import sys
from datetime import datetime, timedelta
from types import SimpleNamespace

import botocore.auth
from aws_bedrock_token_generator import provide_token
from botocore.credentials import Credentials
from botocore.loaders import Loader
from token_generator_for_aws_external_anthropic import get_token


def bedrock(credentials: Credentials, region: str, life: timedelta) -> str:
    return provide_token(region, SimpleNamespace(load=lambda: credentials), life)


def claude_platform(credentials: Credentials, region: str, life: timedelta) -> str:
    return get_token(credentials=credentials, region=region, expiry=life)


def java(*_: object) -> str:
    return input()


# By the command: the generator, the prefix, the service, and the name in official.tsv.
GENERATORS = {
    "bedrock": (bedrock, "bedrock-api" + "-key-", 0, "python"),
    "java": (java, "", 0, "java"),
    "claude-platform": (
        claude_platform,
        "aws-external-anthropic-api" + "-key-",
        1,
        "python-claude-platform",
    ),
}


def in_order(token: str) -> str:
    """With the parameters as AWS's generators for npm have them: sorted, and the version last."""
    host, query = base64.b64decode(token, validate=True).decode("ascii").split("?")
    pairs = sorted(query.split("&"), key=lambda pair: (pair.startswith("Version="), pair))
    return base64.b64encode(f"{host}?{'&'.join(pairs)}".encode("ascii")).decode("ascii")


def regions() -> list[str]:
    # Entries such as aws-global stand for the endpoint of a service that has no regions.
    found = {
        region
        for data in ("endpoints", "partitions")
        for partition in Loader().load_data(data)["partitions"]
        for region in partition["regions"]
        if not region.endswith("-global")
    }
    assert len(found) > 40, "botocore has its data elsewhere"
    return sorted(found)


if sys.argv[1] == "regions":
    print(*regions(), sep="\n")
    sys.exit()
generate, prefix, service, name = GENERATORS[sys.argv[1]]
with open(sys.argv[2], encoding="ascii", newline="\n") as file:
    lines = [line.rstrip("\n") for line in file if not line.startswith("#")]
appended = []
for i, line in enumerate(lines):
    _, access_key, secret, session, region, expires, time, token = line.split("\t")
    now = datetime(1970, 1, 1) + timedelta(seconds=int(time))
    botocore.auth.get_current_datetime = lambda now=now: now
    # These generators sign an empty session token; ours leaves it out, as npm's does.
    credentials = Credentials(access_key, secret, session or None)
    theirs = generate(credentials, region, timedelta(seconds=int(expires)))
    assert theirs.startswith(prefix)
    theirs = theirs.removeprefix(prefix)
    arguments = [service, access_key, secret, session, region, expires, time]
    if service == 1:
        appended.append("\t".join(map(str, [*arguments, in_order(theirs)])))
    elif in_order(theirs) != token:
        sys.exit(f"vector {i + 1}: {name}'s token says something else")
    if i < int(sys.argv[3]):
        end, temporary = int(time) + int(expires), int(bool(session))
        print(name, service, access_key, region, time, end, temporary, theirs, sep="\t")
with open(sys.argv[2], "a", encoding="ascii", newline="\n") as file:
    file.writelines(f"{line}\n" for line in appended)
