"""Children that are forked while other threads renew get tokens like their parent."""

import os
import random
import signal
import sys
import threading
import time

from bedrock_token import Credentials, Provider, generate

CHILDREN = int(sys.argv[1])
GOOD = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
stop = False


def source() -> Credentials:
    time.sleep(random.random() * 0.002)
    return GOOD


def renew_all_the_time() -> None:
    while not stop:
        provider.invalidate()
        provider.get()


def use() -> None:
    """What each child does."""
    assert generate(GOOD, region="eu-central-1")
    assert provider.get()
    provider.invalidate()
    threads = [threading.Thread(target=provider.get) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert provider.get()


provider = Provider(source, "eu-central-1")
threads = [threading.Thread(target=renew_all_the_time) for _ in range(3)]
for thread in threads:
    thread.start()

statuses = set()
for _ in range(CHILDREN):
    time.sleep(random.random() * 0.002)
    child = os.fork()
    if child == 0:
        signal.alarm(30)  # ends a child that hangs
        try:
            use()
        except BaseException:
            os._exit(1)
        os._exit(0)
    statuses.add(os.waitpid(child, 0)[1])
stop = True
for thread in threads:
    thread.join()
assert statuses == {0}, statuses


def forks() -> Credentials:
    """The source itself forks: the child may even use the provider that its parent renews."""
    child = os.fork()
    if child == 0:
        within.append(child)
        os._exit(0 if len(within) > 1 or provider.get() else 1)
    assert os.waitpid(child, 0)[1] == 0
    return GOOD


within: "list[int]" = []
provider = Provider(forks, "eu-central-1")
assert provider.get()
print("done")
