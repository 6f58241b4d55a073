"""A worker of benches/bench.py: the package, and the official one, which has the same names."""

import sys
from collections.abc import Callable
from itertools import cycle, islice

KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
REGION = "eu-central-1"
Generate = Callable[[str | None], str]


def generate() -> Generate:
    import bedrock_token

    return lambda session: bedrock_token.generate(KEY, SECRET, session, REGION)


def kept() -> Generate:
    import bedrock_token

    credentials = bedrock_token.Credentials(KEY, SECRET)
    provider = bedrock_token.Provider(lambda: credentials, REGION)
    return lambda _: provider.get()


def official() -> Generate:
    from aws_bedrock_token_generator import BedrockTokenGenerator
    from botocore.credentials import Credentials

    generator = BedrockTokenGenerator()
    return lambda session: generator.get_token(Credentials(KEY, SECRET, session), REGION)


print("ready", flush=True)
operation = None
for line in sys.stdin:
    name, iterations, sessions = line.split()
    operation = operation or globals()[name]()
    given = [None] if sessions == "-" else sessions.split(",")
    for session in islice(cycle(given), int(iterations)):
        token = operation(session)
    print(token, flush=True)
