"""Credentials that botocore finds: from_session(), the objects of botocore, and provide_token()."""

import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Callable, Optional
from unittest.mock import MagicMock

import pytest

from shared import KEY, REGION, SECRET, key_of, needs

needs("botocore")
needs("boto3")

import boto3
from botocore.credentials import Credentials as BotocoreCredentials
from botocore.credentials import RefreshableCredentials
from botocore.loaders import Loader
from botocore.session import Session

import bedrock_token
from bedrock_token import Credentials, Provider, compat, from_session, inspect
from bedrock_token._credentials import from_botocore
from bedrock_token._hosts import PARTITIONS

pytestmark = pytest.mark.usefixtures("bare_environment")
OTHER = "AKIAI44QH8DHBEXAMPLE"
IN_TWO_HOURS = datetime.now(timezone.utc) + timedelta(hours=2)


def refreshable(key: str = "ASIAIOSFODNN7EXAMPLE", method: str = "test") -> RefreshableCredentials:
    return RefreshableCredentials(key, SECRET, "session", IN_TWO_HOURS, lambda: {}, method)


@pytest.fixture
def write_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """Writes an access key into a shared file."""
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))

    def write(key: str, section: str = "default", file: str = "credentials") -> None:
        text = f"[{section}]\naws_access_key_id = {key}\naws_secret_access_key = {SECRET}\n"
        (tmp_path / file).write_text(text)

    return write


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], int]:
    """A profile with a credential process, and how often that was started."""
    log = tmp_path / "calls"
    script = tmp_path / "process.py"
    script.write_text(
        f"""
import json, time
open({str(log)!r}, "a").write("x")
end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
print(json.dumps({{"Version": 1, "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
    "SecretAccessKey": {SECRET!r}, "SessionToken": "FAKE/SESSION+TOKEN==", "Expiration": end}}))
"""
    )
    config = tmp_path / "config"
    config.write_text(
        f"[default]\nregion = eu-west-1\ncredential_process = {sys.executable} {script}\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    return lambda: len(log.read_text()) if log.exists() else 0


def test_each_renewal_looks_for_credentials(calls: Callable[[], int]) -> None:
    provider = from_session()
    assert calls() == 0
    for number in (1, 2):
        token, expires_at = provider.get_with_expiry()
        assert provider.get() == token
        assert calls() == number
        assert abs(expires_at - time.time() - 3600) < 60  # the credentials', not 12 hours
        assert inspect(token).has_session
        provider.invalidate()


def test_a_session_of_the_callers_keeps_its_credentials(
    calls: Callable[[], int], ahead: Callable[[float], None]
) -> None:
    session = Session()
    provider = from_session(session)
    _, first_end = provider.get_with_expiry()
    for seconds, started in ((50 * 60, 1), (56 * 60, 2)):
        # Both clocks go on: ours, and botocore's in its credentials.
        ahead(seconds)
        session.get_credentials()._time_fetcher = lambda seconds=seconds: (
            datetime.now(timezone.utc) + timedelta(seconds=seconds)
        )
        assert provider.get_with_expiry()[1] >= first_end
        assert calls() == started


@pytest.mark.parametrize(
    ("profile", "section", "file"),
    [
        (None, "default", "config"),
        (None, "default", "credentials"),
        ("mine", "profile mine", "config"),
        ("mine", "mine", "credentials"),
    ],
)
def test_a_key_that_is_replaced_in_a_file(
    write_key: Callable[..., None], profile: Optional[str], section: str, file: str
) -> None:
    write_key(OTHER, section, file)
    sessions = [Session(profile=profile), boto3.Session(profile_name=profile)]
    for session in sessions if profile else [None, *sessions]:
        write_key(OTHER, section, file)
        provider = from_session(session, region=REGION)
        assert key_of(provider.get()) == OTHER
        write_key(KEY, section, file)
        provider.invalidate()
        assert key_of(provider.get()) == KEY


def test_credentials_that_a_program_gave_to_its_session(write_key: Callable[..., None]) -> None:
    """A key in a file is another one's."""
    write_key(OTHER)
    given, assumed = Session(), Session()
    given.set_credentials(KEY, SECRET)
    assumed._credentials = refreshable(KEY, "assume-role")
    for session in (given, assumed, boto3.Session(KEY, SECRET)):
        provider = from_session(session, REGION, 600, service="claude-platform")
        for _ in range(2):
            info = inspect(provider.get())
            assert (info.access_key, info.service) == (KEY, "claude-platform")
            assert info.expires_at - info.issued_at == 600
            provider.invalidate()


def test_the_region_by_botocores_rules(
    monkeypatch: pytest.MonkeyPatch, calls: Callable[[], int]
) -> None:
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    assert from_session().region == "eu-west-1"
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-2")
    assert from_session().region == "us-east-2"
    assert from_session(region="us-west-2").region == "us-west-2"
    assert from_session(boto3.Session(region_name="ap-south-1")).region == "ap-south-1"
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.delenv("AWS_CONFIG_FILE")
    assert from_session().region == "us-east-1"
    monkeypatch.delenv("AWS_REGION")
    with pytest.raises(ValueError, match=r"^region is missing.*AWS_REGION"):
        from_session()
    with pytest.raises(TypeError, match=r'not str; .* from_session\(region="\.\.\."\)'):
        from_session("eu-central-1")  # type: ignore[arg-type]


def test_no_credentials() -> None:
    with pytest.raises(bedrock_token.NoCredentialsError) as raised:
        from_session(region=REGION).get()
    assert type(raised.value.__cause__).__module__ == "botocore.exceptions"


def test_a_source_may_return_botocores_object() -> None:
    token, expires_at = Provider(refreshable, REGION).get_with_expiry()
    assert expires_at == int(IN_TWO_HOURS.timestamp())
    assert inspect(token).has_session
    long_term = BotocoreCredentials(KEY, SECRET)
    token, expires_at = Provider(lambda: long_term, REGION).get_with_expiry()
    assert expires_at == inspect(token).expires_at


def test_all_fields_are_of_one_moment() -> None:
    """Though another thread refreshes the credentials while they are read."""
    later = IN_TWO_HOURS + timedelta(hours=1)

    class Changing(BotocoreCredentials):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__("ASIA1", SECRET, "one")
            self._token, self._expiry_time, self.reads = "one", IN_TWO_HOURS, 0

        def get_frozen_credentials(self) -> Any:
            frozen = super().get_frozen_credentials()
            self.reads += 1
            if self.reads == 1:
                self.access_key, self.token, self._token = "ASIA2", "two", "two"
                self._expiry_time = later
            return frozen

    changing = Changing()
    assert from_botocore(changing) == Credentials("ASIA2", SECRET, "two", later)
    assert changing.reads == 2


def test_credentials_that_never_settle() -> None:
    """Each of these made the call hang, and with it all that waited for it."""
    set_by_hand = refreshable()
    set_by_hand.token = "another"
    provider = Provider(lambda: set_by_hand, REGION)
    assert provider.get_with_expiry()[1] == int(IN_TWO_HOURS.timestamp())
    credentials = MagicMock()
    with pytest.raises(bedrock_token.NoCredentialsError, match="access_key must be a str"):
        Provider(lambda: credentials, REGION).get()
    assert credentials.get_frozen_credentials.call_count == 3
    frozen = MagicMock(access_key=KEY, secret_key=SECRET, token=None)
    credentials.get_frozen_credentials.return_value = frozen
    assert Provider(lambda: credentials, REGION).get()  # without an end


def test_provide_token_looks_anew_in_each_call(
    write_key: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the official one does, at any change of the environment or of a file."""
    monkeypatch.setenv("AWS_REGION", "ap-northeast-1")
    for key in (KEY, OTHER):
        write_key(key)
        info = inspect(compat.provide_token(expiry=timedelta(minutes=5)))
        assert (info.access_key, info.region) == (key, "ap-northeast-1")
        assert info.expires_at - info.issued_at == 300
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    for key in (KEY, OTHER):
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
        assert key_of(bedrock_token.provide_token()) == key


def test_the_official_interface_is_stricter() -> None:
    """What the service would refuse is a ValueError. Credentials are read at one moment."""
    generator = bedrock_token.BedrockTokenGenerator()
    for credentials in (
        BotocoreCredentials(KEY, SECRET + "\n"),
        BotocoreCredentials("ASIAIOSFODNN7EXAMPLE", "x"),
    ):
        with pytest.raises(ValueError, match=r"^(secret|session)") as raised:
            generator.get_token(credentials, REGION)
        assert SECRET not in str(raised.value)
    frozen = MagicMock(access_key=KEY, secret_key=SECRET, token="t")
    mock = MagicMock(spec=RefreshableCredentials)
    mock.get_frozen_credentials.return_value = frozen
    assert key_of(generator.get_token(mock, REGION)) == KEY
    mock.get_frozen_credentials.assert_called_once_with()


def test_the_partitions_are_botocores() -> None:
    for partition in Loader().load_data("partitions")["partitions"]:
        outputs = partition["outputs"]
        for region in partition["regions"]:
            if region[-1].isdigit():
                _, *ends = next(p for p in PARTITIONS if region.startswith(p[0]))
                assert ends == [outputs["dnsSuffix"], outputs["dualStackDnsSuffix"]], region
