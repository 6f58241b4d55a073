"""A worker of benches/languages.py: the package, and the official one, which has the same names."""

import sys
from collections.abc import Callable
from functools import cache

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


@cache
def operation(name: str) -> Generate:
    return globals()[name]()


for line in sys.stdin:
    name, iterations, session = line.split()
    generator = operation(name)
    given = None if session == "-" else session
    for _ in range(int(iterations)):
        token = generator(given)
    print(token, flush=True)
