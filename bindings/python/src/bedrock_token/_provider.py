"""Keeping a token fresh."""

import copy
import ctypes
import hmac
import math
import operator
import threading
from time import time
from typing import TYPE_CHECKING, Any, Callable, NoReturn, Optional, Union

from . import _fork
from ._credentials import Credentials, from_botocore, not_credentials
from ._errors import NoCredentialsError, ReentrantError, check
from ._library import Times, library
from ._token import EXPIRES_MAX, Service, generate

if TYPE_CHECKING:
    from concurrent import futures


class _Kept:
    """A token and its times, in Unix seconds, as the library's rule has them."""

    __slots__ = ("expires_at", "fresh_until", "token", "valid_from", "wait_from")

    def __init__(self, token: str, times: Times) -> None:
        self.token = token
        self.valid_from: int = times.valid_from
        self.fresh_until: int = times.renew_at
        self.wait_from: int = times.wait_from
        self.expires_at: int = times.expires_at

    def holds(self, now: float) -> bool:
        return self.valid_from <= now < self.expires_at

    def retry_later(self, now: float) -> None:
        """After a failed renewal."""
        retry_at = library.bedrock_token_retry_at(math.ceil(now), self.expires_at)
        self.fresh_until = min(retry_at, self.expires_at)


_NOTHING = _Kept("", Times())


class _Renewal:
    """One call of the source. The thread that makes it holds `running` meanwhile, and the threads
    that share its result wait for that.

    Each renewal has one `next`, which a thread claims in a single step of the interpreter. A signal
    handler, an interrupt or the child of a fork() could find a lock locked."""

    __slots__ = ("ended", "generation", "next", "result", "running", "thread")

    def __init__(self, ended: bool = False) -> None:
        self.running = threading.Lock()
        self.ended = ended
        self.thread = threading.get_ident()
        self.generation = _fork.generation
        self.next: dict[None, _Renewal] = {}
        self.result: Union[_Kept, Exception, None] = None  # None: an interrupt ended it

    def goes_on(self) -> bool:
        return not self.ended and self.generation == _fork.generation and self.running.locked()

    def wait(self) -> None:
        # In Python 3.9 and 3.10, Ctrl-C can hit a `with` so that it does not release its lock, ...
        while self.goes_on():
            if self.running.acquire(timeout=1):  # ... and nobody may wait for that for ever
                self.running.release()


class Provider:
    """Keeps a token, and asks a source for credentials to generate a new one before it ends.

    Renewal comes 5 minutes before the end, or at 90 % of a life shorter than 50 minutes. A token
    ends when its own time is up or its credentials' is, whichever is sooner.

    Args:
        source: Called for credentials, within get(), on that thread, never twice at the same time.
            It returns Credentials or botocore's credentials object, and may raise. If it calls its
            own provider, that raises ReentrantError.
        region: As for generate().
        expires: As for generate(); counted from each renewal.
        service: As for generate().

    Any thread and any greenlet may use a provider at the same time, and so may the child of a
    fork. One renews; the others get the kept token, and wait in its last 30 seconds
    (or the last hundredth of a short life). All that wait share the result, or its failure. A copy of
    a provider is the provider itself.
    """

    def __init__(
        self,
        source: Callable[[], Any],
        region: str,
        expires: int = EXPIRES_MAX,
        *,
        service: Service = "bedrock",
    ) -> None:
        if not callable(source):
            raise TypeError(f"source must be a function, not {type(source).__name__}")
        generate("A", "A", None, region, expires, at=0, service=service)  # checks all but source
        self._source = source
        self._expires = operator.index(expires)
        #: As given.
        self.region, self.service = region, service
        self._kept = _NOTHING
        self._renewal = _Renewal(ended=True)
        self._background: Optional[tuple[int, futures.Future[Union[_Kept, Exception]]]] = None

    def get(self) -> str:
        """A token that has not ended: the kept one, or a new one when it is time for that.

        If the renewal fails before the kept token ends, the answer is the kept token.

        Raises:
            NoCredentialsError: The source raised, and no kept token is valid.
            CredentialsExpiredError: The credentials have expired.
            AccessKeyError, SecretError, SessionError, SessionRequiredError: A credential is wrong.
            TypeError: The source returned something else than credentials.
            ReentrantError: This thread is in the source already.
        """
        kept = self._kept
        if kept.valid_from <= time() < kept.fresh_until:
            return kept.token
        return self._renewed().token

    def get_with_expiry(self) -> "tuple[str, int]":
        """The same token, and when it ends, in Unix seconds."""
        kept = self._renewed()
        return kept.token, kept.expires_at

    async def get_async(self) -> str:
        """The same for asyncio, without blocking the loop. While the kept token is valid, it is the
        answer at once, and a thread renews it when it is time. Cancelling it leaves the renewal
        going on, for others and for the next call."""
        kept, now = self._kept, time()
        if kept.valid_from <= now < kept.fresh_until:
            return kept.token
        self._refuse_reentry(self._renewal)
        renewal = self._in_background()
        if kept.valid_from <= now < kept.wait_from:
            return kept.token
        import asyncio

        result = await asyncio.wrap_future(renewal)
        if isinstance(result, Exception):
            _raise(result)
        return result.token

    def invalidate(self, refused: Optional[str] = None) -> None:
        """Drops the kept token, so that the next get() generates a new one: for when the service
        refused it (HTTP 403), because the credentials were revoked, say. A renewal that is under
        way counts as new.

        Args:
            refused: The token that the service refused. If the kept one is another, it stays: a
                thread has renewed it already. None drops any token.
        """
        if refused is None or hmac.compare_digest(_bytes(refused), _bytes(self._kept.token)):
            self._kept = _NOTHING

    def _has_ended(self) -> bool:
        """Whether the last token has ended, and nobody is getting another."""
        return 0 < self._kept.expires_at <= time() and not self._renewal.goes_on()

    def _fresh(self) -> Optional[_Kept]:
        kept = self._kept
        return kept if kept.valid_from <= time() < kept.fresh_until else None

    def _renewed(self) -> _Kept:
        while True:
            kept = self._fresh() or self._share(_Renewal())
            if kept is not None:
                return kept

    def _share(self, mine: _Renewal) -> Optional[_Kept]:
        """Renews, or waits for the thread that does. None: an interrupt ended that thread's renewal,
        or its token has ended since."""
        renewal = self._renewal
        try:
            with mine.running:
                try:
                    while renewal is not mine and not renewal.goes_on():
                        renewal = renewal.next.setdefault(None, mine)
                    if renewal is mine:
                        self._renewal = mine
                        # Another one may have ended just before this one was claimed.
                        return self._fresh() or self._renew(mine)
                finally:
                    mine.ended = True
            self._refuse_reentry(renewal)
            kept, now = self._kept, time()
            if kept.valid_from <= now < kept.wait_from:
                return kept
            renewal.wait()
            # The result counts even if the token was invalidated since. Threads that only waited
            # again could wait for ever.
            kept = renewal.result if isinstance(renewal.result, _Kept) else self._kept
            if kept.holds(time()):
                return kept
            if isinstance(renewal.result, Exception):
                _raise(renewal.result)
            return None
        finally:
            # The traceback of a failure leads to this frame. A way back would be a cycle, and keep
            # the credentials until garbage is collected.
            del mine, renewal

    def _refuse_reentry(self, renewal: _Renewal) -> None:
        if renewal.thread == threading.get_ident() and renewal.goes_on():
            raise ReentrantError(16)

    def _renew(self, renewal: _Renewal) -> _Kept:
        renewal.result = self._ask()
        now = time()
        if isinstance(renewal.result, _Kept):
            kept = self._kept = renewal.result
        else:
            kept = self._kept
            kept.retry_later(now)
        # The result is only for those that wait for it now.
        self._renewal = renewal.next[None] = _Renewal(ended=True)
        try:
            if isinstance(renewal.result, Exception) and not kept.holds(now):
                _raise(renewal.result)
            return kept
        finally:
            del renewal

    def _ask(self) -> Union[_Kept, Exception]:
        # A failure is no local variable here, for the reason that _share() gives.
        try:
            credentials = self._source()
            if hasattr(credentials, "get_frozen_credentials"):
                credentials = from_botocore(credentials)
        except Exception as error:
            return _because(NoCredentialsError(12), error)
        if credentials is None:
            return NoCredentialsError(12)
        if not isinstance(credentials, Credentials):
            return not_credentials(credentials)
        now = int(time())
        times = Times()
        size = ctypes.sizeof(times)
        try:
            check(
                library.bedrock_token_schedule(
                    now, self._expires, credentials.expires_at, times, size
                )
            )
            token = generate(
                credentials.access_key,
                credentials.secret,
                credentials.session,
                self.region,
                self._expires,
                at=now,
                service=self.service,
            )
        except Exception as error:
            return copy.copy(error)
        return _Kept(token, times)

    def _in_background(self) -> "futures.Future[Union[_Kept, Exception]]":
        """A thread for a renewal that all coroutines share: the loop's own threads are few, and
        other things need them."""
        from concurrent import futures

        background = self._background
        if background is not None and background[0] == _fork.generation:
            return background[1]
        ended: futures.Future[Union[_Kept, Exception]] = futures.Future()
        ended.set_running_or_notify_cancel()  # from now on, cancelling it does nothing
        self._background = _fork.generation, ended
        try:
            threading.Thread(target=self._renew_in, args=(ended,), daemon=True).start()
        except BaseException:
            self._background = None
            raise
        return ended

    def _renew_in(self, ended: "futures.Future[Union[_Kept, Exception]]") -> None:
        try:
            result: Union[_Kept, Exception] = self._renewed()
        except Exception as error:
            result = _because(copy.copy(error), error.__cause__)
        except BaseException as error:  # a thread has nobody to pass it on to
            result = _because(RuntimeError("an interrupt ended the renewal"), error)
        self._background = None
        ended.set_result(result)

    def __copy__(self) -> "Provider":
        return self

    def __deepcopy__(self, _memo: object) -> "Provider":
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a Provider cannot be pickled: its source and its token are of this process. "
            "Create one in each process"
        )

    def __repr__(self) -> str:
        service = "" if self.service == "bedrock" else f", service={self.service!r}"
        return f"Provider(region={self.region!r}, expires={self._expires!r}{service})"


def _bytes(token: str) -> bytes:
    return token.encode("utf-8", "surrogatepass")


def _because(failure: Exception, cause: Optional[BaseException]) -> Exception:
    failure.__cause__ = cause
    return failure


def _raise(failure: Exception) -> NoReturn:
    """Each thread raises its own copy, because raising adds to the traceback."""
    raise copy.copy(failure) from failure.__cause__
