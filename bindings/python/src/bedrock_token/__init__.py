"""Generates AWS bearer tokens out of credentials that you pass in: Amazon Bedrock's short-term API
keys, and those of Claude Platform on AWS.

>>> import bedrock_token
>>> token = bedrock_token.generate(access_key, secret, session, "eu-central-1")

generate() reads no environment variable, no file and no socket. A Provider keeps a token fresh.
from_session() makes one over the credentials that botocore finds, and provide_token() is that of
the official package; both need ``pip install bedrock-token[botocore]``. BearerAuth puts a token on
the requests of clients on httpx, and authorize() on those of boto3.
"""

from typing import TYPE_CHECKING, Any

from . import _library
from ._botocore import authorize, from_session
from ._credentials import BotocoreCredentials, Credentials
from ._errors import (
    AccessKeyError,
    BedrockTokenError,
    CredentialsExpiredError,
    ExpiresError,
    InternalError,
    InvalidTokenError,
    NoCredentialsError,
    ReentrantError,
    RegionError,
    SecretError,
    ServiceError,
    SessionError,
    SessionRequiredError,
    SigningTimeError,
    TokenMemoryError,
)
from ._hosts import HostError
from ._provider import Provider, Source
from ._token import Service, TokenInfo, generate, inspect

if TYPE_CHECKING:
    from ._httpx import BearerAuth as BearerAuth
    from .compat import BedrockTokenGenerator as BedrockTokenGenerator
    from .compat import provide_token as provide_token

__version__: str = _library.library.bedrock_token_version().decode("ascii")
__all__ = [
    "AccessKeyError",
    "BedrockTokenError",
    "BotocoreCredentials",
    "Credentials",
    "CredentialsExpiredError",
    "ExpiresError",
    "HostError",
    "InternalError",
    "InvalidTokenError",
    "NoCredentialsError",
    "Provider",
    "ReentrantError",
    "RegionError",
    "SecretError",
    "Service",
    "ServiceError",
    "SessionError",
    "SessionRequiredError",
    "SigningTimeError",
    "Source",
    "TokenInfo",
    "TokenMemoryError",
    "authorize",
    "from_session",
    "generate",
    "inspect",
]


# Only those who ask for these need botocore or httpx and wait for its import; so they are not in
# __all__, all of which a star imports.
_LATER = {"BearerAuth": "_httpx", "BedrockTokenGenerator": "compat", "provide_token": "compat"}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_LATER[name]}", __name__), name)


def __dir__() -> "list[str]":
    return sorted({*globals(), *_LATER})
