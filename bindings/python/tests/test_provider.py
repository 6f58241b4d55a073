import contextlib
import copy
import dataclasses
import functools
import gc
import inspect as stdlib_inspect
import logging
import pickle
import platform
import sys
import threading
import time
import warnings
import weakref
from typing import Optional

import pytest

import bedrock_token
from bedrock_token import Credentials, Provider, inspect

LONG_TERM = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")


class Source:
    """Counts its calls; raises what `error` says."""

    def __init__(self, credentials: Credentials = LONG_TERM) -> None:
        self.credentials = credentials
        self.error: Optional[BaseException] = None
        self.calls = 0

    def __call__(self) -> Credentials:
        self.calls += 1
        if self.error is not None:
            raise self.error
        return self.credentials


def test_keeps_a_token() -> None:
    source = Source()
    provider = Provider(source, "eu-central-1", 3600)
    assert source.calls == 0
    token, expires_at = provider.get_with_expiry()
    assert inspect(token).region == "eu-central-1"
    assert inspect(token).expires_at == expires_at
    assert provider.get() == token
    assert source.calls == 1


def test_a_token_ends_with_its_credentials() -> None:
    end = int(time.time()) + 600
    session = "FAKE/SESSION+TOKEN=="
    source = Source(Credentials("ASIAIOSFODNN7EXAMPLE", LONG_TERM.secret, session, end))
    token, expires_at = Provider(source, "eu-central-1").get_with_expiry()
    assert expires_at == end
    assert inspect(token).has_session


def test_invalidate() -> None:
    source = Source()
    provider = Provider(source, "eu-central-1")
    provider.get()
    provider.invalidate()
    source.credentials = Credentials("AKIAI44QH8DHBEXAMPLE", LONG_TERM.secret)
    assert inspect(provider.get()).access_key == "AKIAI44QH8DHBEXAMPLE"
    assert source.calls == 2


def test_invalidate_drops_the_refused_token_alone() -> None:
    source = Source()
    provider = Provider(source, "eu-central-1")
    old = provider.get()
    for other in ("", "another", "\udc80", old[:-1]):
        provider.invalidate(other)
        assert provider.get() == old
    assert source.calls == 1
    provider.invalidate(old)
    provider.get()
    assert source.calls == 2


def test_many_threads_with_one_revoked_token_ask_the_source_once() -> None:
    source = Source()
    provider = Provider(source, "eu-central-1")
    revoked = provider.get()
    source.credentials = Credentials("AKIAI44QH8DHBEXAMPLE", LONG_TERM.secret)

    def refused() -> None:
        for _ in range(10):
            provider.invalidate(revoked)
            tokens.append(provider.get())

    tokens: list[str] = []
    threads = [threading.Thread(target=refused) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tokens) == 160
    assert {inspect(token).access_key for token in tokens} == {"AKIAI44QH8DHBEXAMPLE"}
    assert source.calls == 2


def test_a_failed_renewal_is_seen(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Though callers get the kept token. A handler of the log may use the provider."""

    class NeedsAToken(logging.Handler):
        def emit(self, _record: logging.LogRecord) -> None:
            shipped.append(provider.get())

    shipped: list[str] = []
    source = Source()
    provider = Provider(source, "eu-central-1", 3600)
    old = provider.get()
    assert provider.failure is None
    source.error = OSError("The SSO session has expired. Run: aws sso login")
    monkeypatch.setattr("bedrock_token._provider.time", lambda: time.time() + 3600 - 60)
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
    assert LONG_TERM.secret not in text
    assert LONG_TERM.access_key not in text
    assert isinstance(provider.failure, bedrock_token.NoCredentialsError)
    assert str(provider.failure) in text
    source.error = None
    provider.invalidate()
    provider.get()
    failure: object = provider.failure
    assert failure is None
    assert len(caplog.records) == 1


def test_what_the_source_raises_is_the_cause() -> None:
    source = Source()
    source.error = OSError("no route to the credentials")
    provider = Provider(source, "eu-central-1")
    with pytest.raises(bedrock_token.NoCredentialsError) as raised:
        provider.get()
    assert raised.value.__cause__ is source.error
    assert isinstance(raised.value, RuntimeError)
    source.error = None
    assert inspect(provider.get()).access_key == LONG_TERM.access_key


def test_an_interrupt_is_not_swallowed() -> None:
    source = Source()
    provider = Provider(source, "eu-central-1")
    source.error = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        provider.get()
    source.error = None
    assert provider.get()


@pytest.mark.parametrize(
    ("credentials", "error"),
    [
        (None, bedrock_token.NoCredentialsError),
        (Credentials("AKIA", "x\0"), bedrock_token.SecretError),
        (Credentials("ASIA", "x"), bedrock_token.SessionRequiredError),
        (Credentials("AKIA", "x", expires_at=1), bedrock_token.CredentialsExpiredError),
    ],
)
def test_credentials_that_will_not_do(
    credentials: Credentials, error: type[bedrock_token.BedrockTokenError]
) -> None:
    with pytest.raises(error):
        Provider(Source(credentials), "eu-central-1").get()


def test_arguments() -> None:
    with pytest.raises(bedrock_token.RegionError):
        Provider(Source(), "eu central 1")
    with pytest.raises(bedrock_token.ExpiresError):
        Provider(Source(), "eu-central-1", 2**32 + 60)
    with pytest.raises(bedrock_token.ServiceError):
        Provider(Source(), "eu-central-1", service="mantle")  # type: ignore[arg-type]
    for expires in (1.5, True):
        with pytest.raises(TypeError, match="expires"):
            Provider(Source(), "eu-central-1", expires)  # type: ignore[arg-type]


def test_a_clock_before_1970(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source()
    provider = Provider(source, "eu-central-1")
    for now in (-100.5, -0.5, -1e6):
        monkeypatch.setattr("bedrock_token._provider.time", lambda now=now: now)
        with pytest.raises(bedrock_token.SigningTimeError):
            provider.get()
    monkeypatch.setattr("bedrock_token._provider.time", time.time)
    assert provider.get()


def test_the_scope_is_read_only() -> None:
    provider = Provider(Source(), "eu-central-1")
    for name in ("region", "service", "failure"):
        with pytest.raises(AttributeError):
            setattr(provider, name, "us-east-1")


@pytest.mark.parametrize("name", ["get", "get_async"])
def test_a_function_is_not_sent_as_a_token(name: str) -> None:
    """Anthropic's clients put their key into a header in this way."""
    function = getattr(Provider(Source(), "eu-central-1"), name)
    for form in (str, format, "Bearer {}".format):
        with pytest.raises(TypeError, match="BearerAuth"):
            form(function)
    assert callable(function)
    assert f"Provider.{name}" in repr(function)
    assert stdlib_inspect.iscoroutinefunction(function) == (name == "get_async")


def test_keys_of_python_code_in_the_readmes_recipe_for_tenants() -> None:
    @dataclasses.dataclass(frozen=True)
    class Key:
        tenant: int

        def __hash__(self) -> int:
            return sum(self.tenant for _ in range(20)) // 20

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Key) and sum(self.tenant for _ in range(20)) == (
                sum(other.tenant for _ in range(20))
            )

    @functools.lru_cache(maxsize=50)
    def provider_of(key: Key) -> Provider:
        return Provider(lambda: Credentials(f"AKIA{key.tenant}", "x"), "eu-central-1")

    def work(first: int) -> None:
        for number in range(first, first + 300):
            token = provider_of(Key(number % 100)).get()
            right.append(inspect(token).access_key == f"AKIA{number % 100}")

    right: list[bool] = []
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work, args=(number * 13,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert right == [True] * 2400


def test_repr_shows_no_secret() -> None:
    credentials = Credentials("AKIAIOSFODNN7EXAMPLE", "the_secret", "the_session", 253402300799)
    provider = Provider(Source(credentials), "eu-central-1")
    provider.get()
    for shown in (repr(credentials), str(credentials), repr(provider), str(provider)):
        assert "the_se" not in shown


def test_claude_platform() -> None:
    provider = Provider(Source(), "us-east-1", service="claude-platform")
    assert inspect(provider.get()).service == provider.service == "claude-platform"
    assert "claude-platform" in repr(provider)


def test_a_copy_is_the_provider_itself() -> None:
    provider = Provider(Source(), "eu-central-1")
    token = provider.get()
    for copied in (copy.copy(provider), copy.deepcopy({"key": [provider]})["key"][0]):
        assert copied is provider
    del copied
    gc.collect()
    assert provider.get() == token
    with pytest.raises(TypeError, match="a Provider cannot be pickled"):
        pickle.dumps(provider)


def test_a_provider_that_is_half_made_dies_quietly() -> None:
    with warnings.catch_warnings():  # an exception in __del__ is one
        warnings.simplefilter("error")
        half = Provider.__new__(Provider)
        del half
        gc.collect()


def test_nothing_outlives_its_last_reference() -> None:
    class Client:
        def __call__(self) -> Credentials:
            if self.fails:
                raise OSError("no route to the credentials")
            return LONG_TERM

        fails = False

    gc.disable()  # reference counts alone are enough: there is no cycle, not even after a failure
    try:
        client = Client()
        provider = Provider(client, "eu-central-1")
        provider.get()
        provider.invalidate()
        client.fails = True
        with contextlib.suppress(bedrock_token.NoCredentialsError):
            provider.get()
        gone = weakref.ref(provider), weakref.ref(client)
        del client, provider
        gc.collect() if platform.python_implementation() == "PyPy" else None
        assert [reference() for reference in gone] == [None, None]
    finally:
        gc.enable()


@pytest.mark.parametrize("fails", [False, True])
def test_threads_share_a_renewal(waiting: threading.Semaphore, fails: bool) -> None:
    """They share its token, or the cause of its failure, each in an exception of its own."""
    calls: list[None] = []

    def source() -> Credentials:
        calls.append(None)
        for _ in range(7):
            assert waiting.acquire(timeout=60)
        if fails:
            raise OSError("no route to the credentials")
        return LONG_TERM

    def ask() -> None:
        try:
            results.append(provider.get())
        except bedrock_token.NoCredentialsError as error:
            results.append(error)

    provider = Provider(source, "eu-central-1")
    results: list[object] = []
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1
    assert len(results) == 8
    if fails:
        assert len({id(error) for error in results}) == 8
        causes = [error.__cause__ for error in results if isinstance(error, BaseException)]
        assert len(causes) == 8
        assert {type(cause) for cause in causes} == {OSError}
        assert len({id(cause) for cause in causes}) == 1
        assert all(str(error).endswith("OSError: no route to the credentials") for error in results)
    else:
        assert len(set(results)) == 1


def test_a_renewal_that_is_under_way_counts_after_invalidate() -> None:
    def source() -> Credentials:
        calls.append(None)
        provider.invalidate()
        return LONG_TERM

    provider = Provider(source, "eu-central-1")
    calls: list[None] = []
    assert provider.get() == provider.get()
    assert len(calls) == 1
    provider.invalidate()
    provider.get()
    assert len(calls) == 2


def test_waiting_threads_get_the_result_though_it_was_invalidated_since(
    waiting: threading.Semaphore,
) -> None:
    def source() -> Credentials:
        calls.append(None)
        if len(calls) == 1:
            for thread in threads:
                thread.start()
            for _ in threads:
                assert waiting.acquire(timeout=60)
        return LONG_TERM

    provider = Provider(source, "eu-central-1")
    calls: list[None] = []
    tokens: list[str] = []
    threads = [threading.Thread(target=lambda: tokens.append(provider.get())) for _ in range(4)]
    provider.get()
    provider.invalidate()  # before another thread gets the interpreter
    for thread in threads:
        thread.join()
    assert len(tokens) == 4
    assert len(calls) == 1


def test_a_renewal_that_another_thread_has_just_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends after this thread has seen that there is no token, and before it claims a renewal."""
    source = Source()
    provider = Provider(source, "eu-central-1")
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


def test_the_source_cannot_use_its_own_provider() -> None:
    def source() -> Credentials:
        provider.get()
        return LONG_TERM

    provider = Provider(source, "eu-central-1")
    with pytest.raises(bedrock_token.NoCredentialsError) as raised:
        provider.get()
    assert isinstance(raised.value.__cause__, bedrock_token.ReentrantError)
    assert raised.value.__cause__.status == 16


def test_a_source_that_uses_another_provider() -> None:
    inner = Provider(Source(), "eu-central-1")

    def source() -> Credentials:
        inner.get()
        return LONG_TERM

    assert Provider(source, "us-east-1").get()


def test_many_threads_generate_for_many_tenants() -> None:
    wrong = []

    def tenant(number: int) -> None:
        key = f"AKIA{number:016}"
        for _ in range(200):
            if inspect(bedrock_token.generate(key, "x", None, "eu-central-1")).access_key != key:
                wrong.append(key)

    threads = [threading.Thread(target=tenant, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
