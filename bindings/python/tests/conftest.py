import threading

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
