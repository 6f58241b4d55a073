"""Credentials that botocore finds, and a client of botocore."""

import functools
import os
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Callable

import pytest

from .needs import needs
from .services import serve

needs("botocore")

from botocore.credentials import Credentials as BotocoreCredentials
from botocore.credentials import RefreshableCredentials
from botocore.session import Session

import bedrock_token
from bedrock_token import Credentials, Provider, authorize, from_session, inspect

KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of this machine's."""
    for name in os.environ:
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))


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


def test_one_session_and_its_credentials_end(calls: Callable[[], int]) -> None:
    provider = from_session()
    assert calls() == 0
    tokens = []
    for _ in range(3):
        token, expires_at = provider.get_with_expiry()
        tokens.append(token)
        assert abs(expires_at - time.time() - 3600) < 60  # the credentials', not 12 hours
        provider.invalidate()
    assert calls() == 1
    assert inspect(tokens[0]).region == "eu-west-1"
    assert inspect(tokens[0]).has_session


def test_refreshed_credentials_are_taken(
    calls: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session()
    provider = from_session(session)
    _, first_end = provider.get_with_expiry()
    credentials = session.get_credentials()
    for ahead in (50 * 60, 56 * 60):
        # Both clocks go on: ours, and botocore's in its credentials.
        monkeypatch.setattr("bedrock_token._provider.time", lambda a=ahead: time.time() + a)
        credentials._time_fetcher = lambda a=ahead: (
            datetime.now(timezone.utc) + timedelta(seconds=a)
        )
        assert provider.get_with_expiry()[1] >= first_end
        assert calls() == (1 if ahead == 50 * 60 else 2)


def test_region_by_botocores_rules(
    monkeypatch: pytest.MonkeyPatch, calls: Callable[[], int]
) -> None:
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    assert from_session().region == "eu-west-1"
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-2")
    assert from_session().region == "us-east-2"
    assert from_session(region="us-west-2").region == "us-west-2"
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.delenv("AWS_CONFIG_FILE")
    assert from_session().region == "us-east-1"
    monkeypatch.delenv("AWS_REGION")
    with pytest.raises(ValueError, match=r"^region is missing.*AWS_REGION"):
        from_session()


def test_boto3s_session() -> None:
    needs("boto3")
    import boto3

    session = boto3.Session(KEY, SECRET, region_name="ap-south-1")
    provider = from_session(session, expires=600, service="claude-platform")
    info = inspect(provider.get())
    assert (info.access_key, info.region, info.service) == (KEY, "ap-south-1", "claude-platform")
    assert info.expires_at - info.issued_at == 600


def test_no_credentials() -> None:
    provider = from_session(region="eu-central-1")
    with pytest.raises(bedrock_token.NoCredentialsError) as raised:
        provider.get()
    assert type(raised.value.__cause__).__module__ == "botocore.exceptions"


def test_a_source_may_return_botocores_object() -> None:
    end = datetime.now(timezone.utc) + timedelta(hours=2)
    refreshable = RefreshableCredentials(
        "ASIAIOSFODNN7EXAMPLE", SECRET, "session", end, lambda: {}, "test"
    )
    token, expires_at = Provider(lambda: refreshable, "eu-central-1").get_with_expiry()
    assert expires_at == int(end.timestamp())
    assert inspect(token).has_session
    long_term = BotocoreCredentials(KEY, SECRET)
    token, expires_at = Provider(lambda: long_term, "eu-central-1").get_with_expiry()
    assert expires_at == inspect(token).expires_at


def test_credentials_are_of_one_moment() -> None:
    """Another thread refreshes between the secrets and their end."""
    first, second = (datetime(year, 1, 1, tzinfo=timezone.utc) for year in (2090, 2091))

    class Changing(BotocoreCredentials):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__("ASIA1", SECRET, "one")
            self._token, self._expiry_time, self.reads = "one", first, 0

        def get_frozen_credentials(self) -> Any:
            frozen = super().get_frozen_credentials()
            self.reads += 1
            if self.reads == 1:
                self.access_key, self.token, self._token = "ASIA2", "two", "two"
                self._expiry_time = second
            return frozen

    changing = Changing()
    asked = bedrock_token._credentials.from_botocore(changing)
    assert asked == Credentials("ASIA2", SECRET, "two", second)
    assert changing.reads == 2


class Client:
    """A client, and the tokens that it sends."""

    def __init__(self, url: str, **options: Any) -> None:
        session = Session()
        session.set_credentials("AKIAI44QH8DHBEXAMPLE", "not used")
        self.client = session.create_client(
            "bedrock-runtime", region_name="eu-central-1", endpoint_url=url, **options
        )

    def converse(self) -> str:
        answer = self.client.converse(
            modelId="m", messages=[{"role": "user", "content": [{"text": "Say hello."}]}]
        )
        text: str = answer["output"]["message"]["content"][0]["text"]
        return text


def test_a_client_sends_a_fresh_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "a frozen one")
    provider = Provider(lambda: Credentials(KEY, SECRET), "eu-central-1")
    with serve() as server:
        client = Client(server.url)
        authorize(client.client, provider)
        sent = []
        for _ in range(2):
            assert client.converse() == "Hello."
            sent.append(provider.get())
            provider.invalidate()
            time.sleep(1.1)  # a token of another second
    assert server.authorizations == [[f"Bearer {token}"] for token in sent]
    assert sent[0] != sent[1]


def test_every_attempt_has_a_token_of_its_own() -> None:
    expires = [3600]
    provider = Provider(lambda: Credentials(KEY, SECRET), "eu-central-1")

    class EachTime:
        region, service = provider.region, provider.service

        def get(self) -> str:
            expires[0] += 1
            return bedrock_token.generate(KEY, SECRET, None, "eu-central-1", expires[0])

    with serve() as server:
        server.refuse = 2
        client = Client(server.url)
        authorize(client.client, EachTime())  # type: ignore[arg-type]
        assert client.converse() == "Hello."
    assert len(server.authorizations) == 3
    assert len({authorization for (authorization,) in server.authorizations}) == 3


def test_the_last_provider_counts() -> None:
    with serve() as server:
        client = Client(server.url)
        for key in ("AKIAI44QH8DHBEXAMPLE", KEY):
            source = functools.partial(Credentials, key, SECRET)
            authorize(client.client, Provider(source, "eu-central-1"))
        client.converse()
    ((authorization,),) = server.authorizations
    assert inspect(authorization[len("Bearer ") :]).access_key == KEY


def test_no_token_for_others() -> None:
    here = Provider(lambda: Credentials(KEY, SECRET), "eu-central-1")
    client = Client("http://gateway.example").client
    with pytest.raises(ValueError, match="region"):
        authorize(client, Provider(lambda: None, "us-east-1"))
    with pytest.raises(ValueError, match="claude-platform"):
        authorize(client, Provider(lambda: None, "eu-central-1", service="claude-platform"))
    with pytest.raises(ValueError, match="sts"):
        authorize(Session().create_client("sts", region_name="eu-central-1"), here)
    authorize(client, here)
    with pytest.raises(ValueError, match="not https"):
        client.converse(modelId="m", messages=[])
