"""The credentials that a Provider's source gives."""

import math
import operator
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, Callable, Optional, Protocol, Union

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_END_OF_9999 = 253402300799


def _unix_seconds(value: Union[int, float, datetime, None]) -> int:
    """When credentials end; 0 if they do not."""
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise ValueError("expires_at has no time zone: datetime.now(timezone.utc) has one")
        seconds: float = (value - _EPOCH) // timedelta(seconds=1)
    elif value is None or (value == 0 and isinstance(value, (int, float)) and value is not False):
        return 0
    elif isinstance(value, float):
        seconds = value
    else:
        try:
            if isinstance(value, bool):
                raise TypeError
            seconds = operator.index(value)
        except TypeError:
            raise TypeError(
                "expires_at must be Unix seconds or a datetime with a time zone, "
                f"not {type(value).__name__}"
            ) from None
    if not 1 <= seconds < _END_OF_9999 + 1:  # which also refuses NaN
        raise ValueError("expires_at must be in the years 1970 to 9999, in seconds")
    return math.floor(seconds)


@dataclass(frozen=True, init=False)
class Credentials:
    """AWS credentials, as a source gives them to a Provider. The secrets are not in its repr.

    Args:
        access_key: Access key ID.
        secret: Secret access key.
        session: Session token; None or "" with long-term credentials.
        expires_at: When the credentials end: Unix seconds, or a datetime with a time zone. None
            or 0 if they do not.

    Raises:
        TypeError: A field has another type than it must have.
        ValueError: expires_at has no time zone, or is not in the years 1970 to 9999.

    The text names the field and never shows its value. The Provider checks the rest.
    """

    #: Access key ID.
    access_key: str
    #: Secret access key.
    secret: str = field(repr=False)
    #: Session token; None or "" with long-term credentials.
    session: Optional[str] = field(repr=False)
    #: Unix seconds when the credentials end; 0 if they do not.
    expires_at: int

    def __init__(
        self,
        access_key: str,
        secret: str,
        session: Optional[str] = None,
        expires_at: Union[int, float, datetime, None] = None,
    ) -> None:
        for name, value in (("access_key", access_key), ("secret", secret), ("session", session)):
            if not isinstance(value, str) and (value is not None or name != "session"):
                raise TypeError(f"{name} must be a str, not {type(value).__name__}")
            object.__setattr__(self, name, value)
        object.__setattr__(self, "expires_at", _unix_seconds(expires_at))


class FrozenCredentials(Protocol):
    """botocore's ReadOnlyCredentials."""

    @property
    def access_key(self) -> Any: ...
    @property
    def secret_key(self) -> Any: ...
    @property
    def token(self) -> Any: ...


class BotocoreCredentials(Protocol):
    """botocore's Credentials or RefreshableCredentials, or those of aiobotocore."""

    def get_frozen_credentials(self) -> Union[FrozenCredentials, Awaitable[FrozenCredentials]]: ...


def from_botocore(
    credentials: Any, result_of: Callable[[Any], Any] = lambda frozen: frozen
) -> Credentials:
    """All fields of one moment, though another thread may refresh botocore's object meanwhile."""
    for pause in (0.01, 0.01, 0):
        frozen = result_of(credentials.get_frozen_credentials())
        # No public name reads these two without another refresh, which botocore would begin each
        # time within 15 minutes of the end. Long-term credentials have no end.
        end = getattr(credentials, "_expiry_time", None)
        if getattr(credentials, "_token", frozen.token) == frozen.token:
            break
        time.sleep(pause)  # for the other thread; a program that set the token itself stays so
    expires_at = end if isinstance(end, datetime) else None
    return Credentials(frozen.access_key, frozen.secret_key, frozen.token, expires_at)
