"""Generating and reading tokens."""

import ctypes
import operator
import time
from dataclasses import dataclass
from functools import cache
from typing import Literal, Optional, Union, overload

from ._credentials import Credentials
from ._errors import check
from ._library import Info, encode, library

Service = Literal["bedrock", "claude-platform"]

EXPIRES_MAX = 43200
_SESSION_MAX = 65536
_SERVICES: "tuple[Service, ...]" = ("bedrock", "claude-platform")  # by bedrock_token_service


def _integer(value: int, name: str, limit: int, refused: int) -> int:
    """For C, to which ctypes would cut a larger number: it gets one that it refuses."""
    if type(value) is not int:
        if isinstance(value, bool) or not hasattr(value, "__index__"):
            raise TypeError(f"{name} must be an int, not {type(value).__name__}")
        value = operator.index(value)
    return value if 0 <= value < limit else refused


@cache
def _room(session: int) -> "type[ctypes.Array[ctypes.c_char]]":
    """Memory for every token with a session token of so many KiB at most: 4 bytes for each of its
    bytes, all of which may be percent-encoded, and less than 1 KiB for the rest."""
    return ctypes.c_char * (1024 * (1 + 4 * min(session, _SESSION_MAX // 1024)))


def _number(service: Service) -> int:
    return _SERVICES.index(service) if service in _SERVICES else -1


@overload
def generate(
    access_key: str,
    secret: str,
    session: Optional[str],
    region: str,
    expires: int = EXPIRES_MAX,
    *,
    at: Optional[int] = None,
    service: Service = "bedrock",
) -> str: ...
@overload
def generate(
    access_key: Credentials,
    /,
    *,
    region: str,
    expires: int = EXPIRES_MAX,
    at: Optional[int] = None,
    service: Service = "bedrock",
) -> str: ...
def generate(
    access_key: Union[str, Credentials],
    secret: Optional[str] = None,
    session: Optional[str] = None,
    region: Optional[str] = None,
    expires: int = EXPIRES_MAX,
    *,
    at: Optional[int] = None,
    service: Service = "bedrock",
) -> str:
    """Generates a token out of these credentials alone.

    Args:
        access_key: Access key ID. Or Credentials, which stand for the first three:
            ``generate(credentials, region="eu-central-1")``.
        secret: Secret access key.
        session: Session token; None or "" with long-term credentials.
        region: AWS region that the token is for.
        expires: Seconds that the token lives: 1 to 43200. With temporary credentials it ends when
            they do, if that is sooner.
        at: Unix seconds from which it is valid; None for now. The same arguments always give the
            same token.
        service: "bedrock" for Amazon Bedrock, "claude-platform" for Claude Platform on AWS.

    Raises:
        ServiceError, AccessKeyError, SecretError, SessionError, SessionRequiredError, RegionError,
        ExpiresError, SigningTimeError: all are ValueErrors, checked in this order.
        TypeError: An argument has another type than it must have.

    Any thread may call it. It keeps the GIL: letting it go would take longer than the token.
    """
    if isinstance(access_key, Credentials):
        if secret is not None or session is not None:
            raise TypeError('with Credentials, write generate(credentials, region="...")')
        given, access_key = access_key, access_key.access_key
        secret, session = given.secret, given.session
    encoded_session = encode(session, "session")
    token = _room(-(-len(encoded_session or b"") // 1024))()
    check(
        library.bedrock_token_generate_into(
            0 if service == "bedrock" else _number(service),
            encode(access_key, "access_key"),
            encode(secret, "secret"),
            encoded_session,
            encode(region, "region"),
            _integer(expires, "expires", 2**32, 0),
            ctypes.c_int64(int(time.time()) if at is None else _integer(at, "at", 2**63, -1)),
            token,
            ctypes.c_size_t(len(token)),
            None,
        )
    )
    return token.value.decode("ascii")


@dataclass(frozen=True)
class TokenInfo:
    """What a token says of itself; never its secret parts."""

    #: Access key ID.
    access_key: str
    #: AWS region. The token is good in no other.
    region: str
    #: Unix seconds.
    issued_at: int
    #: Unix seconds. If the credentials end sooner, so does the token, without saying so.
    expires_at: int
    #: Whether the credentials were temporary.
    has_session: bool
    #: The service that takes the token.
    service: Service = "bedrock"


def inspect(token: str) -> TokenInfo:
    """Reads what a token says of itself, from any official generator or from this library.

    Only the service can say whether its signature is right.

    Raises:
        InvalidTokenError: It is not a token.
        TypeError: It is not a string.
    """
    info = Info()
    check(
        library.bedrock_token_inspect(
            encode(token, "token"), ctypes.byref(info), ctypes.sizeof(info)
        )
    )
    return TokenInfo(
        access_key=info.access_key.decode("ascii"),
        region=info.region.decode("ascii"),
        issued_at=info.issued_at,
        expires_at=info.expires_at,
        has_session=info.has_session != 0,
        service=_SERVICES[info.service],
    )
