import time

import pytest

from bedrock_token import Credentials, Provider, Tenants, inspect

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


class Made:
    """Makes providers, and counts them."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    def __call__(self, key: str) -> Provider:
        self.keys.append(key)
        return Provider(lambda: Credentials(key, SECRET), "eu-central-1", 600)


def test_each_tenant_has_its_own_token() -> None:
    made = Made()
    tenants = Tenants(made)
    for _ in range(2):
        for key in ("AKIA1", "AKIA2"):
            assert inspect(tenants.provider(key).get()).access_key == key
    assert made.keys == ["AKIA1", "AKIA2"]
    assert len(tenants) == 2


def test_at_the_limit_the_longest_unused_goes() -> None:
    made = Made()
    tenants = Tenants(made, limit=2)
    for key in ("AKIA1", "AKIA2", "AKIA1", "AKIA3"):
        tenants.provider(key)
    assert len(tenants) == 2
    tenants.provider("AKIA1")
    tenants.provider("AKIA3")
    assert made.keys == ["AKIA1", "AKIA2", "AKIA3"]
    tenants.provider("AKIA2")
    assert made.keys == ["AKIA1", "AKIA2", "AKIA3", "AKIA2"]
    with pytest.raises(ValueError, match="limit"):
        Tenants(made, limit=0)


def test_forget() -> None:
    made = Made()
    tenants = Tenants(made)
    provider = tenants.provider("AKIA1")
    tenants.forget("AKIA1")
    tenants.forget("AKIA2")
    assert len(tenants) == 0
    assert tenants.provider("AKIA1") is not provider
    assert provider.get()


def test_ended_tokens_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Made()
    tenants = Tenants(made)
    tenants.provider("AKIA1").get()
    tenants.provider("AKIA2")  # has no token yet
    for module in ("_provider", "_tenants"):
        monkeypatch.setattr(f"bedrock_token.{module}.time", lambda: time.time() + 601)
    tenants.provider("AKIA3").get()
    assert len(tenants) == 2
    tenants.provider("AKIA1")
    assert made.keys == ["AKIA1", "AKIA2", "AKIA3", "AKIA1"]


def test_a_maker_that_raises() -> None:
    def raises(_key: str) -> Provider:
        raise KeyError("no such tenant")

    tenants = Tenants(raises)
    with pytest.raises(KeyError, match="no such tenant"):
        tenants.provider("AKIA1")
    assert len(tenants) == 0
