import asyncio
import contextvars
import threading
from datetime import datetime, timezone
from typing import Any, Callable

import pytest

from bedrock_token import (
    Credentials,
    CredentialsExpiredError,
    NoCredentialsError,
    Provider,
    ReentrantError,
    inspect,
)
from shared import DOWN, GOOD, REGION, SECRET, Source, in_threads, needs


class AsyncSource(Source):
    """The same for a loop: it gives the loop to others while it stands still."""

    async def __call__(self) -> Any:
        self.calls += 1
        self.called.set()
        while not self.may_go_on.is_set():
            await asyncio.sleep(0.001)
        if self.error is not None:
            raise self.error
        return self.credentials


KINDS = pytest.mark.parametrize("kind", [Source, AsyncSource])


def run(main: "Callable[[], Any]") -> Any:
    return asyncio.run(asyncio.wait_for(main(), 60))


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.001)


@KINDS
def test_many_coroutines_share_a_renewal_and_leave_the_loop_free(kind: type[Source]) -> None:
    source = kind()
    source.stand_still()
    provider = Provider(source, REGION)

    async def main() -> None:
        threads = threading.active_count()
        tasks = [asyncio.create_task(provider.get_async()) for _ in range(100)]
        await until(source.called.is_set)
        # The loop goes on, and its own threads, which look up names, are all free.
        assert await asyncio.wait_for(asyncio.to_thread(lambda: 7), 10) == 7
        assert threading.active_count() <= threads + 2
        source.may_go_on.set()
        token, expires_at = await provider.get_with_expiry_async()
        assert {*await asyncio.gather(*tasks)} == {token}
        assert expires_at == inspect(token).expires_at
        # The kept token is for threads, too.
        assert await asyncio.to_thread(provider.get) == provider.get() == token

    run(main)
    assert source.calls == 1


@KINDS
def test_every_coroutine_learns_the_cause(kind: type[Source]) -> None:
    source = kind()
    source.error = DOWN
    provider = Provider(source, REGION)

    async def main() -> "list[str | BaseException]":
        source.stand_still()
        tasks = [asyncio.create_task(provider.get_async()) for _ in range(10)]
        await until(source.called.is_set)
        source.may_go_on.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    results = run(main)
    assert len({id(result) for result in results}) == 10
    for result in results:
        assert type(result) is NoCredentialsError
        assert result.__cause__ is DOWN
        assert str(result).endswith("no route to the credentials")
    source.error = None
    assert run(provider.get_async) == provider.get()


def test_a_kept_token_is_there_at_once() -> None:
    provider = Provider(Source(), REGION)
    token = provider.get()
    with pytest.raises(StopIteration) as stopped:
        provider.get_async().send(None)  # to its end, without a loop
    assert stopped.value.value == token


def test_while_the_old_token_holds_nobody_waits(ahead: Callable[[float], None]) -> None:
    """Not even when another thread renews, and no thread starts for that."""
    source = Source()
    provider = Provider(source, REGION, 3600)
    old = provider.get()
    source.stand_still()
    ahead(3600 - 199)
    renewing = threading.Thread(target=provider.get)
    renewing.start()
    assert source.called.wait(60)
    threads = threading.active_count()

    async def main() -> None:
        assert {await provider.get_async() for _ in range(2000)} == {old}
        assert threading.active_count() == threads

    run(main)
    source.may_go_on.set()
    renewing.join()
    assert source.calls == 2


def test_an_interrupt_in_the_source_ends_the_waiting() -> None:
    source = Source()
    source.error = SystemExit()
    with pytest.raises(RuntimeError, match="interrupt"):
        run(Provider(source, REGION).get_async)


def test_loops_and_threads_share_one_renewal(waiting: threading.Semaphore) -> None:
    calls: list[None] = []

    def source() -> Credentials:
        calls.append(None)
        for _ in range(2):
            assert waiting.acquire(timeout=60)
        return GOOD

    provider = Provider(source, REGION)
    asks = iter([provider.get, lambda: run(provider.get_async)] * 3)
    assert len({*in_threads(6, lambda: next(asks)())}) == 1  # type: ignore[no-untyped-call]
    assert len(calls) == 1


@pytest.mark.parametrize("known", [True, False])
def test_an_async_source_needs_a_loop(
    ahead: Callable[[float], None], known: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """A thread that cannot renew leaves the renewal to those that can."""
    source = AsyncSource()
    provider = Provider(source if known else lambda: source(), REGION, 3600)
    with pytest.raises(TypeError, match="get_async"):
        provider.get()
    token = run(provider.get_async)
    ahead(3600 - 60)
    calls = source.calls
    assert [provider.get() for _ in range(3)] == [token] * 3
    assert source.calls == calls

    async def main() -> None:
        while await provider.get_async() == token:
            await asyncio.sleep(0.001)

    run(main)
    assert source.calls == calls + 1
    assert not caplog.records


@pytest.mark.parametrize("is_async", [False, True])
def test_a_source_may_give_aiobotocores_credentials(is_async: bool) -> None:
    """Which are like botocore's, and whose method is async."""
    end = datetime(2096, 1, 1, tzinfo=timezone.utc)

    class AioRefreshableCredentials:
        _expiry_time, _token = end, "FAKE/SESSION+TOKEN=="

        async def get_frozen_credentials(self) -> Any:
            frozen = Credentials("ASIAIOSFODNN7EXAMPLE", SECRET, self._token)
            return type("Frozen", (), {**vars(frozen), "secret_key": SECRET, "token": self._token})

    source = (AsyncSource if is_async else Source)(AioRefreshableCredentials())
    provider = Provider(source, REGION)
    with pytest.raises(TypeError, match="get_async"):
        provider.get()
    assert inspect(run(provider.get_async)).has_session
    source.credentials._expiry_time = datetime.fromtimestamp(1, timezone.utc)
    provider.invalidate()
    with pytest.raises(CredentialsExpiredError):
        run(provider.get_async)


@pytest.mark.parametrize("get", [Provider.get, lambda provider: run(provider.get_async)])
def test_a_source_that_runs_a_loop_for_its_own_provider_is_refused(
    get: Callable[[Provider], str],
) -> None:
    def source() -> Credentials:
        asyncio.run(provider.get_async())
        return GOOD

    provider = Provider(source, REGION)
    with pytest.raises(NoCredentialsError) as raised:
        get(provider)
    assert isinstance(raised.value.__cause__, ReentrantError)


@pytest.mark.parametrize("are_async", [False, True])
def test_sources_that_wait_for_each_others_provider_are_refused(are_async: bool) -> None:
    async def first_source() -> Credentials:
        await second.get_async()
        return GOOD

    async def second_source() -> Credentials:
        await first.get_async()
        return GOOD

    def first_source_in_a_thread() -> Credentials:
        return asyncio.run(first_source())

    def second_source_in_a_thread() -> Credentials:
        first.get()
        return GOOD

    first = Provider(first_source if are_async else first_source_in_a_thread, REGION)
    second = Provider(second_source if are_async else second_source_in_a_thread, REGION)
    with pytest.raises(NoCredentialsError) as raised:
        run(first.get_async)
    assert raised.value.__cause__ is not None
    assert isinstance(raised.value.__cause__.__cause__, ReentrantError)


async def end_the_other_tasks() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@pytest.mark.parametrize("closes", [True, False])
def test_a_loop_that_ends_leaves_the_renewal_to_another(closes: bool) -> None:
    """One that is closed, and one that its thread abandons."""
    calls: list[None] = []

    async def source() -> Credentials:
        calls.append(None)
        if len(calls) == 1:
            await asyncio.sleep(60)
        return GOOD

    async def until_the_source_is_called() -> None:
        tasks.append(asyncio.create_task(provider.get_async()))
        await until(lambda: bool(calls))

    tasks: list[asyncio.Task[str]] = []
    provider = Provider(source, REGION)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(until_the_source_is_called())
    if closes:
        loop.run_until_complete(end_the_other_tasks())
        loop.close()
    assert run(provider.get_async) == provider.get()
    assert len(calls) == 2
    if not closes:
        loop.run_until_complete(end_the_other_tasks())
        loop.close()


@pytest.mark.parametrize("is_async", [False, True])
def test_the_source_has_the_callers_context(is_async: bool) -> None:
    variable = contextvars.ContextVar("variable", default="")
    seen: list[str] = []

    def source() -> Credentials:
        seen.append(variable.get())
        return GOOD

    async def async_source() -> Credentials:
        return source()

    async def main() -> None:
        variable.set("the caller's")
        await Provider(async_source if is_async else source, REGION).get_async()

    run(main)
    assert seen == ["the caller's"]


def test_no_thread_can_be_started(
    monkeypatch: pytest.MonkeyPatch,
    ahead: Callable[[float], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    provider = Provider(Source(), REGION, 3600)
    old = provider.get()

    def start(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("threading.Thread.start", start)
    ahead(3600 - 199)

    async def main() -> None:
        assert [await provider.get_async() for _ in range(10)] == [old] * 10
        assert "can't start" in str(provider.failure)
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        # After a refusal, too, there is no other token, and no exception.
        assert await provider._after_refusal_async(old) is None
        assert provider._after_refusal(old) is None
        provider.invalidate()
        with pytest.raises(RuntimeError, match="can't start"):
            await provider.get_async()

    run(main)


def test_trio() -> None:
    needs("trio")
    import trio

    provider = Provider(Source(), REGION)
    with pytest.raises(RuntimeError, match=r"get_async\(\) needs asyncio. With trio: await trio"):
        trio.run(provider.get_async)

    async def main() -> str:
        return await trio.to_thread.run_sync(provider.get)

    assert trio.run(main) == provider.get() == trio.run(provider.get_async)
