"""authorize() and BearerAuth: both keep to the same rules."""

import asyncio
import io
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Callable

import pytest

import bedrock_token
from bedrock_token import Credentials, HostError, Provider, authorize
from shared import GOOD, KEYS, REGION, SECRET, Source, key_of, needs, rotating

pytestmark = pytest.mark.usefixtures("bare_environment")
HTTPX = ["httpx", "httpx-async", "httpx2", "httpx2-async"]


class Wire:
    """A client, and the service at its other end, which may refuse the first requests."""

    def __init__(self) -> None:
        self.headers: list[Any] = []
        self.bodies: list[bytes] = []
        self.refuse: list[int] = []
        self.on_request: Callable[[], object] = lambda: None

    def answer(self, headers: Any, body: bytes) -> int:
        text = {
            name.lower(): value.decode() if isinstance(value, bytes) else value
            for name, value in headers.items()
        }
        assert "x-api-key" not in text
        self.headers.append(text)
        self.bodies.append(body)
        self.on_request()
        return self.refuse.pop(0) if self.refuse else 200

    def tokens(self) -> "list[str]":
        texts = [headers["authorization"] for headers in self.headers]
        assert all(text.startswith("Bearer ") for text in texts)
        return [text[len("Bearer ") :] for text in texts]

    def keys(self) -> "list[str]":
        return [key_of(token) for token in self.tokens()]

    def post(self, provider: Provider, url: str = "", hosts: Any = (), **options: Any) -> int:
        """The status of a request; by default to the service's own host."""
        raise NotImplementedError


class Httpx(Wire):
    def __init__(self, httpx: Any, is_async: bool) -> None:
        super().__init__()
        self.httpx, self.is_async = httpx, is_async
        self.transport = httpx.MockTransport(self.respond)

    def respond(self, request: Any) -> Any:
        """Only a client that follows redirects reads the location."""
        status = self.answer(request.headers, request.content)
        return self.httpx.Response(status, headers={"Location": "https://gateway.example.com/"})

    def post(self, provider: Provider, url: str = "", hosts: Any = (), **options: Any) -> int:
        auth = bedrock_token.BearerAuth(provider, hosts=hosts)
        assert isinstance(auth, self.httpx.Auth)
        placeholders = {"Authorization": "Bearer placeholder", "X-Api-Key": "placeholder"}
        options = {"auth": auth, "content": b"question", "headers": placeholders, **options}
        url = url or f"https://bedrock-runtime.{REGION}.amazonaws.com/"

        async def post() -> Any:
            async with self.httpx.AsyncClient(transport=self.transport) as client:
                return await client.post(url, **options)

        if self.is_async:
            return int(asyncio.run(post()).status_code)
        with self.httpx.Client(transport=self.transport) as client:
            return int(client.post(url, **options).status_code)


class Raw(io.BytesIO):
    def stream(self) -> Iterator[bytes]:
        yield self.read()


class Botocore(Wire):
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from botocore.session import Session

        super().__init__()
        self.session = Session()
        self.session.set_credentials("AKIAI44QH8DHBEXAMPLE", "not used")
        monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "placeholder")

    def client(self, url: str = "", **options: Any) -> Any:
        from botocore.awsrequest import AWSResponse

        def send(request: Any, **_: Any) -> AWSResponse:
            status = self.answer(request.headers, request.body)
            return AWSResponse(request.url, status, {}, Raw(b"{}"))

        client = self.session.create_client(
            "bedrock-runtime", region_name=REGION, endpoint_url=url or None, **options
        )
        client.meta.events.register("before-send", send)
        return client

    def ask(self, client: Any) -> int:
        from botocore.exceptions import ClientError

        try:
            client.converse(modelId="m", messages=[{"role": "user", "content": [{"text": "?"}]}])
        except ClientError as error:
            return int(error.response["ResponseMetadata"]["HTTPStatusCode"])
        return 200

    def post(self, provider: Provider, url: str = "", hosts: Any = (), **options: Any) -> int:
        client = self.client(url, **options)
        authorize(client, provider, hosts=hosts)
        return self.ask(client)


over_httpx = pytest.mark.parametrize("wire", HTTPX, indirect=True)


@pytest.fixture(params=[*HTTPX, "botocore"])
def wire(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Wire:
    name, _, is_async = request.param.partition("-")
    if name == "httpx2" and sys.version_info < (3, 11):
        pytest.skip("httpx2 is for Python 3.11 and newer")
    needs(name)
    if name == "botocore":
        return Botocore(monkeypatch)
    return Httpx(import_module(name), bool(is_async))


def test_each_request_has_the_token_of_now(wire: Wire) -> None:
    """An answer that is no refusal of the token renews nothing."""
    provider = rotating()
    wire.refuse = [400, 404]
    assert [wire.post(provider) for _ in range(3)] == [400, 404, 200]
    provider.invalidate()
    assert wire.post(provider) == 200
    assert wire.keys() == [*[KEYS[0]] * 3, KEYS[1]]


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_is_renewed_and_the_request_repeated_once(wire: Wire, status: int) -> None:
    provider = rotating()
    wire.refuse = [status]
    assert wire.post(provider) == 200
    assert wire.keys() == KEYS[:2]
    assert wire.bodies[0] == wire.bodies[1] != b""
    # A permission may be missing: that must not start a renewal with each request.
    wire.refuse = [status] * 10
    assert [wire.post(provider) for _ in range(10)] == [status] * 10
    assert wire.keys()[2:] == [KEYS[1]] * 10


def test_a_request_is_repeated_once_though_there_is_always_another_token(wire: Wire) -> None:
    provider = rotating()
    wire.on_request, wire.refuse = provider.invalidate, [403] * 10
    assert wire.post(provider) == 403
    assert wire.keys() == KEYS[:2]


def test_a_refusal_while_the_source_fails(wire: Wire) -> None:
    """The kept token stays: it may be refused for another reason."""
    source = Source()
    provider = Provider(source, REGION)

    def fail() -> None:
        source.error = OSError("no route to the credentials")

    wire.on_request, wire.refuse = fail, [403]
    assert [wire.post(provider) for _ in range(2)] == [403, 200]
    assert len({*wire.tokens()}) == 1
    assert isinstance(provider.failure, bedrock_token.NoCredentialsError)


def test_a_refusal_while_the_source_hangs(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bedrock_token._provider._REFUSAL_WAIT", 0.05)
    source = Source()
    provider = Provider(source, REGION)

    def hang() -> None:
        source.stand_still()
        source.credentials = Credentials(KEYS[1], SECRET)

    wire.on_request, wire.refuse = hang, [403]
    assert wire.post(provider) == 403
    source.may_go_on.set()  # it went on in the background
    while key_of(provider.get()) != KEYS[1]:
        threading.Event().wait(0.001)
    assert source.calls == 2


def test_a_refusal_while_another_thread_renews(
    wire: Wire, waiting: threading.Semaphore, ahead: Callable[[float], None]
) -> None:
    """The old token is in use meanwhile, and the refused request waits for the new one."""
    asked = threading.Event()
    keys = iter(KEYS)

    def source() -> Credentials:
        key = next(keys)
        if key != KEYS[0]:
            asked.set()
            assert waiting.acquire(timeout=60)
        return Credentials(key, SECRET)

    provider = Provider(source, REGION, 3600)
    provider.get()
    ahead(3600 - 60)
    renewing = threading.Thread(target=provider.get)
    renewing.start()
    assert asked.wait(60)
    wire.refuse = [403]
    assert wire.post(provider) == 200
    assert wire.keys() == KEYS[:2]
    renewing.join()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://api.openai.com/", "api.openai.com is not a host of bedrock in eu-central-1"),
        ("http://bedrock-runtime.eu-central-1.amazonaws.com/", "https only"),
        ("http://listed.example.com/", "https only"),
    ],
)
def test_no_token_for_other_hosts(wire: Wire, url: str, said: str) -> None:
    source = Source()
    with pytest.raises(HostError, match=said):
        wire.post(Provider(source, REGION), url, ["listed.example.com"])
    assert not wire.headers
    assert not source.calls


def test_a_host_that_is_listed(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = ["gateway.example.com", "127.0.0.1:8080"]
    local = "http://127.0.0.1:8080/"
    assert wire.post(rotating(), "https://gateway.example.com/", hosts) == 200
    assert wire.post(rotating(), local, hosts) == 200
    for variable in ("http_proxy", "ALL_PROXY" if isinstance(wire, Httpx) else "HTTP_PROXY"):
        with monkeypatch.context() as context:
            context.setenv(variable, "http://proxy.example.com")
            with pytest.raises(HostError, match="proxy"):
                wire.post(rotating(), local, hosts)
            context.setenv("no_proxy", "127.0.0.1")
            assert wire.post(rotating(), local, hosts) == 200
    assert len(wire.headers) == 4


@over_httpx
def test_a_redirect_elsewhere_has_no_token(wire: Httpx) -> None:
    wire.refuse = [307]
    assert wire.post(rotating(), follow_redirects=True) == 200
    assert ["authorization" in headers for headers in wire.headers] == [True, False]


@over_httpx
def test_a_body_that_is_used_up(wire: Httpx) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"question"

    async def pieces_async() -> AsyncIterator[bytes]:
        yield b"question"

    wire.refuse = [403]
    body: Callable[[], Any] = pieces_async if wire.is_async else pieces
    assert wire.post(rotating(), content=body()) == 403
    assert wire.bodies == [b"question"]


@pytest.mark.parametrize("missing", [("httpx",), ("httpx", "httpx2")])
def test_only_who_asks_for_it_needs_httpx(missing: "tuple[str, ...]") -> None:
    program = (
        "import sys, bedrock_token\n"
        "assert not {'httpx', 'httpx2', 'logging', 'asyncio'} & sys.modules.keys()\n"
        f"sys.modules.update(dict.fromkeys({missing}))\n"  # importing them fails from now on
        "bedrock_token.BearerAuth"
    )
    done = subprocess.run([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True)
    said = ""
    if "httpx2" in missing or find_spec("httpx2") is None:
        said = ": httpx or httpx2 is needed for BearerAuth: pip install httpx\n"
    assert done.stderr.rpartition("ImportError")[2] == said


class TestBotocore:
    """What only authorize() has."""

    @pytest.fixture
    def boto(self, monkeypatch: pytest.MonkeyPatch) -> Botocore:
        needs("botocore")
        return Botocore(monkeypatch)

    def test_every_attempt_has_a_token_of_its_own(self, boto: Botocore) -> None:
        """The token may end while botocore waits before it tries again."""
        provider = rotating()
        boto.refuse = [503, 503]
        boto.on_request = provider.invalidate
        assert boto.post(provider) == 200
        assert boto.keys() == KEYS[:3]

    def test_the_last_provider_counts(self, boto: Botocore) -> None:
        client = boto.client()
        unused = Source()
        authorize(client, Provider(unused, REGION))
        authorize(client, rotating())
        authorize(client, rotating())
        assert boto.ask(client) == 200
        assert boto.keys() == [KEYS[0]]
        assert not unused.calls

    def test_no_token_for_other_clients(self, boto: Botocore) -> None:
        client, session = boto.client(), boto.session
        with pytest.raises(ValueError, match="region"):
            authorize(client, Provider(lambda: GOOD, "us-east-1"))
        with pytest.raises(ValueError, match="claude-platform"):
            authorize(client, rotating(service="claude-platform"))
        authorize(client, rotating())
        with pytest.raises(ValueError, match="presigned"):
            client.generate_presigned_url("converse", {"modelId": "m", "messages": []})
        takes_none = ["sts"]
        for service in session.get_available_services():
            if service.startswith("bedrock"):
                model = session.get_service_model(service)
                if "smithy.api#httpBearerAuth" not in model.metadata.get("auth", ()):
                    takes_none.append(service)
        assert {"bedrock-agent-runtime", "bedrock-data-automation"} <= {*takes_none}
        for service in takes_none:
            with pytest.raises(ValueError, match=service):
                authorize(session.create_client(service, region_name=REGION), rotating())
        authorize(session.create_client("bedrock", region_name=REGION), rotating())

    def test_hosts_that_the_environment_or_a_configuration_names(
        self, boto: Botocore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from botocore.config import Config

        local, own = "http://127.0.0.1:8080", f"bedrock-runtime.{REGION}.amazonaws.com"
        assert boto.post(rotating(), local) == 200  # its own endpoint on this machine
        with pytest.raises(HostError, match="proxy"):
            boto.post(rotating(), local, config=Config(proxies={"http": "http://proxy.example"}))
        for url in (f"https://{own}@gateway.example", f"https://gateway.example\\@{own}"):
            monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", url)
            with pytest.raises(HostError, match="written"):
                boto.post(rotating())
