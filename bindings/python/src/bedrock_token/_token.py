"""Minting and reading."""

import ctypes
import operator
import time
from dataclasses import dataclass
from typing import Optional

from ._errors import check
from ._library import Info, encode, library, seconds

EXPIRES_MAX = 43200
_SESSION_MAX = 65536


def generate(
    access_key: str,
    secret: str,
    session: Optional[str],
    region: str,
    expires: int = EXPIRES_MAX,
    *,
    at: Optional[int] = None,
) -> str:
    """Mints a token out of these credentials alone.

    Args:
        access_key: Access key ID.
        secret: Secret access key.
        session: Session token; None or "" with long-term credentials.
        region: AWS region that the token is for.
        expires: Seconds that the token lives: 1 to 43200. With temporary credentials it ends when
            they do, if that is sooner.
        at: Unix seconds from which it is valid; None for now. The same arguments always give the
            same token.

    Raises:
        AccessKeyError, SecretError, SessionError, SessionRequiredError, RegionError, ExpiresError,
        SigningTimeError: all are ValueErrors, checked in this order.
        TypeError: An argument has another type than it must have.

    Any thread may call it; the GIL is released meanwhile.
    """
    raw = encode(session, "session")
    # No token is longer: 4 bytes for each of a percent-encoded session token, under 1 KiB else.
    capacity = 1024 + 4 * min(len(raw or b""), _SESSION_MAX)
    buffer = ctypes.create_string_buffer(capacity)
    at = int(time.time()) if at is None else operator.index(at)
    check(
        library.bedrock_token_generate_into(
            encode(access_key, "access_key"),
            encode(secret, "secret"),
            raw,
            encode(region, "region"),
            seconds(operator.index(expires)),
            at if 0 <= at < 2**63 else -1,  # ctypes would cut it to 64 bits
            buffer,
            capacity,
            None,
        )
    )
    return buffer.value.decode("ascii")


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


def inspect(token: str) -> TokenInfo:
    """Reads what a token says of itself, from any official generator or from this library.

    Whether its signature is right, only the service can say.

    Raises:
        InvalidTokenError: It is no token.
        TypeError: It is no string.
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
    )
