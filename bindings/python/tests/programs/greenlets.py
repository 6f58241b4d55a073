"""Many greenlets want the first token, and the source does I/O."""

import os
import sys

variant = sys.argv[1]
# eventlet's DNS would import trio, which eventlet patches in part only.
os.environ["EVENTLET_NO_GREENDNS"] = "yes"
if variant == "late":  # the package is there before its user patches the world
    import bedrock_token  # noqa: F401
if variant in {"gevent", "late"}:
    from gevent import monkey

    monkey.patch_all()
elif variant == "eventlet":
    import eventlet

    eventlet.monkey_patch()

import socket
import threading
import time

from bedrock_token import Credentials, NoCredentialsError, Provider, ReentrantError

GOOD = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")


def unpatched() -> None:
    """Two greenlets of one thread: waiting would stop the thread for ever."""
    import gevent

    def source() -> Credentials:
        gevent.sleep(0.2)
        return GOOD

    provider = Provider(source, "eu-central-1")
    first, second = gevent.spawn(provider.get), gevent.spawn(provider.get)
    gevent.joinall([first, second])
    assert first.value == provider.get()
    assert isinstance(second.exception, ReentrantError)


def patched(fails: bool) -> None:
    calls = 0
    results: list[object] = []

    def source() -> Credentials:
        nonlocal calls
        calls += 1
        here, there = socket.socketpair()
        writer = threading.Thread(target=write, args=[there])
        writer.start()
        here.recv(1)  # hangs unless the other greenlets run, and those that wait let them
        writer.join()
        here.close()
        there.close()
        if fails:
            provider.get()  # from within its own source: refused
        return GOOD

    def write(there: socket.socket) -> None:
        time.sleep(0.2)
        there.send(b"x")

    def ask() -> None:
        try:
            results.append(provider.get())
        except NoCredentialsError as error:
            results.append(error.__cause__)

    provider = Provider(source, "eu-central-1")
    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (calls, len(results), len(set(results))) == (1, 20, 1)
    assert isinstance(results[0], ReentrantError if fails else str)


if variant == "unpatched":
    unpatched()
else:
    patched(fails=False)
    patched(fails=True)
print("done")
