"""The gateway of docs/GATEWAY.md in nginx itself, with two workers."""

import http.client
import itertools
import json
import os
import platform
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
import trustme
from endpoint import server as services
from endpoint.token_check import Tenant
from project import ROOT, TREE, needs, within

GATEWAY = ROOT / "bindings/lua/gateway"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
# Each tenant: its endpoint, its region, its access key. The region tells tenants apart at the services.
TENANTS = {
    "team-a": ("bedrock-runtime", "eu-central-1", "AKIAIOSFODNN7EXAMPLE"),
    "team-b": ("aws-external-anthropic", "us-west-2", "ASIAI44QH8DHBEXAMPLE"),
    "team-c": ("bedrock-mantle", "us-east-1", "AKIAI44QH8DHBEXAMPLE"),
}
# The configuration as shipped has the other two.
TEAM_C = """
    location /team-c/ {
        set $gateway_tenant team-c;
        set $gateway_endpoint bedrock-mantle;
        set $gateway_region us-east-1;
        include snippets/bedrock-gateway-tenant.conf;
    }
"""
SESSION = "FAKE/SESSION+TOKEN=="
MODELS = {"team-a": "", "team-b": "claude-sonnet-5", "team-c": "openai.gpt-oss-120b"}
PATHS = {
    "team-a": "/model/eu.anthropic.claude-sonnet-5/converse",
    "team-b": "/v1/messages",
    "team-c": "/v1/chat/completions",
}


def client_key(tenant: str) -> str:
    return f"client-key-of-{tenant}"


@dataclass
class Gateway:
    folder: Path
    port: int
    server: services.Server
    process: subprocess.Popen | None = None

    def credentials(self, tenant: str) -> Path:
        return self.folder / f"{tenant}.json"

    def write_credentials(self, tenant: str, **more: object) -> None:
        """As a whole: a program that writes them renames the file."""
        given = {"Version": 1, "AccessKeyId": TENANTS[tenant][2], "SecretAccessKey": SECRET} | more
        if TENANTS[tenant][2].startswith("ASIA"):
            given |= {"SessionToken": SESSION}
        self.write(self.credentials(tenant), json.dumps(given))

    def write(self, file: Path, text: str) -> None:
        new = file.with_suffix(".new")
        new.write_text(text)
        new.chmod(0o640)
        new.rename(file)

    def ask(
        self,
        tenant: str,
        path: str | None = None,
        key: str | None = "",
        body: str | None = None,
        over: http.client.HTTPConnection | None = None,
        **headers: str,
    ) -> tuple[int, str]:
        """Over a new connection, unless one is given."""
        connection = over or http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        if key is not None:
            headers = {"Authorization": f"Bearer {key or client_key(tenant)}"} | headers
        asked = {"model": MODELS[tenant], "max_tokens": 1}
        asked |= {"messages": [{"role": "user", "content": "Hello"}]}
        address = f"/{tenant}{path or PATHS[tenant]}"
        with nullcontext() if over else closing(connection):
            connection.request("POST", address, body or json.dumps(asked), headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def log(self) -> str:
        return (self.folder / "error.log").read_text()

    def workers(self) -> list[int]:
        listed = subprocess.check_output(["pgrep", "-P", str(self.process.pid)], text=True)
        return [int(pid) for pid in listed.split()]

    def memory(self) -> dict[int, int]:
        """Of each worker, in kB."""
        status = {pid: Path(f"/proc/{pid}/status").read_text() for pid in self.workers()}
        return {pid: int(re.search(r"VmRSS:\s+(\d+)", text)[1]) for pid, text in status.items()}


@pytest.fixture
def gateway(server: services.Server, tmp_path: Path, request) -> Iterator[Gateway]:
    needs("nginx", "pgrep")
    modules = "/usr/lib/nginx/modules"
    if not Path(f"{modules}/ngx_http_lua_module.so").exists():
        pytest.skip("needs libnginx-mod-http-lua")
    server.world = services.World(
        {
            key: Tenant(SECRET, SESSION if key.startswith("ASIA") else None)
            for _, _, key in TENANTS.values()
        }
    )
    gateway = Gateway(tmp_path, 18080, server)
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "snippets").mkdir()
    for file in GATEWAY.glob("bedrock-gateway-*.conf"):
        text = file.read_text().replace(
            "/etc/ssl/certs/ca-certificates.crt", str(tmp_path / "authority.pem")
        )
        (tmp_path / "snippets" / file.name).write_text(text)
    conf = (GATEWAY / "bedrock-gateway.conf").read_text().replace(":8080", f":{gateway.port}")
    conf = conf.replace("    location / {", TEAM_C + "    location / {")
    (tmp_path / "conf.d/bedrock-gateway.conf").write_text(conf)
    upstreams = "".join(
        f"upstream {name}.{region}.{'amazonaws.com' if 'runtime' in name else 'api.aws'} "
        f"{{ server 127.0.0.1:{server.server_port}; keepalive 32; }}\n"
        for name, region, _ in TENANTS.values()
    )
    (tmp_path / "nginx.conf").write_text(f"""
load_module {modules}/ndk_http_module.so;
load_module {modules}/ngx_http_lua_module.so;
worker_processes 2;
user root;
daemon off;
pid pid;
error_log error.log info;
events {{ }}
http {{
  access_log access.log;
  client_body_temp_path body;
  proxy_temp_path proxy;
  lua_package_path "{ROOT}/bindings/lua/?.lua;{GATEWAY}/?.lua;;";
  init_by_lua_block {{
    local gateway = require("bedrock_gateway")
    gateway.keys = "{tmp_path}/%s.key"
    gateway.credentials = "{tmp_path}/%s.json"
  }}
  {upstreams}
  include conf.d/*.conf;
}}
""")
    for tenant in TENANTS:
        gateway.write(tmp_path / f"{tenant}.key", client_key(tenant) + "\n")
        gateway.write_credentials(tenant)
    options = getattr(request, "param", {})
    authority = options.get("authority", server.authority_file.read_bytes())
    (tmp_path / "authority.pem").write_bytes(authority)
    environment = os.environ | {"LD_LIBRARY_PATH": str(TREE / "lib")}
    environment |= options.get("environment", {})
    command = ["nginx", "-p", tmp_path, "-c", tmp_path / "nginx.conf"]
    gateway.process = subprocess.Popen(command, env=environment)
    assert within(30, (tmp_path / "pid").exists), gateway.log()
    yield gateway
    gateway.process.terminate()
    gateway.process.wait()
    for log in ("error.log", "access.log"):
        text = (tmp_path / log).read_text()
        for secret in (SECRET, SESSION, "-api-key-", "client-key-of-"):
            assert secret not in text, f"{secret} is in {log}"


def test_each_tenant_is_answered(gateway):
    for tenant, (endpoint, region, access_key) in TENANTS.items():
        status, body = gateway.ask(tenant)
        assert (status, "Hel" in body) == (200, True), body + gateway.log()
        call = gateway.server.world.calls[-1]
        assert (call.endpoint, call.region, call.access_key) == (endpoint, region, access_key)


def test_nobody_gets_in_without_a_key_of_the_tenant(gateway):
    for headers in (
        {"key": None},
        {"key": "another-client-key"},
        {"key": client_key("team-b")},
        {"key": client_key("team-a") + "x"},
        {"key": None, "x-api-key": "another-client-key"},
        {"key": None, "Authorization": client_key("team-a")},
    ):
        assert gateway.ask("team-a", **headers)[0] == 401, headers
    assert not gateway.server.world.calls
    status, _ = gateway.ask("team-b", key=None, **{"x-api-key": client_key("team-b")})
    assert status == 200


def test_other_paths_stay_closed(gateway):
    for path in (
        "/",
        "/model/m/count-tokens",
        "/model/m/../../x/converse",
        "/model/m/x/converse",
        "/openai/v1/files",
        "/openai/v1/responses/x",
        "/model/m/converse/x",
        "//model/m/converse",
        "/?x=/openai/v1/responses",
    ):
        assert gateway.ask("team-a", path)[0] == 404, path
    assert not gateway.server.world.calls


def test_what_reaches_the_service(gateway, monkeypatch):
    """The path as it came: nginx would decode it, and the ID of a model may be an ARN, which has slashes.
    Of the headers, nothing that a client uses to show who it is."""
    seen = []
    answer = services.Handler.do_POST
    monkeypatch.setattr(services.Handler, "do_POST", lambda h: seen.append(h) or answer(h))
    path = "/model/arn%3Aaws%3Abedrock%3Aeu-central-1%3A1%3Ainference-profile%2Feu.m/converse?beta=true"
    key = client_key("team-a")
    gateway.ask("team-a", path, **{"x-api-key": key, "Cookie": f"key={key}", "X-Other": "1"})
    (handler,) = seen
    assert handler.path == path
    assert handler.headers["X-Other"] == "1"
    assert handler.headers["Authorization"].startswith("Bearer bedrock-api-" + "key-")
    assert not {"x-api-key", "Cookie"} & set(handler.headers)
    assert key not in str(handler.headers)


@pytest.mark.parametrize("gateway", [{"authority": trustme.CA().cert_pem.bytes()}], indirect=True)
def test_the_certificate_of_the_service_is_checked(gateway):
    assert gateway.ask("team-a")[0] == 502
    assert not gateway.server.world.calls
    assert "certificate verify error" in gateway.log()


def test_a_stream_arrives_piece_by_piece(gateway, monkeypatch):
    first_arrived = threading.Event()

    def pieces():
        yield b"first"
        assert first_arrived.wait(10)
        yield b"second"

    answer = services.Stream("text/event-stream", pieces())
    monkeypatch.setitem(services.APIS, "completions", lambda *_: answer)
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
    key = {"Authorization": f"Bearer {client_key('team-c')}"}
    asked = {"model": MODELS["team-c"], "messages": ["x"], "stream": True}
    connection.request("POST", "/team-c" + PATHS["team-c"], json.dumps(asked), key)
    received = connection.getresponse()
    assert received.read1(100) == b"first"
    first_arrived.set()
    assert received.read() == b"second"


def test_a_refused_token_is_renewed_once(gateway):
    assert gateway.ask("team-a")[0] == 200
    gateway.server.world.refuse_next = 1
    # Longer than nginx keeps in memory.
    long = json.dumps({"messages": [{"role": "user", "content": [{"text": "Hello " * 100_000}]}]})
    assert gateway.ask("team-a", body=long)[0] == 200
    assert [bool(call.refused) for call in gateway.server.world.calls] == [False, True, False]
    gateway.server.world.calls.clear()
    gateway.server.world.refuse_next = 10
    status, body = gateway.ask("team-c")
    # The second refusal is the client's, in the words of the service.
    assert (status, "Invalid bearer token" in body) == (401, True)
    assert len(gateway.server.world.calls) == 2


BREAK = {
    "missing": lambda _gateway, file: file.unlink(),
    "readable": lambda _gateway, file: file.chmod(0o644),
    "owner": lambda _gateway, file: os.chown(file, 12345, 0),
    "half": lambda gateway, file: gateway.write(file, file.read_text()[:40]),
    "ended": lambda gateway, _: gateway.write_credentials(
        "team-a", Expiration="2020-01-01T00:00:00Z"
    ),
    "secret": lambda gateway, _: gateway.write_credentials("team-a", SecretAccessKey=SECRET + "\n"),
}
as_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="needs root, to give a file to somebody else"
)


@as_root
@pytest.mark.parametrize("how", BREAK)
def test_broken_credentials(how, gateway):
    """Without a token: 502, with the reason in the log alone. It recovers by itself."""
    BREAK[how](gateway, gateway.credentials("team-a"))
    status, body = gateway.ask("team-a")
    assert (status, body) == (502, "The gateway has no credentials for this tenant.\n")
    assert "bedrock gateway: team-a: " in gateway.log()
    gateway.write_credentials("team-a")
    assert within(10, lambda: gateway.ask("team-a")[0] == 200)


@as_root
@pytest.mark.parametrize("how", ["missing", "readable", "owner"])
def test_keys_that_others_may_have_seen_let_nobody_in(how, gateway):
    keys = gateway.folder / "team-a.key"
    BREAK[how](gateway, keys)
    assert gateway.ask("team-a")[0] == 401
    assert f"bedrock gateway: team-a: {keys}: " in gateway.log()
    gateway.write(keys, client_key("team-a") + "\n")
    assert within(10, lambda: gateway.ask("team-a")[0] == 200)


def test_broken_credentials_while_a_token_holds(gateway):
    """Both workers have a token; what is changed after that does no harm."""
    for _ in range(40):
        assert gateway.ask("team-a")[0] == 200
    BREAK["half"](gateway, gateway.credentials("team-a"))
    assert within(15, lambda: gateway.log().count("not JSON, or not whole") == 2)
    gateway.server.world.refuse_next = 2
    assert gateway.ask("team-a")[0] == 403, "the service's answer"
    for _ in range(40):
        assert gateway.ask("team-a")[0] == 200


def test_each_reason_is_logged_once(gateway):
    for _ in range(40):
        assert gateway.ask("team-a")[0] == 200
    (gateway.folder / "team-a.key").unlink()
    gateway.credentials("team-a").unlink()
    time.sleep(17)  # in which each worker looks at the files three times
    assert gateway.log().count("bedrock gateway: ") == 2 * 2


def test_new_credentials_are_taken_within_seconds(gateway):
    other = "AKIAIOSFODNN8EXAMPLE"
    gateway.server.world.tenants[other] = Tenant(SECRET)
    for _ in range(40):
        assert gateway.ask("team-a")[0] == 200
    gateway.write_credentials("team-a", AccessKeyId=other)
    time.sleep(7)
    gateway.server.world.calls.clear()
    for _ in range(40):
        assert gateway.ask("team-a")[0] == 200
    assert {call.access_key for call in gateway.server.world.calls} == {other}


@contextmanager
def load(gateway: Gateway, requests: int) -> Iterator[None]:
    """Meanwhile, each of 64 connections asks so often, for all tenants in turn."""

    def ask(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=60)
        for tenant in itertools.islice(itertools.cycle(TENANTS), number, number + requests):
            try:
                status, body = gateway.ask(tenant, over=connection)
            except (http.client.HTTPException, OSError):
                # A connection of a worker that ended. A client asks again.
                connection.close()
                status, body = gateway.ask(tenant, over=connection)
            assert (status, TENANTS[tenant][1] in body) == (200, True), f"{tenant}: {body[:200]}"

    with ThreadPoolExecutor(64) as threads:
        asking = threads.map(ask, range(64))
        yield
        list(asking)


def test_load_with_reloads_a_dead_worker_and_a_refused_token(gateway):
    """10,000 requests over 64 connections. No tenant gets a token of another: the service checks that
    the token's region is that of the address, and that its signature is of its access key."""
    with load(gateway, 157):
        for _ in range(3):
            time.sleep(1)
            gateway.process.send_signal(signal.SIGHUP)  # what `nginx -s reload` sends
            time.sleep(1)
            gateway.server.world.refuse_next = 1
        os.kill(gateway.workers()[0], signal.SIGKILL)
    calls = gateway.server.world.calls
    assert len(calls) >= 64 * 157
    keys = {(call.region, call.access_key) for call in calls if not call.refused}
    assert keys == {(region, key) for _, region, key in TENANTS.values()}


def test_memory_is_flat(gateway):
    with load(gateway, 30):
        pass
    before = gateway.memory()
    with load(gateway, 120):
        pass
    grown = {pid: now - before[pid] for pid, now in gateway.memory().items()}
    assert sum(grown.values()) < 1024, f"kB: {grown}"


SPEED = 120
FAST_CLOCK = {
    "LD_PRELOAD": "libfaketime.so.1",
    "LD_LIBRARY_PATH": f"{TREE / 'lib'}:/usr/lib/{platform.machine()}-linux-gnu/faketime",
    "FAKETIME": f"+0 x{SPEED}",
    "FAKETIME_DONT_FAKE_MONOTONIC": "1",
}


@pytest.mark.parametrize("gateway", [{"environment": FAST_CLOCK}], indirect=True)
def test_an_hour_of_clock(gateway, monkeypatch):
    """Credentials that last a quarter of an hour, renewed in time, over an hour in which the clock
    runs fast. No request is refused, and each one comes with a token of living credentials."""
    needs("faketime")
    world = gateway.server.world
    start = datetime.now(UTC)
    monkeypatch.setattr(
        world, "now", lambda: start + (datetime.now(UTC) - start) * SPEED, raising=False
    )
    ended = threading.Event()

    def rotate() -> None:
        for number in itertools.count():
            key, ends = f"ASIA{number:016}", world.now() + timedelta(minutes=15)
            world.tenants[key] = Tenant(SECRET, SESSION, ends)
            expiration = ends.strftime("%Y-%m-%dT%H:%M:%SZ")
            gateway.write_credentials("team-b", AccessKeyId=key, Expiration=expiration)
            if ended.wait(5 * 60 / SPEED):
                return

    with ThreadPoolExecutor() as threads:
        rotating = threads.submit(rotate)
        try:
            while world.now() < start + timedelta(hours=1):
                assert gateway.ask("team-b")[0] == 200, gateway.log()
        finally:
            ended.set()
        rotating.result()
    # When the last credentials have ended, there is no token.
    assert within(30, lambda: gateway.ask("team-b")[0] == 502)
    with closing(http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=30)) as connection:
        connection.request("GET", "/")
        date = parsedate_to_datetime(connection.getresponse().headers["Date"])
    assert abs(date - world.now()) < timedelta(minutes=10), "the clock of nginx runs as fast"
    assert len({call.access_key for call in world.calls if not call.refused}) >= 5
