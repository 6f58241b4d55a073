import os
import threading
import time
from pathlib import Path
from typing import Callable

import pytest

from bedrock_token._provider import _Renewal


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> threading.Semaphore:
    """Is released by each thread that comes to wait for another's renewal."""
    waiting = threading.Semaphore(0)
    wait = _Renewal.wait

    def noted(renewal: _Renewal) -> None:
        waiting.release()
        wait(renewal)

    monkeypatch.setattr(_Renewal, "wait", noted)
    return waiting


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the clock of all providers ahead by some seconds."""

    def ahead(seconds: float) -> None:
        monkeypatch.setattr("bedrock_token._provider.time", lambda: time.time() + seconds)

    return ahead


@pytest.fixture
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of this machine's: no credentials, no proxy."""
    for name in os.environ:
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
