"""The server, and the identities that it knows."""

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
