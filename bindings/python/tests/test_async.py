import asyncio
import contextvars
import threading
import time

import pytest

from bedrock_token import Credentials, NoCredentialsError, Provider, ReentrantError, inspect

from .needs import needs

GOOD = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")


class Source:
    """Waits until it may go on; counts its calls."""

    def __init__(self) -> None:
        self.calls = 0
        self.called, self.may_go_on = threading.Event(), threading.Event()
        self.error: BaseException | None = None

    def __call__(self) -> Credentials:
        self.calls += 1
        self.called.set()
        assert self.may_go_on.wait(60)
        if self.error is not None:
            raise self.error
        return GOOD


def test_many_coroutines_share_a_renewal_and_leave_the_loop_free() -> None:
    source = Source()
    provider = Provider(source, "eu-central-1")

    async def main() -> None:
        threads = threading.active_count()
        tasks = [asyncio.create_task(provider.get_async()) for _ in range(100)]
        while not source.called.is_set():
            await asyncio.sleep(0.001)
        # The loop goes on, and its own threads, which look up names, are all free.
        assert await asyncio.wait_for(asyncio.to_thread(lambda: 7), 10) == 7
        assert threading.active_count() <= threads + 2
        source.may_go_on.set()
        tokens = await asyncio.gather(*tasks)
        assert len(set(tokens)) == 1
        assert source.calls == 1
        assert tokens[0] == provider.get()

    asyncio.run(main())


def test_a_kept_token_is_there_at_once() -> None:
    provider = Provider(lambda: GOOD, "eu-central-1")
    token = provider.get()
    coroutine = provider.get_async()
    with pytest.raises(StopIteration) as stopped:
        coroutine.send(None)  # to its end, without a loop
    assert stopped.value.value == token


def test_while_the_old_token_holds_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source()
    source.may_go_on.set()
    provider = Provider(source, "eu-central-1", 3600)
    old = provider.get()
    source.called.clear()
    source.may_go_on.clear()
    monkeypatch.setattr("bedrock_token._provider.time", lambda: time.time() + 3600 - 60)

    async def main() -> None:
        assert [await provider.get_async() for _ in range(10)] == [old] * 10
        source.may_go_on.set()
        while await provider.get_async() == old:
            await asyncio.sleep(0.001)

    asyncio.run(asyncio.wait_for(main(), 60))
    assert source.calls == 2


def test_cancelling_leaves_the_renewal_to_others() -> None:
    source = Source()
    provider = Provider(source, "eu-central-1")

    async def main() -> None:
        cancelled, other = (asyncio.create_task(provider.get_async()) for _ in range(2))
        while not source.called.is_set():
            await asyncio.sleep(0.001)
        cancelled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(provider.get_async(), 0.01)
        source.may_go_on.set()
        assert await other == await provider.get_async()

    asyncio.run(main())
    assert source.calls == 1


def test_every_coroutine_learns_the_cause() -> None:
    source = Source()
    source.error = OSError("no route to the credentials")
    provider = Provider(source, "eu-central-1")

    async def main() -> "list[str | BaseException]":
        tasks = [asyncio.create_task(provider.get_async()) for _ in range(10)]
        await asyncio.sleep(0.01)
        source.may_go_on.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    results = asyncio.run(main())
    assert len({id(result) for result in results}) == 10
    for result in results:
        assert type(result) is NoCredentialsError
        assert result.__cause__ is source.error
    source.error = None
    assert asyncio.run(provider.get_async()) == provider.get()


def test_an_interrupt_in_the_source_ends_the_waiting() -> None:
    source = Source()
    source.may_go_on.set()
    source.error = SystemExit()
    provider = Provider(source, "eu-central-1")
    with pytest.raises(RuntimeError, match="interrupt"):
        asyncio.run(provider.get_async())


def test_loops_and_threads_share_one_renewal() -> None:
    source = Source()
    provider = Provider(source, "eu-central-1")
    tokens: list[str] = []
    threads = [
        threading.Thread(target=lambda: tokens.append(asyncio.run(provider.get_async())))
        for _ in range(3)
    ] + [threading.Thread(target=lambda: tokens.append(provider.get())) for _ in range(3)]
    for thread in threads:
        thread.start()
    source.called.wait(60)
    source.may_go_on.set()
    for thread in threads:
        thread.join()
    assert len(tokens) == 6
    assert len(set(tokens)) == 1
    assert source.calls == 1


def test_a_source_that_waits_for_its_own_provider_is_refused() -> None:
    def source() -> Credentials:
        asyncio.run(provider.get_async())
        return GOOD

    provider = Provider(source, "eu-central-1")
    with pytest.raises(NoCredentialsError) as raised:
        provider.get()
    assert isinstance(raised.value.__cause__, ReentrantError)


class AsyncSource:
    """Waits in the loop that its event belongs to; counts its calls."""

    def __init__(self) -> None:
        self.calls = 0
        self.may_go_on = asyncio.Event()
        self.error: Exception | None = None
        self.loops: list[object] = []

    async def __call__(self) -> Credentials:
        self.calls += 1
        self.loops.append(asyncio.get_running_loop())
        await self.may_go_on.wait()
        if self.error is not None:
            raise self.error
        return GOOD


def test_an_async_source_runs_in_the_callers_loop() -> None:
    async def main() -> None:
        source = AsyncSource()
        provider = Provider(source, "eu-central-1")
        tasks = [asyncio.create_task(provider.get_async()) for _ in range(100)]
        while not source.calls:
            await asyncio.sleep(0.001)
        source.may_go_on.set()
        tokens = await asyncio.gather(*tasks)
        assert source.calls == 1
        assert source.loops == [asyncio.get_running_loop()]
        token, expires_at = await provider.get_with_expiry_async()
        assert {*tokens} == {token}
        assert expires_at == inspect(token).expires_at
        # The kept token is for threads, too.
        assert await asyncio.to_thread(provider.get) == provider.get() == token
        source.error = OSError("no route to the credentials")
        provider.invalidate()
        with pytest.raises(NoCredentialsError, match="no route to the credentials") as raised:
            await provider.get_async()
        assert raised.value.__cause__ is source.error

    asyncio.run(asyncio.wait_for(main(), 60))


@pytest.mark.parametrize("known", [True, False])
def test_an_async_source_needs_a_loop(
    monkeypatch: pytest.MonkeyPatch, known: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """A thread that cannot renew leaves the renewal to those that can."""
    calls: list[None] = []

    async def source() -> Credentials:
        calls.append(None)
        return GOOD

    provider = Provider(source if known else lambda: source(), "eu-central-1", 3600)
    with pytest.raises(TypeError, match="get_async"):
        provider.get()
    token = asyncio.run(provider.get_async())
    monkeypatch.setattr("bedrock_token._provider.time", lambda: time.time() + 3600 - 60)
    for _ in range(3):
        assert provider.get() == token
    assert len(calls) == 1

    async def main() -> None:
        while await provider.get_async() == token:
            await asyncio.sleep(0.001)

    asyncio.run(asyncio.wait_for(main(), 60))
    assert len(calls) == 2
    assert not caplog.records


def test_an_async_source_that_waits_for_its_own_provider_is_refused() -> None:
    async def source() -> Credentials:
        await asyncio.create_task(provider.get_async())
        return GOOD

    provider = Provider(source, "eu-central-1")
    with pytest.raises(NoCredentialsError) as raised:
        asyncio.run(asyncio.wait_for(provider.get_async(), 60))
    assert isinstance(raised.value.__cause__, ReentrantError)


@pytest.mark.parametrize("closes", [True, False])
def test_a_loop_that_ends_leaves_the_renewal_to_another(closes: bool) -> None:
    """One that asyncio.run() ends, and one that its thread abandons."""
    in_first, waits = threading.Event(), threading.Event()
    calls: list[None] = []

    async def source() -> Credentials:
        calls.append(None)
        if len(calls) == 1:
            in_first.set()
            await asyncio.sleep(60)
        return GOOD

    provider = Provider(source, "eu-central-1")

    async def first() -> None:
        task = asyncio.create_task(provider.get_async())
        await asyncio.to_thread(waits.wait, 60)
        if closes:
            task.cancel()

    def run_first() -> None:
        if closes:
            asyncio.run(first())
        else:
            loops.append(asyncio.new_event_loop())
            loops[0].run_until_complete(first())

    async def second() -> str:
        asking = asyncio.create_task(provider.get_async())
        await asyncio.sleep(0.01)
        waits.set()
        return await asking

    loops: list[asyncio.AbstractEventLoop] = []
    thread = threading.Thread(target=run_first)
    thread.start()
    assert in_first.wait(60)
    token = asyncio.run(asyncio.wait_for(second(), 60))
    thread.join()
    assert token == provider.get()
    assert len(calls) == 2
    for loop in loops:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.run_until_complete(asyncio.sleep(0))
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


@pytest.mark.parametrize("is_async", [False, True])
def test_the_source_has_the_callers_context(is_async: bool) -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable")
    seen = []

    def source() -> Credentials:
        seen.append(variable.get())
        return GOOD

    async def async_source() -> Credentials:
        return source()

    async def main() -> None:
        variable.set("the caller's")
        await Provider(async_source if is_async else source, "eu-central-1").get_async()

    asyncio.run(main())
    assert seen == ["the caller's"]


def test_no_thread_can_be_started(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    source = Source()
    source.may_go_on.set()
    provider = Provider(source, "eu-central-1", 3600)
    old = provider.get()

    def start(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("threading.Thread.start", start)
    monkeypatch.setattr("bedrock_token._provider.time", lambda: time.time() + 3600 - 199)

    async def main() -> None:
        assert [await provider.get_async() for _ in range(10)] == [old] * 10
        assert "can't start" in str(provider.failure)
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        provider.invalidate()
        with pytest.raises(RuntimeError, match="can't start"):
            await provider.get_async()

    asyncio.run(main())


def test_no_thread_waits_for_a_renewal_that_nobody_needs_yet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = Source()
    source.may_go_on.set()
    provider = Provider(source, "eu-central-1", 3600)
    old = provider.get()
    source.called.clear()
    source.may_go_on.clear()
    monkeypatch.setattr("bedrock_token._provider.time", lambda: time.time() + 3600 - 199)
    renewing = threading.Thread(target=provider.get)
    renewing.start()
    assert source.called.wait(60)
    started: list[threading.Thread] = []

    def start(thread: threading.Thread) -> None:
        started.append(thread)

    monkeypatch.setattr("threading.Thread.start", start)

    async def main() -> None:
        assert {await provider.get_async() for _ in range(2000)} == {old}

    asyncio.run(main())
    assert not started
    source.may_go_on.set()
    renewing.join()
    assert source.calls == 2


def test_trio() -> None:
    needs("trio")
    import trio

    source = Source()
    source.may_go_on.set()
    provider = Provider(source, "eu-central-1")
    with pytest.raises(RuntimeError, match=r"get_async\(\) needs asyncio. With trio: await trio"):
        trio.run(provider.get_async)

    async def main() -> str:
        return await trio.to_thread.run_sync(provider.get)

    assert trio.run(main) == provider.get() == trio.run(provider.get_async)
