import sys
from typing import Optional

import bedrock_token

SERVICES = ["bedrock", "claude-platform"]


def text(field: str) -> Optional[str]:
    # A str has no bytes: each becomes the character of the same number.
    return None if field == "-" else bytes.fromhex(field[1:]).decode("latin-1")


for line in sys.stdin:
    number, *strings, expires, time = line.rstrip("\n").split("\t")
    service = dict(enumerate(SERVICES)).get(int(number), "none")
    for at in (int(time), None):
        try:
            token = bedrock_token.generate(
                *map(text, strings), int(expires), at=at, service=service
            )
            info = bedrock_token.inspect(token)
            print(
                0,
                token,
                SERVICES.index(info.service),
                info.access_key,
                info.region,
                info.issued_at,
                info.expires_at,
                int(info.has_session),
                sep="\t",
            )
        except bedrock_token.BedrockTokenError as error:
            print(error.status, error, sep="\t")
