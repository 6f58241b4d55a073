"""What the tests share."""

import importlib.util
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Optional

import pytest

from bedrock_token import Credentials, Provider, inspect

KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
KEYS = [f"AKIAIOSFODNN7EXAMPL{number}" for number in range(9)]
GOOD = Credentials(KEY, SECRET)
REGION = "eu-central-1"
DOWN = OSError("no route to the credentials")


def needs(module: str) -> None:
    """Skips what cannot be tested without a module; where CI is set, that is a failure."""
    if importlib.util.find_spec(module) is None:
        if os.environ.get("CI"):
            pytest.fail(f"needs {module}", pytrace=False)
        pytest.skip(f"needs {module}", allow_module_level=True)


class Source:
    """Counts its calls. It can stand still, and raises `error`."""

    def __init__(self, credentials: Any = GOOD) -> None:
        self.credentials = credentials
        self.error: Optional[BaseException] = None
        self.calls = 0
        self.called, self.may_go_on = threading.Event(), threading.Event()
        self.may_go_on.set()

    def __call__(self) -> Any:
        self.calls += 1
        self.called.set()
        assert self.may_go_on.wait(60)
        if self.error is not None:
            raise self.error
        return self.credentials

    def stand_still(self) -> None:
        self.called.clear()
        self.may_go_on.clear()


def rotating(**options: Any) -> Provider:
    """Each renewal has another one of KEYS."""
    keys = iter(KEYS)
    return Provider(lambda: Credentials(next(keys), SECRET), REGION, **options)


def key_of(token: str) -> str:
    return inspect(token).access_key


def in_threads(number: int, work: Callable[[], Any]) -> "list[Any]":
    """What each thread's call returns or raises."""
    with ThreadPoolExecutor(number) as pool:
        calls = [pool.submit(work) for _ in range(number)]
    return [call.exception() or call.result() for call in calls]
