import asyncio
import threading
import time

import pytest

from bedrock_token import Credentials, NoCredentialsError, Provider, ReentrantError

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
