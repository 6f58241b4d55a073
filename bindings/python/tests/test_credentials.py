import gc
import warnings
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

import bedrock_token
from bedrock_token import Credentials, Provider

KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
NOON = 1781524800  # 2026-06-15T12:00:00Z


class Index:
    """An integer of another kind, as NumPy has them."""

    def __index__(self) -> int:
        return NOON


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (None, 0),
        (0, 0),
        (0.0, 0),
        (1, 1),
        (NOON, NOON),
        (NOON + 0.9, NOON),
        (Index(), NOON),
        (datetime(2026, 6, 15, 12, tzinfo=timezone.utc), NOON),
        (datetime(2026, 6, 15, 14, tzinfo=timezone(timedelta(hours=2))), NOON),
        (datetime.max.replace(tzinfo=timezone.utc), 253402300799),
        (253402300799, 253402300799),
    ],
)
def test_ends(given: Any, kept: int) -> None:
    for credentials in (
        Credentials(KEY, SECRET, None, given),
        Credentials(KEY, SECRET, expires_at=given),
    ):
        assert credentials.expires_at == kept
        assert type(credentials.expires_at) is int


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("access_key", None, TypeError),
        ("access_key", KEY.encode(), TypeError),
        ("secret", None, TypeError),
        ("secret", 1, TypeError),
        ("session", b"", TypeError),
        ("expires_at", True, TypeError),
        ("expires_at", False, TypeError),
        ("expires_at", "2026-06-15T12:00:00Z", TypeError),
        ("expires_at", timedelta(hours=1), TypeError),
        ("expires_at", float("nan"), ValueError),
        ("expires_at", float("inf"), ValueError),
        ("expires_at", 0.5, ValueError),
        ("expires_at", -1, ValueError),
        ("expires_at", NOON * 1000, ValueError),
        ("expires_at", 253402300800, ValueError),
        ("expires_at", 2**64, ValueError),
        ("expires_at", datetime(2026, 6, 15, 12), ValueError),
        ("expires_at", datetime(1970, 1, 1, tzinfo=timezone.utc), ValueError),
        ("expires_at", datetime.max.replace(tzinfo=timezone(timedelta(hours=-1))), ValueError),
    ],
)
def test_wrong_fields_are_named_and_not_shown(
    field: str, value: Any, error: type[Exception]
) -> None:
    fields: dict[str, Any] = {"access_key": KEY, "secret": SECRET, field: value}
    with pytest.raises(error, match=field) as raised:
        Credentials(**fields)
    assert raised.type is error
    assert SECRET not in str(raised.value)
    assert KEY not in str(raised.value)
    assert str(value) not in str(raised.value) or isinstance(value, bool) or value is None


def test_what_is_wrong_is_the_cause() -> None:
    provider = Provider(lambda: Credentials(KEY, SECRET, None, NOON * 1000), "eu-central-1")
    with pytest.raises(bedrock_token.NoCredentialsError) as raised:
        provider.get()
    assert "expires_at" in str(raised.value.__cause__)


async def coroutine() -> Credentials:
    return Credentials(KEY, SECRET)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (lambda: (KEY, SECRET), "source must return Credentials, not tuple"),
        (lambda: {"access_key": KEY}, "source must return Credentials, not dict"),
        (coroutine, "source is async: await get_async(), which can run it"),
        (lambda: coroutine(), "source is async: await get_async(), which can run it"),
    ],
)
def test_sources_that_return_something_else(source: Any, said: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # no coroutine is left that was never awaited
        with pytest.raises(TypeError) as raised:
            Provider(source, "eu-central-1").get()
        gc.collect()
    assert str(raised.value) == said


def test_no_function() -> None:
    with pytest.raises(TypeError, match="source must be a function, not Credentials"):
        Provider(Credentials(KEY, SECRET), "eu-central-1")  # type: ignore[arg-type]
