"""Servers that load the library once and then fork: each while a renewal goes on in the first process, and
reloaded while requests come in."""

import http.client
import os
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from endpoint.server import Server, World
from endpoint.token_check import Tenant
from project import ROOT, TREE, run, within

PROGRAMS = Path(__file__).parent / "programs"
# Debian's own servers are for Debian's Python.
PYTHON = "/usr/bin/python3"
WORKERS = 4


@dataclass(frozen=True)
class Host:
    """A server, the signal that makes it reload, and the command that shows whether it is installed."""

    command: str
    reload: signal.Signals
    installed: str


GUNICORN = f"gunicorn --preload --workers {WORKERS} --bind 127.0.0.1:{{port}} --chdir {PROGRAMS}"
FPM = "php-fpm8.2 --allow-to-run-as-root --nodaemonize --fpm-config {folder}/fpm.conf"
HOSTS = {
    "gunicorn": Host(f"{GUNICORN} asking:wsgi", signal.SIGHUP, "gunicorn --version"),
    "uvicorn": Host(
        f"{GUNICORN} --worker-class uvicorn.workers.UvicornWorker asking:asgi",
        signal.SIGHUP,
        f"{PYTHON} -c 'import gunicorn, uvicorn, uvloop'",
    ),
    "puma": Host(
        f"puma --preload --workers {WORKERS} --bind tcp://127.0.0.1:{{port}} {PROGRAMS}/config.ru",
        signal.SIGUSR2,
        "puma --version",
    ),
    "php-fpm": Host(
        f"{FPM} -d opcache.preload={ROOT}/bindings/php/bedrock_token.php -d opcache.preload_user=root",
        signal.SIGUSR2,
        f"{FPM} --version",
    ),
}
# PHP-FPM's own, and that of the nginx before it.
CONFIGURATIONS = {
    "fpm.conf": """
[global]
error_log = FOLDER/error.log
process_control_timeout = 30s
[www]
user = root
group = root
listen = FOLDER/fpm.socket
pm = static
pm.max_children = WORKERS
clear_env = no
""",
    "nginx.conf": """
user root;
daemon off;
pid FOLDER/nginx.pid;
error_log FOLDER/error.log;
events { }
http {
  access_log off;
  client_body_temp_path FOLDER/body; fastcgi_temp_path FOLDER/fastcgi;
  server {
    listen 127.0.0.1:PORT;
    fastcgi_param REQUEST_METHOD GET;
    fastcgi_param SCRIPT_FILENAME PROGRAMS/ask.php;
    location / { fastcgi_pass unix:FOLDER/fpm.socket; }
  }
}
""",
}


@pytest.fixture
def service() -> Iterator[Server]:
    """Over plain HTTP, so that the programs are short."""
    server = Server(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
    server.socket.listen(128)
    key, secret = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    # Its clock is behind. The programs renew in time by their own clock, but on a busy machine a request
    # is on its way for longer than the last tenth of two seconds.
    server.world = World({key: Tenant(secret)}, clock_ahead=timedelta(minutes=-1))
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def environment(service, tmp_path) -> dict[str, str]:
    package = tmp_path / "bedrock_token"
    shutil.copytree(ROOT / "bindings/python/src/bedrock_token", package)
    shutil.copy(TREE / "lib/libbedrock_token.so", package)
    return os.environ | {
        "LD_LIBRARY_PATH": str(TREE / "lib"),
        "PYTHONPATH": f"{tmp_path}:{PROGRAMS}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "SERVICE": service.url,
        "FOLDER": str(tmp_path),
    }


@pytest.fixture
def start(environment, tmp_path) -> Iterator[Callable[[str], subprocess.Popen]]:
    """Starts a server, and ends it after the test."""
    started = []

    def start(command: str) -> subprocess.Popen:
        with (tmp_path / "log").open("a") as log:
            words = shlex.split(command)
            process = subprocess.Popen(words, env=environment, stdout=log, stderr=log, cwd=tmp_path)
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
    for process in started:
        process.wait()


def ask(port: int) -> tuple[int, str]:
    """A worker may end just when it gets the connection. A client asks again then."""
    for _ in range(5):
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            try:
                connection.request("GET", "/")
                answer = connection.getresponse()
                return answer.status, answer.read().decode()
            except ConnectionError as error:
                ended = error
                time.sleep(0.1)
    raise ended


@pytest.mark.parametrize("name", HOSTS)
def test_a_reload_under_load(name, service, start, tmp_path):
    host = HOSTS[name]
    if subprocess.run(host.installed, shell=True, capture_output=True).returncode:
        pytest.skip(f"needs {name}")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    values = {"FOLDER": tmp_path, "PORT": port, "PROGRAMS": PROGRAMS, "WORKERS": WORKERS}
    for file, text in CONFIGURATIONS.items():
        for value in values:
            text = text.replace(value, str(values[value]))
        (tmp_path / file).write_text(text)
    server = start(host.command.format(port=port, folder=tmp_path))
    if name == "php-fpm":
        start(f"nginx -c {tmp_path}/nginx.conf")
    log = lambda: (tmp_path / "log").read_text()  # noqa: E731

    def is_answered() -> bool:
        try:
            return ask(port)[0] == 200
        except OSError:
            return False

    assert within(60, lambda: is_answered() or server.poll() is not None), log()
    assert server.poll() is None, log()

    old: set[str] = set()
    answers: list[tuple[int, str]] = []
    stop = threading.Event()

    def load() -> None:
        while not stop.is_set():
            answers.append(ask(port))

    def processes() -> set[str]:
        return {body.split()[0] for _, body in answers}

    with ThreadPoolExecutor(8) as threads:
        loads = [threads.submit(load) for _ in range(8)]
        try:
            for _ in range(2):
                assert within(60, lambda old=old: len(processes() - old) > 1), log()
                old = processes()
                server.send_signal(host.reload)
            assert within(60, lambda old=old: len(processes() - old) > 1), log()
            time.sleep(3)  # the tokens of these workers end, too
        finally:
            stop.set()
    for done in loads:
        done.result()
    wrong = [a for a in answers if a[0] != 200 or "Hello from eu-central-1" not in a[1]]
    assert wrong == [], log()
    assert {call.refused for call in service.world.calls} == {None}


def test_celery(service, environment, start, tmp_path):
    """A process ends after five tasks, and the next one is forked."""
    if subprocess.run([PYTHON, "-c", "import celery"]).returncode:
        pytest.skip("needs celery")
    worker = f"{PYTHON} -m celery --app tasks worker --pool prefork --concurrency {WORKERS}"
    start(f"{worker} --max-tasks-per-child 5 --without-gossip --without-mingle")
    answers = run(PYTHON, PROGRAMS / "tasks.py", 60, env=environment).splitlines()
    assert len({answer.split()[0] for answer in answers}) >= 12
    assert all("Hello from eu-central-1" in answer for answer in answers)
    assert [call.refused for call in service.world.calls] == [None] * 60
