"""The services, over TLS at their own names, for hosts that do not go through a proxy."""

from collections.abc import Iterator

import pytest
from endpoint.server import Server, serving

REGIONS = ("eu-central-1", "us-east-1", "us-west-2")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("server"), *REGIONS, https_port=0) as server:
        yield server
