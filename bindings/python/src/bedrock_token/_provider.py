"""Keeping a token fresh."""

import ctypes
import operator
import threading
from ctypes import Array, c_char, c_int64, c_void_p
from dataclasses import dataclass, field
from typing import Any, Callable, Optional

from ._errors import NoCredentialsError, check
from ._library import CredentialsFunction, encode, library, seconds
from ._token import EXPIRES_MAX


@dataclass(frozen=True)
class Credentials:
    """AWS credentials, as a source gives them to a Provider. The secrets are not in its repr."""

    #: Access key ID.
    access_key: str
    #: Secret access key.
    secret: str = field(repr=False)
    #: Session token; None or "" with long-term credentials.
    session: Optional[str] = field(default=None, repr=False)
    #: Unix seconds when the credentials end; 0 if they do not.
    expires_at: int = 0


class _Source:
    """The callback, and what must outlive a call of it. It does not know its Provider: a cycle
    would keep the provider, and the secrets, until the garbage collector comes."""

    def __init__(self, source: Callable[[], Credentials]) -> None:
        self._source = source
        self._kept: list[Array[c_char]] = []
        self.raised = threading.local()
        self.function = CredentialsFunction(self._call)

    def _keep(self, value: Optional[str], name: str) -> Optional[int]:
        raw = encode(value, name)
        if raw is None:
            return None
        self._kept.append(ctypes.create_string_buffer(raw))
        return ctypes.addressof(self._kept[-1])

    def wipe(self) -> None:
        for buffer in self._kept:
            ctypes.memset(buffer, 0, len(buffer))
        self._kept.clear()

    def _call(self, _context: Optional[int], out: Any) -> int:
        try:
            credentials = self._source()
            self.wipe()
            raw = out.contents
            raw.access_key = self._keep(credentials.access_key, "access_key")
            raw.secret = self._keep(credentials.secret, "secret")
            raw.session = self._keep(credentials.session, "session")
            raw.expires_at = operator.index(credentials.expires_at)
        except BaseException as error:  # C cannot pass it on; Provider.get_with_expiry does
            self.raised.error = error
            return 1
        return 0


class Provider:
    """Keeps a token, and asks a source for credentials to mint a new one before it ends.

    Renewal comes 5 minutes before the end, or at 90 % of a life shorter than 50 minutes. A token
    ends when its own time is up or its credentials' is, whichever is sooner.

    Args:
        source: Called for credentials, within get(), on that thread, never twice at the same time.
            It may raise; it must not use its own provider.
        region: As for generate().
        expires: As for generate(); counted from each renewal.

    Any thread may use a provider at the same time. One renews; the others use the kept token while
    it holds, and wait when it does not. After os.fork(), use it in the parent only. It frees
    itself, and wipes what it kept, when the last reference to it goes.
    """

    def __init__(
        self, source: Callable[[], Credentials], region: str, expires: int = EXPIRES_MAX
    ) -> None:
        self._handle, self._source = c_void_p(), _Source(source)
        self._region, self._expires = region, operator.index(expires)
        check(
            library.bedrock_token_provider_new(
                encode(region, "region"),
                seconds(self._expires),
                self._source.function,
                None,
                ctypes.byref(self._handle),
            )
        )

    def __del__(self) -> None:
        # There is no close(), because another thread might be in get(): it has a reference.
        library.bedrock_token_provider_free(self._handle)
        self._source.wipe()

    def get(self) -> str:
        """A token that has not ended: the kept one, or a new one when it is time for that.

        If renewing fails while the kept token holds, the answer is the kept token.

        Raises:
            NoCredentialsError: The source raised, and no kept token holds.
            CredentialsExpiredError: What it gave has expired.
            AccessKeyError, SecretError, SessionError, SessionRequiredError: What it gave is wrong.
        """
        return self.get_with_expiry()[0]

    def get_with_expiry(self) -> "tuple[str, int]":
        """The same token, and when it ends, in Unix seconds."""
        token, expires_at = c_void_p(), c_int64()
        self._source.raised.error = None
        status = library.bedrock_token_provider_get(
            self._handle, ctypes.byref(token), None, ctypes.byref(expires_at)
        )
        error: Optional[BaseException] = self._source.raised.error
        self._source.raised.error = None
        try:
            if error is not None and not isinstance(error, Exception):
                raise error  # KeyboardInterrupt and its like are nobody's to swallow
            if status == 12:
                raise NoCredentialsError(status) from error
            check(status)
            return ctypes.string_at(token).decode("ascii"), expires_at.value
        finally:
            library.bedrock_token_free(token)
            del error  # a traceback holds this frame

    def invalidate(self) -> None:
        """Drops the kept token, so that the next get() mints a new one: for when the service
        refused it (HTTP 403), because the credentials were revoked, say."""
        library.bedrock_token_provider_invalidate(self._handle)

    def __repr__(self) -> str:
        return f"Provider(region={self._region!r}, expires={self._expires!r})"
