"""Generates AWS bearer tokens out of credentials that you pass in: Amazon Bedrock's short-term API
keys, and those of Claude Platform on AWS.

>>> import bedrock_token
>>> token = bedrock_token.generate(access_key, secret, session, "eu-central-1")

generate() reads no environment variable, no file and no socket. A Provider keeps a token fresh.
from_session() makes one over the credentials that botocore finds, and provide_token() is that of
the official package; both need ``pip install bedrock-token[botocore]``.
"""

from typing import TYPE_CHECKING, Any

from . import _library
from ._botocore import authorize, from_session
from ._credentials import Credentials
from ._errors import (
    AccessKeyError,
    BedrockTokenError,
    CredentialsExpiredError,
    ExpiresError,
    InternalError,
    InvalidTokenError,
    NoCredentialsError,
    NullArgumentError,
    ReentrantError,
    RegionError,
    SecretError,
    ServiceError,
    SessionError,
    SessionRequiredError,
    SigningTimeError,
    TokenMemoryError,
)
from ._provider import Provider
from ._tenants import Tenants
from ._token import Service, TokenInfo, generate, inspect

if TYPE_CHECKING:
    from .compat import BedrockTokenGenerator as BedrockTokenGenerator
    from .compat import provide_token as provide_token

__version__: str = _library.library.bedrock_token_version().decode("ascii")
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
    "ReentrantError",
    "RegionError",
    "SecretError",
    "Service",
    "ServiceError",
    "SessionError",
    "SessionRequiredError",
    "SigningTimeError",
    "Tenants",
    "TokenInfo",
    "TokenMemoryError",
    "authorize",
    "from_session",
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
