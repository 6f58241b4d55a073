"""Where a token may go."""

from typing import Any, Optional
from urllib.parse import urlsplit

import pytest

from bedrock_token import HostError, Provider
from bedrock_token._hosts import Hosts

from .shared import REGION, Source


def hosts(region: str = REGION, service: Any = "bedrock", more: "tuple[str, ...]" = ()) -> Hosts:
    return Hosts(Provider(Source(), region, service=service), more)


def goes_to(hosts: Hosts, url: str, proxied: bool = False, endpoint: Optional[str] = None) -> bool:
    parts = urlsplit(url)
    try:
        hosts.check(parts.scheme, parts.netloc, lambda: proxied, endpoint)
    except HostError:
        return False
    return True


CLAUDE = "claude-platform"


@pytest.mark.parametrize(
    ("region", "service", "host"),
    [
        (REGION, "bedrock", "bedrock-runtime.eu-central-1.amazonaws.com"),
        (REGION, "bedrock", "bedrock-runtime.eu-central-1.amazonaws.com:443"),
        (REGION, "bedrock", "BEDROCK-Runtime.EU-Central-1.AmazonAWS.com"),
        (REGION, "bedrock", "bedrock.eu-central-1.amazonaws.com"),
        (REGION, "bedrock", "bedrock-fips.eu-central-1.amazonaws.com"),
        (REGION, "bedrock", "bedrock-runtime-fips.eu-central-1.amazonaws.com"),
        (REGION, "bedrock", "bedrock-runtime.eu-central-1.api.aws"),
        (REGION, "bedrock", "bedrock-mantle.eu-central-1.api.aws"),
        (REGION, "bedrock", "vpce-0a1.bedrock-runtime.eu-central-1.vpce.amazonaws.com"),
        ("cn-north-1", "bedrock", "bedrock-runtime.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", "bedrock", "bedrock-runtime.us-gov-west-1.amazonaws.com"),
        (REGION, CLAUDE, "aws-external-anthropic.eu-central-1.api.aws"),
    ],
)
def test_the_services_own_hosts(region: str, service: str, host: str) -> None:
    url = f"https://{host}/path"
    assert goes_to(hosts(region, service), url)
    assert not goes_to(hosts(region, service), url.replace("https", "http"))
    assert not goes_to(hosts(region, "bedrock" if service == CLAUDE else CLAUDE), url)
    assert not goes_to(hosts("us-east-1", service), url)


@pytest.mark.parametrize(
    "url",
    [
        "https://bedrock-runtime.eu-central-1.amazonaws.com.cn/",
        "https://bedrock-runtime.eu-central-1.amazonaws.com:8443@example.com/",
        "https://bedrock-runtime.eu-central-1.amazonaws.com@example.com/",
        "https://user@bedrock-runtime.eu-central-1.amazonaws.com/",
        "https://example.com\\@bedrock-runtime.eu-central-1.amazonaws.com/",
        "https://bedrock-runtime.eu-central-1.amazonaws.com.example.com/",
        "https://bedrock-runtime.eu-central-1.amazonawsxcom/",
        "https://xbedrock-runtime.eu-central-1.amazonaws.com/",
        "https://x.bedrock-runtime.eu-central-1.amazonaws.com/",
        "https://bedrock-runtime.s3.eu-central-1.amazonaws.com/",
        "https://bedrock-agent-runtime.eu-central-1.amazonaws.com/",
        "https://vpce-1.x.bedrock-runtime.eu-central-1.vpce.amazonaws.com/",
        "https://example.com/bedrock-runtime.eu-central-1.amazonaws.com",
        "http://localhost/",
        "https://127.0.0.1/",
        "https://",
    ],
)
def test_others(url: str) -> None:
    assert not goes_to(hosts(), url)


def test_more_hosts() -> None:
    ours = hosts(more=("gateway.example.com", "Other.example.com:8443", "localhost", "[::1]:8080"))
    for url, goes in {
        "https://gateway.example.com/": True,
        "https://Gateway.example.com:443/": True,
        "https://other.example.com:8443/": True,
        "http://localhost:80/": True,
        "https://localhost/": True,
        "http://[::1]:8080/": True,
        "https://bedrock.eu-central-1.amazonaws.com/": True,
        "http://gateway.example.com/": False,
        "http://other.example.com:8443/": False,
        "ftp://localhost/": False,
        "https://gateway.example.com:8443/": False,
        "https://other.example.com/": False,
        "https://x.gateway.example.com/": False,
        "http://127.0.0.1/": False,
        "http://localhost:8080/": False,
    }.items():
        assert goes_to(ours, url) == goes, url
    assert not goes_to(ours, "http://localhost/", proxied=True)
    assert goes_to(ours, "https://localhost/", proxied=True)


def test_a_clients_own_endpoint_on_this_machine() -> None:
    assert goes_to(hosts(), "http://127.0.0.1:8080/", endpoint="127.0.0.1:8080")
    assert not goes_to(hosts(), "http://127.0.0.1:8081/", endpoint="127.0.0.1:8080")
    assert not goes_to(hosts(), "http://127.0.0.1:8080/", endpoint="127.0.0.1:8080", proxied=True)
    assert not goes_to(hosts(), "https://example.com/", endpoint="example.com")
    assert not goes_to(hosts(), "http://127.0.0.1.example.com/", endpoint="127.0.0.1.example.com")


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
