"""A Provider, as far as it is Python's own: its threads, its failures, and what breaks into a renewal.
tests/conformance takes it through the rule of renewal."""

import contextlib
import copy
import gc
import inspect as stdlib_inspect
import logging
import pickle
import platform
import subprocess
import sys
import threading
import time
import warnings
import weakref
from pathlib import Path
from typing import Any, Callable

import pytest

import bedrock_token
from bedrock_token import Credentials, NoCredentialsError, Provider, generate, inspect
from shared import (
    DOWN,
    GOOD,
    KEY,
    KEYS,
    REGION,
    SECRET,
    Source,
    in_threads,
    key_of,
    needs,
    rotating,
)


def test_invalidate_drops_the_refused_token_alone() -> None:
    provider = rotating()
    old = provider.get()
    for other in ("", "another", "\udc80", old[:-1]):
        provider.invalidate(other)
        assert provider.get() == old
    provider.invalidate(old)
    assert key_of(provider.get()) == KEYS[1]


def test_many_that_report_one_refused_token_renew_it_once() -> None:
    keys = iter(KEYS)
    at_once = threading.Barrier(16, timeout=60)

    def source() -> Credentials:
        time.sleep(0.05)
        return Credentials(next(keys), SECRET)

    def report() -> object:
        at_once.wait()
        return provider._after_refusal(old)

    provider = Provider(source, REGION)
    old = provider.get()
    assert {*in_threads(16, report)} == {provider.get()}
    assert key_of(provider.get()) == KEYS[1]


def test_a_failed_renewal_is_seen(
    ahead: Callable[[float], None], caplog: pytest.LogCaptureFixture
) -> None:
    """Though callers get the kept token. A handler of the log may use the provider."""

    class NeedsAToken(logging.Handler):
        def emit(self, _record: logging.LogRecord) -> None:
            shipped.append(provider.get())

    shipped: list[str] = []
    source = Source()
    provider = Provider(source, REGION, 3600)
    old = provider.get()
    source.error = OSError("The SSO session has expired. Run: aws sso login")
    ahead(3600 - 60)
    log = logging.getLogger("bedrock_token")
    log.addHandler(NeedsAToken())
    try:
        assert [provider.get() for _ in range(3)] == [old] * 3
    finally:
        del log.handlers[:]
    assert shipped == [old]
    ((name, level, text),) = caplog.record_tuples
    assert (name, level) == ("bedrock_token", logging.WARNING)
    assert text.endswith(": OSError: The SSO session has expired. Run: aws sso login")
    assert SECRET not in text
    assert KEY not in text
    assert isinstance(provider.failure, NoCredentialsError)
    assert str(provider.failure) in text
    source.error = None
    provider.invalidate()
    provider.get()
    failure: object = provider.failure
    assert failure is None
    assert len(caplog.records) == 1


@pytest.mark.parametrize("life", [1, 2, 9, 100])
def test_a_failing_source_is_asked_once_a_second_at_most(
    monkeypatch: pytest.MonkeyPatch, life: int
) -> None:
    """A fraction of a second must not count as a whole one. A short life is used to its end."""
    now = 1800000000.0
    monkeypatch.setattr("bedrock_token._provider.time", lambda: now)
    source = Source()
    provider = Provider(source, REGION, life)
    kept = provider.get()
    source.error = DOWN
    asked_at = 0.0
    while now < 1800000000 + life:
        calls = source.calls
        assert [provider.get() for _ in range(3)] == [kept] * 3
        if source.calls != calls:
            assert (source.calls, now - asked_at >= 1) == (calls + 1, True)
            asked_at = now
        now += 0.75  # which a float holds exactly
    with pytest.raises(NoCredentialsError):
        provider.get()


async def coroutine() -> Credentials:
    return GOOD


@pytest.mark.parametrize(
    ("source", "error", "said"),
    [
        (lambda: Credentials("AKIA", "x\0"), bedrock_token.SecretError, "secret"),
        (lambda: Credentials("ASIA", "x"), bedrock_token.SessionRequiredError, "session"),
        (lambda: Credentials(KEY, "x", None, 1e12), NoCredentialsError, "ValueError: expires_at"),
        (lambda: (KEY, SECRET), TypeError, "source must return Credentials, not tuple"),
        (coroutine, TypeError, "source is async: await get_async(), which can run it"),
        (lambda: coroutine(), TypeError, "source is async: await get_async(), which can run it"),
    ],
)
def test_sources_that_give_something_else(source: Any, error: type[Exception], said: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # no coroutine is left that was never awaited
        with pytest.raises(error) as raised:
            Provider(source, REGION).get()
        gc.collect()
    assert raised.type is error
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ((GOOD, REGION), TypeError, "source must be a function, not Credentials"),
        ((Source(), REGION, 2**32 + 60), bedrock_token.ExpiresError, "expires"),
        ((Source(), REGION, 1.5), TypeError, "expires"),
        ((Source(), REGION, True), TypeError, "expires"),
    ],
)
def test_arguments(arguments: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        Provider(*arguments)


def test_a_clock_before_1970(monkeypatch: pytest.MonkeyPatch) -> None:
    provider = Provider(Source(), REGION)
    for now in (-0.5, -1e6, -100.5):
        monkeypatch.setattr("bedrock_token._provider.time", lambda now=now: now)
        with pytest.raises(bedrock_token.SigningTimeError):
            provider.get()
    monkeypatch.setattr(time, "time", lambda: -100.5)
    with pytest.raises(bedrock_token.SigningTimeError):
        generate(GOOD, region=REGION)
    monkeypatch.undo()
    assert provider.get()


@pytest.mark.parametrize("name", ["get", "get_async"])
def test_a_function_is_not_sent_as_a_token(name: str) -> None:
    """Anthropic's clients put their key into a header in this way."""
    function = getattr(Provider(Source(), REGION), name)
    for form in (str, format, "Bearer {}".format):
        with pytest.raises(TypeError, match="BearerAuth"):
            form(function)
    assert callable(function)
    assert f"Provider.{name}" in repr(function)
    assert stdlib_inspect.iscoroutinefunction(function) == (name == "get_async")


def test_what_a_provider_is() -> None:
    """Of one scope, and itself when it is copied. One that is half made dies quietly."""
    provider = Provider(Source(), "us-east-1", service="claude-platform")
    assert inspect(provider.get()).service == provider.service == "claude-platform"
    assert repr(provider) == (
        "Provider(region='us-east-1', expires=43200, service='claude-platform')"
    )
    for name in ("region", "service", "failure"):
        with pytest.raises(AttributeError):
            setattr(provider, name, "us-east-1")
    for copied in (copy.copy(provider), copy.deepcopy({"key": [provider]})["key"][0]):
        assert copied is provider
    with pytest.raises(TypeError, match="a Provider cannot be pickled"):
        pickle.dumps(provider)
    with warnings.catch_warnings():  # an exception in __del__ is one
        warnings.simplefilter("error")
        Provider.__new__(Provider)
        gc.collect()


def test_nothing_outlives_its_last_reference() -> None:
    gc.disable()  # reference counts alone are enough: there is no cycle, not even after a failure
    try:
        source = Source()
        provider = Provider(source, REGION)
        provider.get()
        provider.invalidate()
        source.error = OSError("no route to the credentials")
        with contextlib.suppress(NoCredentialsError):
            provider.get()
        source.error = None  # whose traceback has the source in it
        gone = weakref.ref(provider), weakref.ref(source)
        del source, provider
        gc.collect() if platform.python_implementation() == "PyPy" else None
        assert [reference() for reference in gone] == [None, None]
    finally:
        gc.enable()


def test_each_thread_raises_an_exception_of_its_own(waiting: threading.Semaphore) -> None:
    """With the cause of the failure that they share."""

    def source() -> Credentials:
        for _ in range(7):
            assert waiting.acquire(timeout=60)
        raise DOWN

    errors = in_threads(8, Provider(source, REGION).get)
    assert len({id(error) for error in errors}) == 8
    assert {error.__cause__ for error in errors} == {DOWN}
    assert all(str(error).endswith("OSError: no route to the credentials") for error in errors)


def test_waiting_threads_get_the_result_though_it_was_invalidated_since(
    waiting: threading.Semaphore,
) -> None:
    """And a renewal that is under way counts after invalidate()."""

    def source() -> Credentials:
        calls.append(None)
        if len(calls) == 1:
            for thread in threads:
                thread.start()
            for _ in threads:
                assert waiting.acquire(timeout=60)
            provider.invalidate()
        return GOOD

    provider = Provider(source, REGION)
    calls: list[None] = []
    tokens: list[str] = []
    threads = [threading.Thread(target=lambda: tokens.append(provider.get())) for _ in range(4)]
    provider.get()
    provider.invalidate()  # before another thread gets the interpreter
    for thread in threads:
        thread.join()
    assert (len(tokens), len(calls)) == (4, 1)


def test_a_renewal_that_another_thread_has_just_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends after this thread has seen that there is no token, and before it claims a renewal."""
    source = Source()
    provider = Provider(source, REGION)
    renewal = bedrock_token._provider._Renewal
    other = threading.Thread(target=provider.get)

    def overtaken(ended: bool = False) -> object:
        if other.ident is None:
            other.start()
            other.join()
        return renewal(ended)

    monkeypatch.setattr("bedrock_token._provider._Renewal", overtaken)
    provider.get()
    assert other.ident is not None
    assert source.calls == 1


@pytest.mark.parametrize(
    ("program", "argument", "module"),
    [
        ("forks.py", "200", None),
        ("greenlets.py", "gevent", "gevent"),
        ("greenlets.py", "late", "gevent"),
        ("greenlets.py", "unpatched", "gevent"),
        ("greenlets.py", "eventlet", "eventlet"),
        ("interrupts.py", "3", None),
    ],
)
def test_what_breaks_into_a_renewal(program: str, argument: str, module: "str | None") -> None:
    """Each would hang without its protection, so each runs in a process of its own, with a deadline."""
    if module:
        needs(module)
    done = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "programs" / program), argument],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout
    assert done.stdout.endswith("done\n")
