import base64
import copy
import pickle
import time
from importlib import metadata
from urllib.parse import parse_qs

import pytest

import bedrock_token
from bedrock_token import Credentials, TokenInfo, generate, inspect

KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
SESSION = "FAKE/SESSION+TOKEN=="
PREFIX = "bedrock-api" + "-key-"
NOON = 1781524800  # 2026-06-15T12:00:00Z


def signature(token: str) -> str:
    return parse_qs(base64.b64decode(token.split("key-")[1]).decode())["X-Amz-Signature"][0]


def test_published_values() -> None:
    token = generate(KEY, SECRET, SESSION, "eu-central-1", 7200, at=NOON)
    assert signature(token) == "21a4d736cb5e62aa032abf76b9f4d156b4cefa6a7414be2fac99ae4822a48219"
    for absent in (None, ""):
        token = generate(KEY, SECRET, absent, "eu-central-1", at=NOON)
        assert (
            signature(token) == "92ab40a0f0dd5b323c7a3ffeb238c95795e613f2bc588b44850c7f3e49c94a94"
        )


def test_now() -> None:
    before = int(time.time())
    info = inspect(generate(KEY, SECRET, SESSION, "us-west-2", 60))
    assert before <= info.issued_at <= int(time.time())
    assert info == TokenInfo(KEY, "us-west-2", info.issued_at, info.issued_at + 60, True)


def test_claude_platform() -> None:
    token = generate(KEY, SECRET, SESSION, "us-west-2", 60, at=NOON, service="claude-platform")
    assert token.startswith("aws-external-anthropic-api" + "-key-")
    assert inspect(token) == TokenInfo(KEY, "us-west-2", NOON, NOON + 60, True, "claude-platform")
    bedrock = generate(KEY, SECRET, SESSION, "us-west-2", 60, at=NOON)
    assert inspect(bedrock).service == "bedrock"


def test_longest_arguments() -> None:
    longest_region = "r" * 61 + "-1"
    session = "%" * 65536  # three characters each in the token
    token = generate("A" * 128, "s" * 256, session, longest_region, at=253402300799)
    info = inspect(token)
    assert info == TokenInfo("A" * 128, longest_region, 253402300799, 253402300799 + 43200, True)
    with pytest.raises(bedrock_token.SessionError):
        generate(KEY, SECRET, session + "%", "eu-central-1")


@pytest.mark.parametrize(
    ("change", "error", "status"),
    [
        ({"service": "mantle"}, bedrock_token.ServiceError, 15),
        ({"service": ["bedrock"]}, bedrock_token.ServiceError, 15),
        ({"service": None}, bedrock_token.ServiceError, 15),
        ({"service": 1}, bedrock_token.ServiceError, 15),
        ({"access_key": None}, bedrock_token.AccessKeyError, 2),
        ({"secret": None}, bedrock_token.SecretError, 3),
        ({"region": None}, bedrock_token.RegionError, 6),
        ({"region": "us-east-1a"}, bedrock_token.RegionError, 6),
        ({"access_key": KEY + "\n"}, bedrock_token.AccessKeyError, 2),
        ({"secret": SECRET + "\n"}, bedrock_token.SecretError, 3),
        ({"secret": f'"{SECRET}"'}, bedrock_token.SecretError, 3),
        ({"session": " " + SESSION}, bedrock_token.SessionError, 4),
        ({"session": f"'{SESSION}'"}, bedrock_token.SessionError, 4),
        ({"access_key": "ASIA_KEY", "session": ""}, bedrock_token.SessionRequiredError, 5),
        ({"region": "US-EAST-1"}, bedrock_token.RegionError, 6),
        ({"expires": 0}, bedrock_token.ExpiresError, 7),
        ({"expires": -1}, bedrock_token.ExpiresError, 7),
        ({"expires": 2**32 + 60}, bedrock_token.ExpiresError, 7),
        ({"at": -1}, bedrock_token.SigningTimeError, 8),
        ({"at": 253402300800}, bedrock_token.SigningTimeError, 8),
        ({"at": 2**64 + NOON}, bedrock_token.SigningTimeError, 8),
        # What C would not see, or Python could not encode, is no less wrong for that.
        ({"access_key": KEY + "\0"}, bedrock_token.AccessKeyError, 2),
        ({"secret": SECRET + "\0hidden"}, bedrock_token.SecretError, 3),
        ({"session": "\0"}, bedrock_token.SessionError, 4),
        ({"region": "eu-central-1\0"}, bedrock_token.RegionError, 6),
        ({"secret": SECRET + "\udc80"}, bedrock_token.SecretError, 3),
        ({"secret": SECRET + "\u00e9"}, bedrock_token.SecretError, 3),
    ],
)
def test_refusals(
    change: dict[str, object], error: type[bedrock_token.BedrockTokenError], status: int
) -> None:
    arguments: dict[str, object] = {
        "access_key": KEY,
        "secret": SECRET,
        "session": SESSION,
        "region": "eu-central-1",
        "at": NOON,
    }
    arguments.update(change)
    with pytest.raises(error) as raised:
        generate(**arguments)  # type: ignore[call-overload]
    assert raised.type is error
    assert raised.value.status == status
    assert isinstance(raised.value, ValueError)
    shown = f"{raised.value!s} {raised.value!r} {raised.value.__context__!r}"
    for value in (*change.values(), SECRET, SESSION):
        assert not isinstance(value, str) or not value.strip() or value not in shown


@pytest.mark.parametrize(
    "change",
    [
        {"secret": SECRET.encode()},
        {"expires": 60.5},
        {"expires": "60"},
        {"expires": True},
        {"at": 1.5},
        {"at": False},
    ],
)
def test_wrong_types_are_not_shown(change: dict[str, object]) -> None:
    arguments: dict[str, object] = {"secret": SECRET, "expires": 60, **change}
    with pytest.raises(TypeError) as raised:
        generate(KEY, session=None, region="eu-central-1", **arguments)  # type: ignore[call-overload]
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize("token", ["", "x", PREFIX, PREFIX + "AAAA"])
def test_no_token(token: str) -> None:
    with pytest.raises(bedrock_token.InvalidTokenError) as raised:
        inspect(token)
    assert raised.value.status == 11


def test_a_token_with_something_behind_it() -> None:
    token = generate(KEY, SECRET, None, "eu-central-1")
    for more in ("\n", " ", "\0", "\0x"):
        with pytest.raises(bedrock_token.InvalidTokenError):
            inspect(token + more)


def test_a_copy_of_an_exception_is_like_it() -> None:
    """Also one that was sent to another process."""
    for error_type in bedrock_token.BedrockTokenError.__subclasses__():
        error = error_type("detail")
        error.__cause__ = OSError("no route to the credentials")
        for copied in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
            assert (type(copied), copied.status) == (error_type, error_type.status)
            assert str(copied) == str(error)
            assert str(copied.__cause__) == "no route to the credentials"


def test_the_status_belongs_to_the_class() -> None:
    assert bedrock_token.RegionError.status == 6
    assert str(bedrock_token.RegionError()).startswith("region: ")
    statuses = [error.status for error in bedrock_token.BedrockTokenError.__subclasses__()]
    assert statuses == [2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16]


def test_credentials_stand_for_their_fields() -> None:
    credentials = Credentials(KEY, SECRET, SESSION, NOON)
    ours = generate(credentials, region="eu-central-1", expires=60, at=NOON)
    assert ours == generate(KEY, SECRET, SESSION, "eu-central-1", 60, at=NOON)
    with pytest.raises(TypeError, match="region="):
        generate(credentials, "eu-central-1")  # type: ignore[call-overload]


def test_a_clock_before_1970(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: -100.5)
    with pytest.raises(bedrock_token.SigningTimeError):
        generate(KEY, SECRET, None, "eu-central-1")


def test_version() -> None:
    assert bedrock_token.__version__ == metadata.version("bedrock-token")


def test_everything_that_is_offered_is_there() -> None:
    for name in bedrock_token.__all__:
        assert getattr(bedrock_token, name).__doc__ or name in {"Service", "Source"}  # types
    for name in ("BearerAuth", "BedrockTokenGenerator", "provide_token", *bedrock_token.__all__):
        assert name in dir(bedrock_token)
    with pytest.raises(AttributeError):
        bedrock_token.no_such_name  # noqa: B018
