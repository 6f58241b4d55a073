"""Two greenlets of one thread, without monkey-patching: waiting would stop the thread for ever."""

import gevent

from bedrock_token import Credentials, Provider, ReentrantError


def source() -> Credentials:
    gevent.sleep(0.2)
    return Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")


provider = Provider(source, "eu-central-1")
first, second = gevent.spawn(provider.get), gevent.spawn(provider.get)
gevent.joinall([first, second])
assert first.value == provider.get()
assert isinstance(second.exception, ReentrantError)
print("done")
