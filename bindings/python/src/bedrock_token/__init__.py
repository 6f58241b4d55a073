"""Mints AWS Bedrock short-term API keys (bearer tokens) out of credentials that you pass in.

>>> import bedrock_token
>>> token = bedrock_token.generate(access_key, secret, session, "eu-central-1")

generate() reads no environment variable, no file and no socket. provide_token() finds credentials
by itself, as the official package does; it needs ``pip install bedrock-token[botocore]``.
"""

from typing import TYPE_CHECKING, Any

from ._errors import (
    AccessKeyError,
    BedrockTokenError,
    CredentialsExpiredError,
    ExpiresError,
    InternalError,
    InvalidTokenError,
    NoCredentialsError,
    NullArgumentError,
    RegionError,
    SecretError,
    SessionError,
    SessionRequiredError,
    SigningTimeError,
    TokenMemoryError,
)
from ._library import library as _library
from ._provider import Credentials, Provider
from ._token import TokenInfo, generate, inspect

if TYPE_CHECKING:
    from .compat import BedrockTokenGenerator as BedrockTokenGenerator
    from .compat import provide_token as provide_token

__version__: str = _library.bedrock_token_version().decode("ascii")
__all__ = [
    "AccessKeyError",
    "BedrockTokenError",
    "Credentials",
    "CredentialsExpiredError",
    "ExpiresError",
    "InternalError",
    "InvalidTokenError",
    "NoCredentialsError",
    "NullArgumentError",
    "Provider",
    "RegionError",
    "SecretError",
    "SessionError",
    "SessionRequiredError",
    "SigningTimeError",
    "TokenInfo",
    "TokenMemoryError",
    "generate",
    "inspect",
]


def __getattr__(name: str) -> Any:
    # Only who asks for these two needs botocore and waits for its import; so they are not in
    # __all__, all of which a star imports.
    if name in {"BedrockTokenGenerator", "provide_token"}:
        from . import compat

        return getattr(compat, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
