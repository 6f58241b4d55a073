"""generate(), inspect(), Credentials and exceptions, as far as they are Python's own.
tests/conformance has the tokens and the refusals of every language."""

import copy
import pickle
from datetime import datetime, timedelta, timezone
from importlib import metadata
from typing import Any

import pytest

import bedrock_token
from bedrock_token import BedrockTokenError, Credentials, TokenInfo, generate, inspect
from shared import KEY, SECRET

SESSION = "FAKE/SESSION+TOKEN=="
NOON = 1781524800  # 2026-06-15T12:00:00Z
RIGHT: "dict[str, Any]" = {
    "access_key": KEY,
    "secret": SECRET,
    "session": SESSION,
    "region": "eu-central-1",
    "at": NOON,
}


class Index:
    """An integer of another kind, as NumPy has them."""

    def __index__(self) -> int:
        return NOON


def test_longest_arguments() -> None:
    region = "r" * 61 + "-1"
    session = "%" * 65536  # three characters each in the token
    token = generate("A" * 128, "s" * 256, session, region, at=253402300799)
    assert inspect(token) == TokenInfo(
        "A" * 128, region, 253402300799, 253402300799 + 43200, True, "bedrock"
    )
    with pytest.raises(bedrock_token.SessionError):
        generate(KEY, SECRET, session + "%", "eu-central-1")


@pytest.mark.parametrize(
    ("argument", "values", "error"),
    [
        ("service", ("mantle", ["bedrock"], None, 1), bedrock_token.ServiceError),
        ("access_key", (None, KEY + "\n", KEY + "\0"), bedrock_token.AccessKeyError),
        ("secret", (None, SECRET + "\udc80", SECRET + "\u00e9"), bedrock_token.SecretError),
        ("session", ("\0", " " + SESSION), bedrock_token.SessionError),
        ("region", (None, "eu-central-1\0", "us-east-1a"), bedrock_token.RegionError),
        ("expires", (0, -1, 2**32 + 60, 2**64 + 60), bedrock_token.ExpiresError),
        ("at", (-1, 253402300800, 2**64 + NOON), bedrock_token.SigningTimeError),
        ("secret", (SECRET.encode(),), TypeError),
        ("expires", (60.5, "60", True), TypeError),
        ("at", (1.5, False), TypeError),
    ],
)
def test_refusals(argument: str, values: "tuple[Any, ...]", error: type[Exception]) -> None:
    for value in values:
        with pytest.raises(error) as raised:
            generate(**{**RIGHT, argument: value})
        assert raised.type is error
        assert issubclass(error, ValueError) or argument in str(raised.value)
        shown = f"{raised.value!s} {raised.value!r} {raised.value.__context__!r}"
        for secret in (value, SECRET, SESSION):
            assert not isinstance(secret, str) or not secret.strip() or secret not in shown


def test_no_token() -> None:
    token = generate(**RIGHT)
    longer = [token + more for more in ("\n", " ", "\0", "\0x", "\ud800")]
    for text in ("", "x", token[:20], *longer):
        with pytest.raises(bedrock_token.InvalidTokenError):
            inspect(text)
    with pytest.raises(TypeError, match="token must be"):
        inspect(token.encode())  # type: ignore[arg-type]


def test_credentials_stand_for_their_fields() -> None:
    credentials = Credentials(KEY, SECRET, SESSION, NOON)
    assert generate(credentials, region="eu-central-1", at=NOON) == generate(**RIGHT)
    with pytest.raises(TypeError, match="region="):
        generate(credentials, "eu-central-1")  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        *((None, 0), (0, 0), (0.0, 0), (1, 1), (NOON + 0.9, NOON), (Index(), NOON)),
        (datetime(2026, 6, 15, 12, tzinfo=timezone.utc), NOON),
        (datetime(2026, 6, 15, 14, tzinfo=timezone(timedelta(hours=2))), NOON),
        (datetime.max.replace(tzinfo=timezone.utc), 253402300799),
        (253402300799, 253402300799),
    ],
)
def test_ends_of_credentials(given: Any, kept: int) -> None:
    end = Credentials(KEY, SECRET, None, given).expires_at
    assert (end, type(end)) == (kept, int)


@pytest.mark.parametrize(
    ("field", "values", "error"),
    [
        ("access_key", (None, KEY.encode()), TypeError),
        ("secret", (None, 1), TypeError),
        ("session", (b"",), TypeError),
        ("expires_at", (True, False, "2026-06-15T12:00:00Z", timedelta(hours=1)), TypeError),
        ("expires_at", (float("nan"), float("inf"), 0.5, -1, NOON * 1000, 2**64), ValueError),
        ("expires_at", (253402300800, datetime(2026, 6, 15, 12)), ValueError),
        ("expires_at", (datetime(1970, 1, 1, tzinfo=timezone.utc),), ValueError),
        (
            "expires_at",
            (datetime.max.replace(tzinfo=timezone(timedelta(hours=-1))),),
            ValueError,
        ),
    ],
)
def test_wrong_fields_of_credentials(
    field: str, values: "tuple[Any, ...]", error: type[Exception]
) -> None:
    """They are named and not shown."""
    for value in values:
        fields: dict[str, Any] = {"access_key": KEY, "secret": SECRET, field: value}
        with pytest.raises(error, match=field) as raised:
            Credentials(**fields)
        assert raised.type is error
        shown = [KEY, SECRET] + ([] if value is None or isinstance(value, bool) else [str(value)])
        assert not any(text in str(raised.value) for text in shown)


def test_exceptions() -> None:
    """Each has its status. A copy is like it, also one that was sent to another process."""
    statuses = [error.status for error in BedrockTokenError.__subclasses__()]
    assert statuses == [2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16]
    assert str(bedrock_token.RegionError()).startswith("region: ")
    for kind in BedrockTokenError.__subclasses__():
        error = kind("detail")
        error.__cause__ = OSError("no route to the credentials")
        for copied in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
            assert (type(copied), copied.status, str(copied)) == (kind, kind.status, str(error))
            assert str(copied.__cause__) == "no route to the credentials"


def test_everything_that_is_offered_is_there() -> None:
    assert bedrock_token.__version__ == metadata.version("bedrock-token")
    for name in bedrock_token.__all__:
        assert getattr(bedrock_token, name).__doc__ or name in {"Service", "Source"}  # types
    for name in ("BearerAuth", "BedrockTokenGenerator", "provide_token", *bedrock_token.__all__):
        assert name in dir(bedrock_token)
    with pytest.raises(AttributeError):
        bedrock_token.no_such_name  # noqa: B018
