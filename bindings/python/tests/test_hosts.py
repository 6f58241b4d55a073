"""Where a token may go."""

from pathlib import Path
from typing import Any, Optional
from urllib.parse import urlsplit

import pytest

from bedrock_token import HostError, Provider
from bedrock_token._hosts import Hosts
from shared import REGION, Source


def hosts(region: str = REGION, service: Any = "bedrock", more: "tuple[str, ...]" = ()) -> Hosts:
    return Hosts(Provider(Source(), region, service=service), more)


def goes_to(hosts: Hosts, url: str, proxied: bool = False, endpoint: Optional[str] = None) -> bool:
    parts = urlsplit(url)
    try:
        hosts.check(parts.scheme, parts.netloc, lambda: proxied, endpoint)
    except HostError:
        return False
    return True


def test_hosts_of_the_vectors() -> None:
    file = Path(__file__).resolve().parents[3] / "tests/vectors/hosts.tsv"
    rows = [line.split("\t") for line in file.read_text().splitlines() if line[0] != "#"]
    for service, region, more, url, result in rows:
        listed = () if more == "-" else (more,)
        assert goes_to(hosts(region, service, listed), url) == (result == "token"), (more, url)
    assert len(rows) > 50


@pytest.mark.parametrize(
    ("url", "options", "goes"),
    [
        ("https://example.com\\@bedrock.eu-central-1.amazonaws.com/", {}, False),
        ("https://", {}, False),
        ("https://other.example.com:8443/", {}, True),
        ("http://localhost/", {"proxied": True}, False),
        ("https://localhost/", {"proxied": True}, True),
        # A client's own endpoint, if it is on this machine.
        ("http://127.0.0.1:8080/", {"endpoint": "127.0.0.1:8080"}, True),
        ("http://127.0.0.1:8081/", {"endpoint": "127.0.0.1:8080"}, False),
        ("http://127.0.0.1:8080/", {"endpoint": "127.0.0.1:8080", "proxied": True}, False),
        ("https://example.com/", {"endpoint": "example.com"}, False),
        ("http://127.0.0.1.example.com/", {"endpoint": "127.0.0.1.example.com"}, False),
    ],
)
def test_others(url: str, options: "dict[str, Any]", goes: bool) -> None:
    assert goes_to(hosts(more=("Other.example.com:8443", "localhost")), url, **options) == goes


def test_what_is_no_host() -> None:
    wrong = ["", ".", "*", "*.example.com", "https://example.com", "example.com/", "::1", ":80"]
    wrong += ["user@example.com", "example.com:x", "example.com:0", "example.com:65536"]
    wrong += ["exam ple.com", "example.com?", "example.com#", "example.com\n"]
    for host in wrong:
        with pytest.raises(HostError, match="hosts: ") as raised:
            hosts(more=("example.com", host))
        assert not host.strip(".:*") or host not in str(raised.value)
    with pytest.raises(TypeError, match="list"):
        hosts(more="example.com")  # type: ignore[arg-type]
