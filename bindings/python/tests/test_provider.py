import contextlib
import copy
import gc
import pickle
import platform
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
