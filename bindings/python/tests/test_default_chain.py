"""provide_token() sees every change of what the official one looks at, though it keeps credentials."""

import os
from pathlib import Path
from typing import Any, Callable, Union
from unittest.mock import patch

import pytest

from .needs import needs

needs("botocore")
needs("aws_bedrock_token_generator")

import aws_bedrock_token_generator as official
from botocore.credentials import Credentials
from botocore.session import Session

import bedrock_token
from bedrock_token import compat

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


class Counted(Session):  # type: ignore[misc]
    """Counts how often botocore is asked."""

    made = 0

    def __init__(self) -> None:
        Counted.made += 1
        super().__init__()


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home without credentials."""
    for name in os.environ:
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(compat, "Session", Counted)
    Counted.made = 0
    (tmp_path / ".aws").mkdir()
    return tmp_path


def key(number: int) -> str:
    return f"AKIAIOSFODNN7EXAMP{number:02}"


def section(name: str, number: int) -> str:
    return f"[{name}]\naws_access_key_id = {key(number)}\naws_secret_access_key = {SECRET}\n"


def found(provide_token: "Callable[[str], str]") -> "Union[str, type[BaseException]]":
    """The access key that it finds, or the exception."""
    try:
        return bedrock_token.inspect(provide_token("eu-central-1")).access_key
    except Exception as error:
        return type(error)


def now_finds(expected: object) -> None:
    """The official function and ours, both times."""
    assert [found(official.provide_token), found(compat.provide_token)] == [expected] * 2
    assert found(compat.provide_token) == expected


def test_credentials_of_the_environment_are_kept_until_it_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key(1))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    now_finds(key(1))
    now_finds(key(1))
    assert Counted.made == 1
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key(2))
    now_finds(key(2))
    assert Counted.made == 2
    monkeypatch.setenv("AWS_SESSION_TOKEN", "FAKE/SESSION+TOKEN==")
    assert bedrock_token.inspect(compat.provide_token("eu-central-1")).has_session
    assert Counted.made == 3
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    now_finds(RuntimeError)


def test_a_file_is_read_again_even_if_only_its_contents_changed(home: Path) -> None:
    file = home / ".aws" / "credentials"
    file.write_text(section("default", 1))
    now_finds(key(1))
    now_finds(key(1))
    assert Counted.made == 1
    before = file.stat()
    file.write_text(section("default", 2))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (file.stat().st_size, file.stat().st_ino) == (before.st_size, before.st_ino)
    now_finds(key(2))
    file.unlink()
    now_finds(RuntimeError)
    file.write_text(section("default", 2))
    now_finds(key(2))


def test_another_profile(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / ".aws" / "credentials").write_text(section("default", 1) + section("one", 2))
    (home / ".aws" / "config").write_text(section("profile two", 3))
    now_finds(key(1))
    monkeypatch.setenv("AWS_PROFILE", "one")
    now_finds(key(2))
    monkeypatch.setenv("AWS_PROFILE", "two")
    now_finds(key(3))
    assert Counted.made == 3
    (home / ".aws" / "config").write_text(section("profile two", 4))
    now_finds(key(4))
    monkeypatch.setenv("AWS_DEFAULT_PROFILE", "one")
    now_finds(key(2))
    assert Counted.made == 5
    monkeypatch.setenv("AWS_DEFAULT_PROFILE", "three")
    from botocore.exceptions import ProfileNotFound

    now_finds(ProfileNotFound)


def test_another_file(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for number in (1, 2):
        folder = tmp_path / str(number)
        (folder / ".aws").mkdir(parents=True)
        (folder / ".aws" / "credentials").write_text(section("default", number))
        (folder / "here").write_text(section("default", 10 + number))
        monkeypatch.setenv("HOME", str(folder))
        now_finds(key(number))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "here")
    for number in (1, 2):
        monkeypatch.chdir(tmp_path / str(number))
        now_finds(key(10 + number))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "$HOME/here")
    now_finds(key(12))


def test_a_credential_process_runs_each_time(home: Path) -> None:
    program = home / "program"
    text = '{"Version": 1, "AccessKeyId": "%s", "SecretAccessKey": "%s"}'
    program.write_text(f"echo run >>{home}/runs; echo '{text % (key(1), SECRET)}'")
    (home / ".aws" / "config").write_text(f"[default]\ncredential_process = sh {program}\n")
    for runs in (1, 2, 3):
        assert found(compat.provide_token) == key(1)
        assert (home / "runs").read_text() == "run\n" * runs


def test_credentials_that_end_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key(1))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", "2999-01-01T00:00:00Z")
    now_finds(key(1))
    assert Counted.made == 2


@pytest.mark.parametrize("of_a_file", [False, True])
def test_a_change_during_the_look_is_not_kept(
    home: Path, monkeypatch: pytest.MonkeyPatch, of_a_file: bool
) -> None:
    """As if another thread did it, and took it back."""
    (home / ".aws" / "credentials").write_text(section("default", 1) + section("other", 2))
    if not of_a_file:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key(1))
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    change = {"AWS_PROFILE": "other"} if of_a_file else {"AWS_ACCESS_KEY_ID": key(2)}

    class Disturbed(Counted):
        disturb = True

        def get_credentials(self) -> Any:
            with patch.dict(os.environ, change if Disturbed.disturb else {}):
                return super().get_credentials()

    monkeypatch.setattr(compat, "Session", Disturbed)
    assert found(compat.provide_token) == key(2)
    Disturbed.disturb = False
    now_finds(key(1))


def test_a_replaced_session_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key(1))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    now_finds(key(1))
    other = Credentials(key(2), SECRET)
    with patch.object(Counted, "get_credentials", return_value=other):
        assert found(compat.provide_token) == key(2)
    with patch.object(compat, "Session") as session:
        session.return_value.get_credentials.return_value = other
        assert found(compat.provide_token) == key(2)
    now_finds(key(1))
