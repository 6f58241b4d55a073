"""The services, over TLS at their own names, for hosts that do not go through a proxy."""

import ssl
from collections.abc import Iterator

import pytest
import trustme
from endpoint import server as services

REGIONS = ("eu-central-1", "us-east-1", "us-west-2")


@pytest.fixture(scope="module")
def server() -> Iterator[services.Server]:
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    names = [
        f"*.{region}.{domain}" for region in REGIONS for domain in ("amazonaws.com", "api.aws")
    ]
    authority.issue_cert(*names).configure_cert(tls)
    server = services.Server(tls)
    server.socket.listen(128)
    # Each connection shakes hands in a thread of its own.
    server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.authority = authority
    yield server
    server.shutdown()
    server.server_close()
