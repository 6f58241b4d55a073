"""When a provider renews, with the clock in the test's hand."""

import threading
from pathlib import Path
from typing import Callable, Optional, Union

import pytest

from bedrock_token import Credentials, NoCredentialsError, Provider

HERE = Path(__file__).parent
KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
TIME = 1800000000


def cases() -> "list[tuple[int, int, int, str]]":
    """Of the file that every language's provider is held to; in the source distribution it lies
    beside this one."""
    file = next(
        path
        for path in (HERE / "renewal.tsv", HERE.parents[2] / "tests" / "vectors" / "renewal.tsv")
        if path.is_file()
    )
    lines = [line.split("\t") for line in file.read_text().splitlines() if line[0] != "#"]
    return [(int(issued), int(ends), int(asked), result) for issued, ends, asked, result in lines]


class Source:
    """Credentials that end when the test says. It can have none, and can stand still."""

    def __init__(self, expires_at: int) -> None:
        self.expires_at = expires_at
        self.fails = False
        self.calls = 0
        self.entered, self.may_go_on = threading.Event(), threading.Event()
        self.may_go_on.set()

    def __call__(self) -> Credentials:
        self.calls += 1
        self.entered.set()
        assert self.may_go_on.wait(60)
        if self.fails:
            raise OSError("no route to the credentials")
        return Credentials(KEY, SECRET, None, self.expires_at)


class Caller(threading.Thread):
    def __init__(self, provider: Provider) -> None:
        super().__init__()
        self.provider = provider
        self.answer: Union[str, NoCredentialsError, None] = None
        self.start()

    def run(self) -> None:
        try:
            self.answer = self.provider.get()
        except NoCredentialsError as error:
            self.answer = error


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    def set_clock(now: float) -> None:
        monkeypatch.setattr("bedrock_token._provider.time", lambda: now)

    return set_clock


def answered(token: Optional[str], caller: Caller) -> bool:
    """The kept token, or an exception where no token holds."""
    caller.join(60)
    if token is None:
        return isinstance(caller.answer, NoCredentialsError)
    return caller.answer == token


@pytest.mark.parametrize(("issued_at", "expires_at", "asked_at", "result"), cases())
def test_cases(
    set_clock: Callable[[float], None],
    waiting: threading.Semaphore,
    issued_at: int,
    expires_at: int,
    asked_at: int,
    result: str,
) -> None:
    source = Source(expires_at)
    provider = Provider(source, "eu-central-1")
    set_clock(issued_at)
    kept: Optional[str] = provider.get()

    set_clock(asked_at)
    source.fails = True
    source.entered.clear()
    source.may_go_on.clear()
    renewer = Caller(provider)
    if result == "kept":
        assert answered(kept, renewer)
        assert source.calls == 1
        return
    assert source.entered.wait(60)
    other = Caller(provider)
    if result == "renew":
        assert answered(kept, other)
    else:
        assert waiting.acquire(timeout=60)
        assert other.answer is None
    source.may_go_on.set()
    if result == "ended":
        kept = None
    assert result in {"renew", "wait", "ended"}
    assert answered(kept, renewer)
    assert answered(kept, other)
    assert source.calls == 2


@pytest.mark.parametrize("life", [1, 2, 9, 100, 3000])
def test_a_failing_source_is_asked_once_a_second_at_most(
    set_clock: Callable[[float], None], life: int
) -> None:
    source = Source(TIME + life)
    provider = Provider(source, "eu-central-1")
    set_clock(TIME)
    kept = provider.get()
    source.fails = True
    asked_at = float("-inf")
    step = 0
    while step * 0.0625 < life:  # which a float holds exactly
        now = TIME + step * 0.0625
        set_clock(now)
        calls = source.calls
        assert [provider.get() for _ in range(3)] == [kept] * 3
        if source.calls != calls:
            assert source.calls == calls + 1
            assert now - asked_at >= 1
            asked_at = now
        step += 1
    set_clock(TIME + life)
    with pytest.raises(NoCredentialsError):
        provider.get()
    source.fails = False
    source.expires_at += 100
    assert provider.get() != kept


@pytest.mark.parametrize("life", [1, 2, 3])
def test_a_short_life_is_used_to_its_end(set_clock: Callable[[float], None], life: int) -> None:
    source = Source(0)
    provider = Provider(source, "eu-central-1", life)
    for step in range(12 * 16):
        set_clock(TIME + step / 16)
        provider.get()
    assert source.calls == 12 // life
