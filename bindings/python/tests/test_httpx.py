"""BearerAuth with httpx and with httpx2, whose names are the same."""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any, Callable

import pytest

from .needs import needs

needs("httpx")

from importlib import import_module
from importlib.util import find_spec

import bedrock_token
from bedrock_token import Credentials, HostError, Provider, inspect

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
KEYS = [f"AKIAIOSFODNN7EXAMPL{number}" for number in range(9)]
URL = "https://bedrock-runtime.eu-central-1.amazonaws.com/"


def rotating(**options: Any) -> Provider:
    """Each renewal has another access key."""
    keys = iter(KEYS)
    return Provider(lambda: Credentials(next(keys), SECRET), "eu-central-1", **options)


class Service:
    """Answers; keeps the header of each request, and may refuse the first ones."""

    def __init__(self, httpx: Any, is_async: bool) -> None:
        self.httpx, self.is_async = httpx, is_async
        self.headers: list[Any] = []
        self.bodies: list[bytes] = []
        self.refuse: list[int] = []
        self.on_request: Callable[[], object] = lambda: None

    def answer(self, request: Any) -> Any:
        self.headers.append(request.headers.copy())
        self.bodies.append(request.content)
        self.on_request()
        status = self.refuse.pop(0) if self.refuse else 200
        return self.httpx.Response(status)

    async def answer_async(self, request: Any) -> Any:
        await request.aread()
        return self.answer(request)

    def answer_sync(self, request: Any) -> Any:
        request.read()
        return self.answer(request)

    def post(self, auth: Any, url: str = URL, **options: Any) -> int:
        """The status."""
        options = {"content": b"question", **options}
        if not self.is_async:
            with self.httpx.Client(
                auth=auth, transport=self.httpx.MockTransport(self.answer_sync)
            ) as client:
                status: int = client.post(url, **options).status_code
                return status

        async def post() -> int:
            async with self.httpx.AsyncClient(
                auth=auth, transport=self.httpx.MockTransport(self.answer_async)
            ) as client:
                status: int = (await client.post(url, **options)).status_code
                return status

        return asyncio.run(post())

    def keys(self) -> "list[str]":
        return [inspect(h["Authorization"][len("Bearer ") :]).access_key for h in self.headers]


@pytest.fixture(params=["httpx", "httpx-async", "httpx2", "httpx2-async"])
def service(request: pytest.FixtureRequest) -> Service:
    name, _, is_async = request.param.partition("-")
    if name == "httpx2" and sys.version_info < (3, 11):
        pytest.skip("httpx2 is for Python 3.11 and newer")
    needs(name)
    return Service(import_module(name), bool(is_async))


def test_each_request_has_a_fresh_token(service: Service) -> None:
    provider = rotating()
    auth = bedrock_token.BearerAuth(provider)
    assert isinstance(auth, service.httpx.Auth)
    for _ in range(2):
        headers = {"Authorization": "Bearer placeholder", "X-Api-Key": "placeholder"}
        assert service.post(auth, headers=headers) == 200
        provider.invalidate()
    assert service.keys() == KEYS[:2]
    assert not any("x-api-key" in headers for headers in service.headers)


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_is_renewed_and_the_request_repeated_once(
    service: Service, status: int
) -> None:
    auth = bedrock_token.BearerAuth(rotating())
    service.refuse = [status]
    assert service.post(auth) == 200
    assert service.keys() == KEYS[:2]
    assert service.bodies == [b"question"] * 2
    service.refuse = [status] * 10
    for _ in range(10):
        assert service.post(auth) == status
    assert service.keys()[2:] == [KEYS[1]] * 10


def test_another_thread_has_renewed_already(service: Service) -> None:
    """Before the refusal comes, so that the provider has another token by then."""
    provider = rotating()

    def renew_once() -> None:
        if len(service.headers) == 1:
            provider.invalidate()
            provider.get()

    service.on_request, service.refuse = renew_once, [403]
    assert service.post(bedrock_token.BearerAuth(provider)) == 200
    assert service.keys() == KEYS[:2]
    assert inspect(provider.get()).access_key == KEYS[1]


def test_a_refusal_that_is_none_of_the_tokens(service: Service) -> None:
    auth = bedrock_token.BearerAuth(rotating())
    service.refuse = [400, 500]
    assert [service.post(auth) for _ in range(3)] == [400, 500, 200]
    assert service.keys() == [KEYS[0]] * 3


def test_a_refusal_while_the_source_fails(service: Service) -> None:
    credentials = [Credentials(KEYS[0], SECRET)]
    provider = Provider(lambda: credentials.pop(), "eu-central-1")
    auth = bedrock_token.BearerAuth(provider)
    service.refuse = [403]
    assert [service.post(auth) for _ in range(2)] == [403, 200]
    assert service.keys() == [KEYS[0]] * 2
    assert provider.failure is not None


def test_a_refusal_while_the_source_hangs(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bedrock_token._provider._REFUSAL_WAIT", 0.05)
    may_go_on = threading.Event()
    keys = iter(KEYS)

    def source() -> Credentials:
        key = next(keys)
        assert key == KEYS[0] or may_go_on.wait(60)
        return Credentials(key, SECRET)

    provider = Provider(source, "eu-central-1")
    service.refuse = [403]
    assert service.post(bedrock_token.BearerAuth(provider)) == 403
    may_go_on.set()
    while inspect(provider.get()).access_key == KEYS[0]:
        threading.Event().wait(0.001)


def test_a_refusal_while_another_thread_renews(
    service: Service, waiting: threading.Semaphore, monkeypatch: pytest.MonkeyPatch
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

    provider = Provider(source, "eu-central-1", 3600)
    provider.get()
    monkeypatch.setattr("bedrock_token._provider.time", lambda: time.time() + 3600 - 60)
    renewing = threading.Thread(target=provider.get)
    renewing.start()
    assert asked.wait(60)
    service.refuse = [403]
    assert service.post(bedrock_token.BearerAuth(provider)) == 200
    assert service.keys() == KEYS[:2]
    renewing.join()


def test_a_body_that_is_used_up(service: Service) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"question"

    async def pieces_async() -> AsyncIterator[bytes]:
        yield b"question"

    auth = bedrock_token.BearerAuth(rotating())
    service.refuse = [403]
    body: Callable[[], Any] = pieces_async if service.is_async else pieces
    assert service.post(auth, content=body()) == 403
    assert service.bodies == [b"question"]


@pytest.mark.parametrize(
    ("url", "more"),
    [
        ("https://api.openai.com/", ()),
        ("https://bedrock-runtime.us-east-1.amazonaws.com/", ()),
        ("http://bedrock-runtime.eu-central-1.amazonaws.com/", ()),
        ("http://127.0.0.1:8080/", ()),
        ("http://gateway.example.com/", ("gateway.example.com",)),
    ],
)
def test_no_token_for_other_hosts(service: Service, url: str, more: "tuple[str, ...]") -> None:
    provider = rotating()
    with pytest.raises(HostError):
        service.post(bedrock_token.BearerAuth(provider, hosts=more), url)
    assert not service.headers


def test_a_host_that_is_listed(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    auth = bedrock_token.BearerAuth(rotating(), hosts=["gateway.example.com", "127.0.0.1:8080"])
    local = "http://127.0.0.1:8080/"
    assert service.post(auth, "https://gateway.example.com/") == 200
    assert service.post(auth, local) == 200
    for variable in ("http_proxy", "ALL_PROXY"):
        with monkeypatch.context() as context:
            context.setenv(variable, "http://proxy.example.com")
            with pytest.raises(HostError, match="proxy"):
                service.post(auth, local)
            context.setenv("no_proxy", "127.0.0.1")
            assert service.post(auth, local) == 200


def test_claude_platform(service: Service) -> None:
    provider = rotating(service="claude-platform")
    url = "https://aws-external-anthropic.eu-central-1.api.aws/v1/messages"
    assert service.post(bedrock_token.BearerAuth(provider), url) == 200
    assert inspect(service.headers[0]["Authorization"][len("Bearer ") :]).service == (
        "claude-platform"
    )


def test_many_requests_with_one_refused_token_renew_it_once() -> None:
    import httpx

    provider = rotating()
    old = provider.get()
    at_once = threading.Barrier(16, timeout=60)

    def answer(request: Any) -> Any:
        if request.headers["Authorization"] != f"Bearer {old}":
            return httpx.Response(200)
        at_once.wait()
        return httpx.Response(403)

    def post() -> None:
        auth = bedrock_token.BearerAuth(provider)
        with httpx.Client(auth=auth, transport=httpx.MockTransport(answer)) as client:
            statuses.append(client.post(URL).status_code)

    statuses: list[int] = []
    threads = [threading.Thread(target=post) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 16
    assert inspect(provider.get()).access_key == KEYS[1]


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
