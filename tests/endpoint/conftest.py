"""The server, the identities that it knows, and the table of what the clients got."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from endpoint.keys import KEYS, REGION
from endpoint.server import Server, World, serving
from endpoint.token_check import Tenant


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("endpoint"), REGION, "us-west-2") as server:
        yield server


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
