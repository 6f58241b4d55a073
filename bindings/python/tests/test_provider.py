import gc
import subprocess
import sys
import threading
import time
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
    source.error = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        Provider(source, "eu-central-1").get()


@pytest.mark.parametrize(
    ("credentials", "error"),
    [
        (None, bedrock_token.NoCredentialsError),
        (Credentials("AKIA", None), bedrock_token.NoCredentialsError),  # type: ignore[arg-type]
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
    with pytest.raises(TypeError):
        Provider(Source(), "eu-central-1", 1.5)  # type: ignore[arg-type]


def test_repr_shows_no_secret() -> None:
    credentials = Credentials("AKIAIOSFODNN7EXAMPLE", "the_secret", "the_session", 253402300799)
    provider = Provider(Source(credentials), "eu-central-1")
    provider.get()
    for shown in (repr(credentials), str(credentials), repr(provider), str(provider)):
        assert "the_se" not in shown


def test_no_provider_outlives_its_last_reference() -> None:
    class Client:
        def __init__(self) -> None:
            self.provider = Provider(self.credentials, "eu-central-1")  # a cycle

        def credentials(self) -> Credentials:
            return LONG_TERM

    client = Client()
    client.provider.get()
    kept = client.provider._source._kept[:]
    assert [buffer.value.decode() for buffer in kept] == [LONG_TERM.access_key, LONG_TERM.secret]
    gone = weakref.ref(client.provider)
    del client
    gc.collect()
    assert gone() is None
    assert not any(any(buffer.raw) for buffer in kept)  # wiped


def test_threads_share_one_renewal_and_the_gil_is_released() -> None:
    # The first thread's source waits, within the library, until the others are on their way into
    # it. If one of them held on to the GIL while it waits there, nothing would move again; hence
    # another process, with a deadline.
    program = """
import threading, time
from bedrock_token import Credentials, Provider

called, started = threading.Event(), threading.Semaphore(0)
calls = 0

def source():
    global calls
    calls += 1
    called.set()
    for _ in others:
        started.acquire()
    for _ in range(200):
        time.sleep(0.001)  # lets the others come to their waiting; a lucky pass, if they do not
    return Credentials("AKIAIOSFODNN7EXAMPLE", "x")

def other():
    called.wait()
    started.release()
    tokens.append(provider.get())

provider, tokens = Provider(source, "eu-central-1"), []
others = [threading.Thread(target=other) for _ in range(8)]
for thread in others:
    thread.start()
tokens.append(provider.get())
for thread in others:
    thread.join()
assert calls == 1 and len(tokens) == 9 and len(set(tokens)) == 1
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)  # noqa: S603


def test_many_threads_mint_for_many_tenants() -> None:
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
