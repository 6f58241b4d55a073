"""Credentials that botocore finds, and a client of botocore."""

import os
import sys
import threading
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Callable, Optional
from unittest.mock import MagicMock

import pytest

from .needs import needs
from .services import serve

needs("botocore")

from botocore.config import Config
from botocore.credentials import Credentials as BotocoreCredentials
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import EndpointConnectionError
from botocore.session import Session

import bedrock_token
from bedrock_token import Credentials, Provider, authorize, from_session, inspect
from bedrock_token._hosts import PARTITIONS

KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
KEYS = [KEY, *(f"AKIAIOSFODNN7EXAMPL{number}" for number in range(8))]


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


def test_each_renewal_looks_for_credentials(calls: Callable[[], int]) -> None:
    provider = from_session()
    assert calls() == 0
    tokens = []
    for _ in range(3):
        token, expires_at = provider.get_with_expiry()
        tokens.append(token)
        assert provider.get() == token
        assert abs(expires_at - time.time() - 3600) < 60  # the credentials', not 12 hours
        provider.invalidate()
    assert calls() == 3
    assert inspect(tokens[0]).region == "eu-west-1"
    assert inspect(tokens[0]).has_session


def test_a_session_of_the_callers_keeps_its_credentials(
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


def sessions(profile: Optional[str]) -> "list[Any]":
    needs("boto3")
    import boto3

    return [
        *([None] if profile is None else []),
        Session(profile=profile),
        boto3.Session(profile_name=profile),
    ]


@pytest.mark.parametrize("file", ["config", "credentials"])
@pytest.mark.parametrize("profile", [None, "mine"])
def test_a_key_that_is_replaced_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, profile: Optional[str]
) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    section = profile or "default"
    if profile and file == "config":
        section = f"profile {profile}"

    def write(key: str) -> None:
        text = f"[{section}]\naws_access_key_id = {key}\naws_secret_access_key = {SECRET}\n"
        (tmp_path / file).write_text(text)

    write("AKIAI44QH8DHBEXAMPLE")
    for session in sessions(profile):
        write("AKIAI44QH8DHBEXAMPLE")
        provider = from_session(session, region="eu-central-1")
        assert inspect(provider.get()).access_key == "AKIAI44QH8DHBEXAMPLE"
        write(KEY)
        provider.invalidate(provider.get())
        assert inspect(provider.get()).access_key == KEY


def test_credentials_that_a_program_gave_to_its_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key in a file is another one's."""
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    (tmp_path / "credentials").write_text(
        f"[default]\naws_access_key_id = AKIAI44QH8DHBEXAMPLE\naws_secret_access_key = {SECRET}\n"
    )
    given, assumed = Session(), Session()
    given.set_credentials(KEY, SECRET)
    end = datetime.now(timezone.utc) + timedelta(hours=2)
    assumed._credentials = RefreshableCredentials(KEY, SECRET, "s", end, lambda: {}, "assume-role")
    for session in (given, assumed):
        provider = from_session(session, region="eu-central-1")
        assert inspect(provider.get()).access_key == KEY
        provider.invalidate()
        assert inspect(provider.get()).access_key == KEY


def test_a_region_is_no_session() -> None:
    with pytest.raises(TypeError, match=r'not str; .* from_session\(region="\.\.\."\)'):
        from_session("eu-central-1")  # type: ignore[arg-type]


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


def test_credentials_that_never_settle() -> None:
    """Each of these made the call hang, and with it all that waited for it."""
    end = datetime.now(timezone.utc) + timedelta(hours=2)
    set_by_hand = RefreshableCredentials(
        "ASIAIOSFODNN7EXAMPLE", SECRET, "session", end, lambda: {}, "test"
    )
    set_by_hand.token = "another"
    provider = Provider(lambda: set_by_hand, "eu-central-1")
    assert provider.get_with_expiry()[1] == int(end.timestamp())
    credentials = MagicMock()
    with pytest.raises(bedrock_token.NoCredentialsError, match="access_key must be a str"):
        Provider(lambda: credentials, "eu-central-1").get()
    assert credentials.get_frozen_credentials.call_count == 3
    frozen = MagicMock(access_key=KEY, secret_key=SECRET, token=None)
    credentials.get_frozen_credentials.return_value = frozen
    assert Provider(lambda: credentials, "eu-central-1").get()  # without an end


class Client:
    """A client, and the tokens that it sends."""

    def __init__(self, url: Optional[str], service: str = "bedrock-runtime", **options: Any):
        session = Session()
        session.set_credentials("AKIAI44QH8DHBEXAMPLE", "not used")
        self.client = session.create_client(
            service, region_name="eu-central-1", endpoint_url=url, **options
        )

    def converse(self) -> str:
        answer = self.client.converse(
            modelId="m", messages=[{"role": "user", "content": [{"text": "Say hello."}]}]
        )
        text: str = answer["output"]["message"]["content"][0]["text"]
        return text


def test_a_client_sends_a_fresh_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "a frozen one")
    keys = iter(KEYS)
    provider = Provider(lambda: Credentials(next(keys), SECRET), "eu-central-1")
    with serve() as server:
        client = Client(server.url)
        authorize(client.client, provider)
        sent = []
        for _ in range(2):
            assert client.converse() == "Hello."
            sent.append(provider.get())
            provider.invalidate()
    assert server.authorizations == [[f"Bearer {token}"] for token in sent]
    assert sent[0] != sent[1]


def test_every_attempt_has_a_token_of_its_own() -> None:
    """The token may end while botocore waits before it tries again."""
    keys = iter(KEYS)
    provider = Provider(lambda: Credentials(next(keys), SECRET), "eu-central-1")
    with serve() as server:
        server.refuse = [503, 503]
        server.on_request = provider.invalidate
        client = Client(server.url)
        authorize(client.client, provider)
        assert client.converse() == "Hello."
    assert [inspect(token).access_key for token in server.tokens()] == list(KEYS[:3])


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_is_renewed_and_the_request_repeated_once(status: int) -> None:
    keys = iter(KEYS)
    provider = Provider(lambda: Credentials(next(keys), SECRET), "eu-central-1")
    with serve() as server:
        client = Client(server.url)
        authorize(client.client, provider)
        server.refuse = [status]
        assert client.converse() == "Hello."
        assert [inspect(token).access_key for token in server.tokens()] == list(KEYS[:2])
        # A permission may be missing: that must not start a renewal with each request.
        server.refuse = [status] * 10
        for _ in range(10):
            with pytest.raises(client.client.exceptions.ClientError):
                client.converse()
        assert [inspect(token).access_key for token in server.tokens()[2:]] == [KEYS[1]] * 10


def test_a_request_is_repeated_once_though_there_is_always_another_token() -> None:
    keys = iter(KEYS)
    provider = Provider(lambda: Credentials(next(keys), SECRET), "eu-central-1")
    with serve() as server:
        client = Client(server.url)
        authorize(client.client, provider)
        server.on_request, server.refuse = provider.invalidate, [403] * 10
        with pytest.raises(client.client.exceptions.ClientError):
            client.converse()
    assert [inspect(token).access_key for token in server.tokens()] == list(KEYS[:2])


def test_a_refusal_while_the_source_fails() -> None:
    """The kept token stays: it may be refused for another reason."""
    credentials: list[Credentials] = [Credentials(KEY, SECRET)]
    provider = Provider(lambda: credentials.pop(), "eu-central-1")
    with serve() as server:
        client = Client(server.url)
        authorize(client.client, provider)
        server.refuse = [403]
        with pytest.raises(client.client.exceptions.ClientError):
            client.converse()
        assert isinstance(provider.failure, bedrock_token.NoCredentialsError)
        assert client.converse() == "Hello."
    assert len(set(server.tokens())) == 1


def test_a_refusal_while_the_source_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bedrock_token._provider._REFUSAL_WAIT", 0.05)
    may_go_on = threading.Event()
    answers = iter([Credentials(KEY, SECRET), Credentials(KEYS[1], SECRET)])

    def source() -> Credentials:
        answer = next(answers)
        assert answer.access_key == KEY or may_go_on.wait(60)
        return answer

    provider = Provider(source, "eu-central-1")
    with serve() as server:
        client = Client(server.url)
        authorize(client.client, provider)
        server.refuse = [403]
        with pytest.raises(client.client.exceptions.ClientError):
            client.converse()
        may_go_on.set()  # it went on in the background
        while inspect(provider.get()).access_key == KEY:
            time.sleep(0.001)
        assert client.converse() == "Hello."


def test_the_last_provider_counts() -> None:
    with serve() as server:
        client = Client(server.url)
        asked = []
        for key in ("AKIAI44QH8DHBEXAMPLE", KEY):

            def source(key: str = key) -> Credentials:
                asked.append(key)
                return Credentials(key, SECRET)

            authorize(client.client, Provider(source, "eu-central-1"))
        client.converse()
    assert [inspect(token).access_key for token in server.tokens()] == [KEY]
    assert asked == [KEY]


def test_no_token_for_other_clients() -> None:
    here = Provider(lambda: Credentials(KEY, SECRET), "eu-central-1")
    client = Client(None).client
    with pytest.raises(ValueError, match="region"):
        authorize(client, Provider(lambda: Credentials(KEY, SECRET), "us-east-1"))
    claude = Provider(lambda: Credentials(KEY, SECRET), "eu-central-1", service="claude-platform")
    with pytest.raises(ValueError, match="claude-platform"):
        authorize(client, claude)
    session = Session()
    takes_none = ["sts"]
    for service in session.get_available_services():
        if service.startswith("bedrock"):
            model = session.get_service_model(service)
            if "smithy.api#httpBearerAuth" not in model.metadata.get("auth", ()):
                takes_none.append(service)
    assert {"bedrock-agent-runtime", "bedrock-data-automation"} <= {*takes_none}
    for service in takes_none:
        with pytest.raises(ValueError, match=service):
            authorize(Client(None, service).client, here)
    authorize(Client(None, "bedrock").client, here)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://gateway.example", "hosts="),
        ("https://gateway.example", "hosts="),
        ("https://bedrock-runtime.us-east-1.amazonaws.com", "hosts="),
        ("http://bedrock-runtime.eu-central-1.amazonaws.com", "https only"),
        ("https://bedrock-runtime.eu-central-1.amazonaws.com@gateway.example", "written"),
        ("https://gateway.example\\@bedrock-runtime.eu-central-1.amazonaws.com", "written"),
    ],
)
def test_no_token_for_other_hosts(url: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if the environment says so."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", url)
    client = Client(None)
    calls: list[None] = []

    def source() -> Credentials:
        calls.append(None)
        return Credentials(KEY, SECRET)

    authorize(client.client, Provider(source, "eu-central-1"))
    with pytest.raises(bedrock_token.HostError, match=said):
        client.converse()
    assert not calls


def test_a_gateway_that_is_listed() -> None:
    provider = Provider(lambda: Credentials(KEY, SECRET), "eu-central-1")
    client = Client(
        "https://gateway.example:8443", config=Config(retries={"total_max_attempts": 1})
    )
    authorize(client.client, provider, hosts=["gateway.example:8443"])
    with pytest.raises(EndpointConnectionError):
        client.converse()


@pytest.mark.parametrize("by", ["environment", "configuration"])
def test_no_token_in_the_clear_to_a_proxy(by: str, monkeypatch: pytest.MonkeyPatch) -> None:
    provider = Provider(lambda: Credentials(KEY, SECRET), "eu-central-1")
    with serve() as proxy, serve() as server:
        if by == "environment":
            monkeypatch.setenv("http_proxy", proxy.url)
            client = Client(server.url)
            monkeypatch.delenv("http_proxy")
        else:
            client = Client(server.url, config=Config(proxies={"http": proxy.url}))
        authorize(client.client, provider)
        with pytest.raises(bedrock_token.HostError, match="proxy"):
            client.converse()
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        client = Client(server.url)
        authorize(client.client, provider)
        assert client.converse() == "Hello."
        assert not proxy.authorizations


def test_no_presigned_url() -> None:
    client = Client(None).client
    authorize(client, Provider(lambda: Credentials(KEY, SECRET), "eu-central-1"))
    with pytest.raises(ValueError, match="presigned"):
        client.generate_presigned_url("converse", {"modelId": "m", "messages": []})


def test_the_partitions_are_botocores() -> None:
    from botocore.loaders import Loader

    for partition in Loader().load_data("partitions")["partitions"]:
        outputs = partition["outputs"]
        for region in partition["regions"]:
            if region[-1].isdigit():
                _, *ends = next(p for p in PARTITIONS if region.startswith(p[0]))
                assert ends == [outputs["dnsSuffix"], outputs["dualStackDnsSuffix"]], region
