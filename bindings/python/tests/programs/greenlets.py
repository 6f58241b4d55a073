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

KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
calls = 0
ticks = 0


def io() -> None:
    """Another greenlet must run for this to end."""
    here, there = socket.socketpair()

    def write() -> None:
        time.sleep(0.2)
        there.send(b"x")

    writer = threading.Thread(target=write)
    writer.start()
    here.recv(1)
    writer.join()
    here.close()
    there.close()


def works() -> Credentials:
    global calls
    calls += 1
    io()
    return Credentials(KEY, SECRET)


def fails() -> Credentials:
    io()
    raise OSError("no route to the credentials")


def comes_back() -> Credentials:
    io()
    provider.get()
    raise AssertionError("not refused")


def ask(provider: Provider) -> None:
    try:
        results.append(provider.get())
    except NoCredentialsError as error:
        results.append(error)


def tick() -> None:
    global ticks
    while not done:
        ticks += 1
        time.sleep(0.01)


for source in (works, fails):
    done, ticks = False, 0
    results: "list[str | NoCredentialsError]" = []
    provider = Provider(source, "eu-central-1")
    threads = [threading.Thread(target=ask, args=(provider,)) for _ in range(20)]
    clock = threading.Thread(target=tick)
    clock.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = True
    clock.join()
    assert len(results) == 20
    assert ticks > 5, "greenlets stood still while they waited"
    if source is works:
        assert calls == 1, calls
        assert len(set(results)) == 1
    else:
        causes = {error.__cause__ for error in results if isinstance(error, NoCredentialsError)}
        assert [type(cause) for cause in causes] == [OSError], causes

results = []
provider = Provider(comes_back, "eu-central-1")
ask(provider)
(refused,) = results
assert isinstance(refused, NoCredentialsError)
assert isinstance(refused.__cause__, ReentrantError)
print("done")
