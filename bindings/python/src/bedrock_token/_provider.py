"""Keeping a token fresh."""

import contextvars
import copy
import ctypes
import functools
import hmac
import inspect
import math
import operator
import os
import threading
from collections.abc import Awaitable
from time import time
from typing import TYPE_CHECKING, Any, Callable, NoReturn, Optional, TypeVar, Union, cast

from ._credentials import BotocoreCredentials, Credentials, from_botocore
from ._errors import NoCredentialsError, ReentrantError, check
from ._library import Times, library
from ._token import EXPIRES_MAX, Service, generate

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    _Loop = Optional[AbstractEventLoop]

Found = Union[Credentials, BotocoreCredentials]
#: What a Provider asks for credentials. Only get_async() can use a source that returns an awaitable.
Source = Callable[[], Union[Found, Awaitable[Found]]]

#: How often at most, in seconds, a token that the service refused makes a provider renew, and how
#: long that request waits for it. Most refusals have another cause, such as a missing permission.
_REFUSAL_INTERVAL, _REFUSAL_WAIT = 60, 5

_IS_ASYNC = "source is async: await get_async(), which can run it"

_F = TypeVar("_F", bound=Callable[..., Any])

#: How many forks lie between this process and the first one. The threads of a parent go on there alone.
_forks = 0


def _after_fork() -> None:
    global _forks
    _forks += 1


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


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

    def may_be_late(self, now: float) -> bool:
        """Whether callers need not wait for a renewal that is under way."""
        return self.valid_from <= now < self.wait_from

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
        self.generation = _forks
        self.next: dict[None, _Renewal] = {}
        self.result: Union[_Kept, Exception, None] = None  # None: an interrupt ended it

    def goes_on(self) -> bool:
        return not self.ended and self.generation == _forks and self.running.locked()

    def refuse_reentry(self) -> None:
        if self.thread == threading.get_ident() and self.goes_on():
            raise ReentrantError

    def wait(self) -> None:
        # In Python 3.9 and 3.10, Ctrl-C can hit a `with` so that it does not release its lock, ...
        while self.goes_on():
            if self.running.acquire(timeout=1):  # ... and nobody may wait for that for ever
                self.running.release()


class _Background:
    """A thread's renewal, for coroutines that share its result."""

    def __init__(self, loop: "_Loop") -> None:
        from concurrent import futures

        self.loop = loop
        self.generation = _forks
        outer = _within.get()
        self.outer = None if outer is None or outer.ended.done() else outer
        self.ended: futures.Future[Union[_Kept, Exception, None]] = futures.Future()
        self.ended.set_running_or_notify_cancel()  # from now on, cancelling it does nothing


#: The background's renewal that this code runs in, as the source of. Its `outer` is the one in whose
#: source it was started: that one waits for it.
_within: "contextvars.ContextVar[Optional[_Background]]" = contextvars.ContextVar(
    "bedrock_token_renewal", default=None
)


class _LoopEnded(BaseException):
    """The loop that a source waited in."""


class _NeedsLoop(Exception):
    """The source is async, and no loop is there to run it."""


class _Bound(functools.partial):  # type: ignore[type-arg]
    """A method of one provider, to pass on as a function. A client that wants a str for its key
    must not send the function's name as one."""

    __slots__ = ()

    def __format__(self, _spec: str) -> NoReturn:
        raise TypeError(
            "a function was given where a token must be. This client takes a str, or "
            "http_client= with bedrock_token.BearerAuth(provider)"
        )

    def __str__(self) -> str:
        return self.__format__("")


class _Method:
    def __init__(self, function: Callable[..., Any]) -> None:
        self.__wrapped__, self.__doc__ = function, function.__doc__

    def __get__(self, provider: Optional[object], _owner: object = None) -> Any:
        return self.__wrapped__ if provider is None else _Bound(self.__wrapped__, provider)


def _no_text(function: _F) -> _F:
    return cast(_F, _Method(function))


class Provider:
    """Keeps a token, and asks a source for credentials to generate a new one before it ends.

    When it renews is the rule of bedrock_token_schedule() in the C library. A token ends when its own
    time is up or its credentials' is, whichever is sooner.

    Args:
        source: Called for credentials, within get(), on that thread, never twice at the same time.
            It returns Credentials or botocore's credentials object, and may raise. It may be async:
            then get_async() runs it, in its caller's event loop. If it calls its own provider, that
            raises ReentrantError.
        region: As for generate().
        expires: As for generate(); counted from each renewal.
        service: As for generate().

    Any thread and any greenlet may use a provider at the same time, and so may the child of a
    fork. One renews; the others get the kept token, and wait shortly before its end. All that wait
    share the result, or its failure. A copy of a provider is the provider itself.

    A renewal that fails while the kept token is valid is a warning of the logger "bedrock_token".
    """

    def __init__(
        self,
        source: Source,
        region: str,
        expires: int = EXPIRES_MAX,
        *,
        service: Service = "bedrock",
    ) -> None:
        if not callable(source):
            raise TypeError(f"source must be a function, not {type(source).__name__}")
        generate("A", "A", None, region, expires, at=0, service=service)  # checks all but source
        self._source = source
        self._is_async = False  # until it has returned an awaitable
        self._expires = operator.index(expires)
        self._region, self._service = region, service
        self._kept = _NOTHING
        self._failure: Optional[Exception] = None
        self._renewal = _Renewal(ended=True)
        self._background: Optional[_Background] = None
        self._refused_at = float("-inf")

    @property
    def region(self) -> str:
        """The region that the tokens are for."""
        return self._region

    @property
    def service(self) -> Service:
        """The service that the tokens are for."""
        return self._service

    @property
    def failure(self) -> Optional[Exception]:
        """Why the last renewal failed, though callers may still get the kept token; None if it did
        not fail. For health checks: without its cause, which would keep the source's variables."""
        return self._failure

    @_no_text
    def get(self) -> str:
        """A token that has not ended: the kept one, or a new one when it is time for that.

        If the renewal fails before the kept token ends, the answer is the kept token.

        Raises:
            NoCredentialsError: The source raised, and no kept token is valid.
            CredentialsExpiredError: The credentials have expired.
            AccessKeyError, SecretError, SessionError, SessionRequiredError: A credential is wrong.
            SigningTimeError: The system's clock is before 1970.
            TypeError: The source returned something else than credentials, or is async and no kept
                token is valid.
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

    @_no_text
    async def get_async(self) -> str:
        """The same for asyncio, without blocking the loop. While the kept token is valid, it is the
        answer at once, and a thread renews it when it is time. Cancelling it leaves the renewal
        going on, for others and for the next call. The source sees the caller's context
        variables."""
        kept = self._kept
        if kept.valid_from <= time() < kept.fresh_until:
            return kept.token
        return (await self._renewed_async()).token

    async def get_with_expiry_async(self) -> "tuple[str, int]":
        """The same token, and when it ends, in Unix seconds."""
        kept = await self._renewed_async()
        return kept.token, kept.expires_at

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

    def _after_refusal(self, refused: str) -> Optional[str]:
        """A token that is worth another try, after the service answered 401 or 403 to this one. The
        refused one stays in use while there is no other."""
        from concurrent import futures

        background = self._renewal_of(refused, None)
        if background is not None:
            futures.wait([background.ended], timeout=_REFUSAL_WAIT)
        return self._other_than(refused)

    async def _after_refusal_async(self, refused: str) -> Optional[str]:
        import asyncio

        background = self._renewal_of(refused, _running_loop())
        if background is not None:
            await asyncio.wait([asyncio.wrap_future(background.ended)], timeout=_REFUSAL_WAIT)
        return self._other_than(refused)

    def _renewal_of(self, refused: str, loop: "_Loop") -> Optional[_Background]:
        kept, now = self._kept, time()
        holds = kept.holds(now)
        if holds and kept.token != refused:
            return None
        background = self._in_progress()
        if background is None:
            if holds and abs(now - self._refused_at) < _REFUSAL_INTERVAL:
                return None
            kept.fresh_until = kept.valid_from
            try:
                background = self._in_background(loop)
            except RuntimeError:  # no thread can be started: the next get() renews
                return None
            self._refused_at = now  # not before: others that come meanwhile share the renewal
        return background

    def _other_than(self, refused: str) -> Optional[str]:
        kept = self._kept
        return kept.token if kept.holds(time()) and kept.token != refused else None

    def _in_progress(self) -> Optional[_Background]:
        background = self._background
        current = background is not None and background.generation == _forks
        return background if current else None

    def _fresh(self) -> Optional[_Kept]:
        kept = self._kept
        return kept if kept.valid_from <= time() < kept.fresh_until else None

    def _renewed(self, background: Optional[_Background] = None) -> _Kept:
        """`background`: whose loop runs an async source; without one, that cannot be renewed."""
        while True:
            kept = self._fresh()
            if kept is None and self._is_async and (background is None or background.loop is None):
                kept = self._kept
                if not kept.holds(time()):
                    raise TypeError(_IS_ASYNC)
            kept = kept or self._share(_Renewal(), background)
            if kept is not None:
                return kept

    def _share(self, mine: _Renewal, background: Optional[_Background]) -> Optional[_Kept]:
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
                        fresh = self._fresh()
                        if fresh is not None:
                            return fresh
                        self._renew(mine, background)
                finally:
                    mine.ended = True
            if renewal is not mine:
                renewal.refuse_reentry()
                if background is None:
                    self._refuse_reentry()
                kept = self._kept
                if kept.may_be_late(time()) and background is None:
                    return kept
                renewal.wait()
            # The result counts even if the token was invalidated since. Threads that only waited
            # again could wait for ever.
            kept = renewal.result if isinstance(renewal.result, _Kept) else self._kept
            holds = kept.holds(time())
            if isinstance(renewal.result, Exception):
                if not holds:
                    _raise(renewal.result)
                if renewal is mine:
                    self._warn(renewal.result)
            return kept if holds or (renewal is mine and renewal.result is kept) else None
        finally:
            # The traceback of a failure leads to this frame. A way back would be a cycle, and keep
            # the credentials until garbage is collected.
            del mine, renewal

    def _warn(self, failure: Exception) -> None:
        """Only when the renewal is over: a handler of the log may need a token."""
        import logging

        logging.getLogger("bedrock_token").warning(
            "The renewal failed, and the kept token is still in use: %s", failure
        )

    def _renew(self, renewal: _Renewal, background: Optional[_Background]) -> None:
        renewal.result = self._ask(background)
        if isinstance(renewal.result, _Kept):
            self._kept, self._failure = renewal.result, None
        else:
            self._failure = _because(copy.copy(renewal.result), None)
            now = time()
            if self._kept.holds(now):
                self._kept.retry_later(now)
        # The result is only for those that wait for it now.
        self._renewal = renewal.next[None] = _Renewal(ended=True)
        del renewal  # as in _share(): this frame, too, is in the traceback

    def _ask(self, background: Optional[_Background]) -> Union[_Kept, Exception]:
        # A failure is no local variable here, for the reason that _share() gives.
        def result_of(returned: Any) -> Any:
            if not inspect.isawaitable(returned):
                return returned
            self._is_async = True
            if background is None or background.loop is None:
                _close(returned)
                raise _NeedsLoop
            return _run(returned, background.loop)

        try:
            found = result_of(self._source())
            if hasattr(found, "get_frozen_credentials"):
                found = from_botocore(found, result_of)  # aiobotocore's are async
        except _NeedsLoop:
            return TypeError(_IS_ASYNC)
        except Exception as error:
            import traceback

            text = "".join(traceback.format_exception_only(type(error), error)).strip()
            return _because(NoCredentialsError(text), error)
        if found is None:
            return NoCredentialsError()
        if not isinstance(found, Credentials):
            return TypeError(f"source must return Credentials, not {type(found).__name__}")
        now = math.floor(time())
        times = Times()
        size = ctypes.sizeof(times)
        try:
            end = found.expires_at
            check(library.bedrock_token_schedule(now, self._expires, end, times, size))
            token = generate(
                found, region=self.region, expires=self._expires, at=now, service=self.service
            )
        except Exception as error:
            return copy.copy(error)
        return _Kept(token, times)

    async def _renewed_async(self) -> _Kept:
        while True:
            kept, now = self._kept, time()
            if kept.valid_from <= now < kept.fresh_until:
                return kept
            self._renewal.refuse_reentry()
            if kept.may_be_late(now) and self._renewal.goes_on():
                return kept
            background = self._in_progress()
            if background is None:
                try:
                    background = self._in_background(_running_loop())
                except Exception as error:
                    if not kept.holds(now):
                        raise
                    self._failure = error.with_traceback(None)
                    kept.retry_later(now)
                    self._warn(error)
                    return kept
            if kept.may_be_late(now):
                return kept
            self._refuse_reentry()
            import asyncio

            result = await asyncio.wrap_future(background.ended)
            if isinstance(result, Exception):
                _raise(result)
            if result is not None:
                return result

    def _refuse_reentry(self) -> None:
        within, background = _within.get(), self._in_progress()
        while within is not None:
            if within is background:
                raise ReentrantError
            within = within.outer

    def _in_background(self, loop: "_Loop") -> _Background:
        """A thread for a renewal that all coroutines share: the loop's own threads are few, and
        other things need them."""
        background = self._background = _Background(loop)
        run = functools.partial(contextvars.copy_context().run, self._renew_in, background)
        try:
            threading.Thread(target=run, daemon=True).start()
        except BaseException:
            self._background = None
            raise
        return background

    def _renew_in(self, background: _Background) -> None:
        _within.set(background)
        result: Union[_Kept, Exception, None]
        try:
            result = self._renewed(background)
        except Exception as error:
            result = _because(copy.copy(error), error.__cause__)
        except _LoopEnded:
            result = None  # those that wait in other loops renew instead
        except BaseException as error:  # a thread has nobody to pass it on to
            result = _because(RuntimeError("an interrupt ended the renewal"), error)
        self._background = None
        background.ended.set_result(result)

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


def _running_loop() -> "AbstractEventLoop":
    import asyncio

    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise RuntimeError(
            "get_async() needs asyncio. With trio: await trio.to_thread.run_sync(provider.get)"
        ) from None


def _run(awaitable: "Awaitable[Found]", loop: "AbstractEventLoop") -> Found:
    """Waits, in a thread, for what runs in the loop."""
    import asyncio
    from concurrent import futures

    async def wait() -> Found:
        return await awaitable

    coroutine = wait()
    try:
        future = asyncio.run_coroutine_threadsafe(coroutine, loop)
        while not futures.wait([future], timeout=1).done:
            if not loop.is_running():  # nobody goes on with it
                raise _LoopEnded
        return future.result()
    except (RuntimeError, futures.CancelledError):
        threading.Event().wait(0.1)  # asyncio.run() cancels its tasks just before it ends
        if loop.is_running():
            raise
        raise _LoopEnded from None
    finally:
        coroutine.close()
        _close(awaitable)


def _close(awaitable: "Awaitable[object]") -> None:
    """Else Python warns that a coroutine was never awaited."""
    if inspect.iscoroutine(awaitable):
        awaitable.close()


def _bytes(token: str) -> bytes:
    return token.encode("utf-8", "surrogatepass")


def _because(failure: Exception, cause: Optional[BaseException]) -> Exception:
    failure.__cause__ = cause
    return failure


def _raise(failure: Exception) -> NoReturn:
    """Each thread raises its own copy, because raising adds to the traceback."""
    raise copy.copy(failure) from failure.__cause__
