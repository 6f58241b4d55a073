"""The server, the identities that it knows, and the table of what the clients got."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from endpoint.keys import KEYS, REGION
from endpoint.server import Server, World
from endpoint.token_check import Tenant

HOSTS = ["*.{}.amazonaws.com", "*.{}.api.aws"]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    hosts = [host.format(region) for region in (REGION, "us-west-2") for host in HOSTS]
    authority.issue_cert(*hosts).configure_cert(tls)
    server = Server(tls)
    server.authority_file = tmp_path_factory.mktemp("endpoint") / "authority.pem"
    authority.cert_pem.write_to_path(server.authority_file)
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def world(server: Server) -> World:
    """A new one for each test."""
    ends = datetime.now(UTC) + timedelta(hours=24)
    server.world = World(
        {
            keys.access_key: Tenant(keys.secret, keys.session, ends if keys.session else None)
            for keys in KEYS.values()
        }
    )
    return server.world


ROWS = pytest.StashKey[list[tuple[str, ...]]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[ROWS] = []


@pytest.fixture
def row(request: pytest.FixtureRequest):
    """Adds a row to the table."""
    return request.config.stash[ROWS].append


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    rows = [
        ("client", "service", "credentials", "result", "reason"),
        *sorted(config.stash[ROWS], key=lambda row: row[:2]),
    ]
    if len(rows) == 1:
        return
    widths = [max(map(len, column)) for column in zip(*rows)]
    terminalreporter.section("what the clients got")
    for row in rows:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths))
        terminalreporter.write_line(line.rstrip())
