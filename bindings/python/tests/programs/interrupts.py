"""Ctrl-C, wherever the main thread is."""

import contextlib
import random
import signal
import sys
import threading
import time
from typing import Optional

from bedrock_token import Credentials, NoCredentialsError, Provider, ReentrantError

GOOD = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
signal.signal(signal.SIGINT, signal.default_int_handler)


def interrupt_after(seconds: float) -> None:
    signal.setitimer(signal.ITIMER_REAL, seconds)


signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))


def while_another_thread_renews() -> None:
    release, called = threading.Event(), threading.Event()

    def source() -> Credentials:
        called.set()
        release.wait()
        return GOOD

    provider = Provider(source, "eu-central-1")
    other = threading.Thread(target=provider.get)
    other.start()
    called.wait()
    interrupt_after(0.2)
    started = time.monotonic()
    try:
        provider.get()
        raise AssertionError("not interrupted")
    except KeyboardInterrupt:
        assert time.monotonic() - started < 5
    release.set()
    other.join()
    assert provider.get()


def while_the_source_runs() -> None:
    """The interrupt is the main thread's own: a thread that waits renews in its place."""
    calls = 0
    tokens = []

    def source() -> Credentials:
        nonlocal calls
        calls += 1
        if calls == 1:
            waiting.start()
            time.sleep(30)
        return GOOD

    provider = Provider(source, "eu-central-1")
    waiting = threading.Thread(target=lambda: tokens.append(provider.get()))
    interrupt_after(0.3)
    try:
        provider.get()
        raise AssertionError("not interrupted")
    except KeyboardInterrupt:
        pass
    waiting.join()
    assert calls == 2
    assert tokens == [provider.get()]


def in_a_handler_that_asks_for_a_token() -> None:
    refused: Optional[ReentrantError] = None

    def handler(*_: object) -> None:
        nonlocal refused
        try:
            provider.get()
        except ReentrantError as error:
            refused = error

    def source() -> Credentials:
        signal.raise_signal(signal.SIGUSR1)
        return GOOD

    signal.signal(signal.SIGUSR1, handler)
    provider = Provider(source, "eu-central-1")
    assert provider.get()
    assert refused is not None
    handler()  # now there is a token


def at_any_point(seconds: float) -> None:
    """Signals at random moments: some raise, some ask for a token. Nothing hangs, the source never
    runs twice at once, and afterwards the provider works."""
    source_runs = threading.Lock()
    counts = {"calls": 0, "at once": 0, "interrupts": 0, "refused": 0}

    class Interrupt(BaseException):
        pass

    def source() -> Credentials:
        counts["calls"] += 1
        counts["at once"] += source_runs.locked()
        # In Python 3.9 and 3.10, an interrupt can leave a `with` without releasing the lock.
        with source_runs if sys.version_info >= (3, 11) else contextlib.nullcontext():
            time.sleep(random.choice([0, 0, 0.001]))
            if random.random() < 0.2:
                raise OSError("no route to the credentials")
            return GOOD

    def handler(*_: object) -> None:
        if random.random() < 0.5:
            counts["interrupts"] += 1
            raise Interrupt
        try:
            provider.get()
        except NoCredentialsError:
            pass
        except ReentrantError:
            counts["refused"] += 1

    def work() -> None:
        provider.invalidate()
        with contextlib.suppress(NoCredentialsError):
            provider.get()

    def work_on() -> None:
        while time.monotonic() < end:
            work()
            time.sleep(random.random() * 0.002)  # so that the main thread renews, too

    signal.signal(signal.SIGALRM, handler)
    provider = Provider(source, "eu-central-1")
    end = time.monotonic() + seconds
    others = [threading.Thread(target=work_on) for _ in range(3)]
    for other in others:
        other.start()
    while time.monotonic() < end:
        try:
            interrupt_after(random.random() * 0.001 + 1e-6)
            work()
            interrupt_after(0)
        except Interrupt:
            pass
    for other in others:
        other.join()
    print(counts)
    assert counts["interrupts"] > 100
    assert counts["refused"] > 0
    assert counts["at once"] == 0
    while True:
        try:
            assert provider.get()
            break
        except NoCredentialsError:
            pass


while_another_thread_renews()
while_the_source_runs()
in_a_handler_that_asks_for_a_token()
at_any_point(3)
print("done")
