"""Ctrl-C, wherever the main thread is."""

import contextlib
import random
import signal
import sys
import threading
import time

from bedrock_token import Credentials, NoCredentialsError, Provider, ReentrantError

GOOD = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")


class Interrupt(BaseException):
    pass


def interrupt(*_: object) -> None:
    raise Interrupt


def get_until_interrupted(provider: Provider) -> None:
    signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    started = time.monotonic()
    try:
        provider.get()
        raise AssertionError("not interrupted")
    except Interrupt:
        assert time.monotonic() - started < 5


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
    get_until_interrupted(provider)
    release.set()
    other.join()
    assert provider.get()


def while_the_source_runs() -> None:
    """The interrupt is the main thread's own: a thread that waits renews in its place."""
    calls: list[None] = []

    def source() -> Credentials:
        calls.append(None)
        if len(calls) == 1:
            waiting.start()
            time.sleep(30)
        return GOOD

    provider = Provider(source, "eu-central-1")
    waiting = threading.Thread(target=provider.get)
    get_until_interrupted(provider)
    waiting.join()
    assert provider.get()
    assert len(calls) == 2


def at_any_point(seconds: float) -> None:
    """Signals at random moments: some raise, some ask for a token. Nothing hangs, the source never
    runs twice at once, and afterwards the provider works."""
    source_runs = threading.Lock()
    counts = {"at once": 0, "interrupts": 0, "refused": 0}
    armed = False  # a signal may be handled later than its timer is stopped

    def source() -> Credentials:
        counts["at once"] += source_runs.locked()
        # In Python 3.9 and 3.10, an interrupt can leave a `with` without releasing the lock.
        with source_runs if sys.version_info >= (3, 11) else contextlib.nullcontext():
            time.sleep(random.choice([0, 0, 0.001]))
            if random.random() < 0.2:
                raise OSError("no route to the credentials")
            return GOOD

    def handler(*_: object) -> None:
        if not armed:
            return
        if random.random() < 0.5:
            counts["interrupts"] += 1
            raise Interrupt
        try:
            get()
        except ReentrantError:  # the main thread is in the source
            counts["refused"] += 1

    def work() -> None:
        provider.invalidate()
        get()

    def get() -> "str | None":
        try:
            return provider.get()
        except NoCredentialsError:
            return None

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
        # Not with suppress(): that is Python code, too, and an interrupt could hit its end.
        try:
            armed = True
            signal.setitimer(signal.ITIMER_REAL, random.random() * 0.001 + 1e-6)
            work()
            signal.setitimer(signal.ITIMER_REAL, 0)
            armed = False
        except Interrupt:
            pass
    for other in others:
        other.join()
    print(counts)
    assert counts["interrupts"] > 100
    assert counts["refused"] > 0
    assert counts["at once"] == 0
    assert any(get() for _ in range(100)), "the provider does not work"


while_another_thread_renews()
while_the_source_runs()
at_any_point(float(sys.argv[1]))
print("done")
