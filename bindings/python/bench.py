"""A worker of benches/languages.py: this package, and the official one, which has the same names."""

import atexit
import os
import sys
import tempfile
from functools import partial
from importlib import import_module
from typing import Callable

from worker import work

KEY, SECRET, REGION = (
    "AKIAIOSFODNN7EXAMPLE",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "eu-central-1",
)


def generate() -> Callable[[str], str]:
    import bedrock_token

    return lambda session: bedrock_token.generate(KEY, SECRET, session or None, REGION)


def kept() -> Callable[[str], str]:
    import bedrock_token

    credentials = bedrock_token.Credentials(KEY, SECRET)
    provider = bedrock_token.Provider(lambda: credentials, REGION)
    return lambda _: provider.get()


def tenants(count: int) -> Callable[[str], str]:
    """Kept tokens of so many tenants, in turn."""
    import bedrock_token

    def new_provider(tenant: int) -> bedrock_token.Provider:
        credentials = bedrock_token.Credentials(f"AKIA{tenant:016}", SECRET)
        return bedrock_token.Provider(lambda: credentials, REGION)

    known = bedrock_token.Tenants(new_provider, limit=count)
    tenant = 0

    def next_tenant(_: str) -> str:
        nonlocal tenant
        tenant = (tenant + 1) % count
        return known.provider(tenant).get()

    for _ in range(count):
        next_tenant("")
    return next_tenant


def official() -> Callable[[str], str]:
    from aws_bedrock_token_generator import BedrockTokenGenerator
    from botocore.credentials import Credentials

    generator = BedrockTokenGenerator()
    return lambda session: generator.get_token(Credentials(KEY, SECRET, session or None), REGION)


def environment(package: str = "bedrock_token") -> Callable[[str], str]:
    """provide_token(), which finds credentials in the environment."""
    os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"] = KEY, SECRET
    provide_token = import_module(package).provide_token
    return lambda _: provide_token(REGION)


def file(package: str = "bedrock_token") -> Callable[[str], str]:
    """provide_token(), which finds credentials in the shared file."""
    with tempfile.NamedTemporaryFile("w", delete=False) as written:
        written.write(f"[default]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n")
    atexit.register(os.unlink, written.name)
    os.environ["AWS_SHARED_CREDENTIALS_FILE"] = written.name
    provide_token = import_module(package).provide_token
    return lambda _: provide_token(REGION)


if __name__ == "__main__":
    OFFICIAL = "aws_bedrock_token_generator"
    operations = {
        "generate": generate,
        "kept": kept,
        "official": official,
        "environment": environment,
        "official_environment": lambda: environment(OFFICIAL),
        "file": file,
        "official_file": lambda: file(OFFICIAL),
    }
    for count in (1, 1000, 100_000):
        operations[f"tenants_{count}"] = partial(tenants, count)
    work(sys.argv[1], operations)
