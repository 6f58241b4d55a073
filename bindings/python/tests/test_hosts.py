"""Where a token may go."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from bedrock_token import Credentials, HostError, Provider, Service
from bedrock_token._hosts import Hosts

HERE = "eu-central-1"


def hosts(region: str = HERE, service: Service = "bedrock", more: "tuple[str, ...]" = ()) -> Hosts:
    provider = Provider(lambda: Credentials("AKIAIOSFODNN7EXAMPLE", "x"), region, service=service)
    return Hosts(provider, more)


def goes_to(hosts: Hosts, url: str, proxied: bool = False, endpoint: "str | None" = None) -> bool:
    parts = urlsplit(url)
    try:
        hosts.check(parts.scheme, parts.netloc, lambda: proxied, endpoint)
    except HostError:
        return False
    return True


@pytest.mark.parametrize(
    ("region", "service", "url"),
    [
        (HERE, "bedrock", "https://bedrock-runtime.eu-central-1.amazonaws.com/"),
        (
            HERE,
            "bedrock",
            "https://bedrock-runtime.eu-central-1.amazonaws.com:443/model/x/converse",
        ),
        (HERE, "bedrock", "https://BEDROCK-Runtime.EU-Central-1.AmazonAWS.com/"),
        (HERE, "bedrock", "https://bedrock.eu-central-1.amazonaws.com/"),
        (HERE, "bedrock", "https://bedrock-fips.eu-central-1.amazonaws.com/"),
        (HERE, "bedrock", "https://bedrock-runtime-fips.eu-central-1.amazonaws.com/"),
        (HERE, "bedrock", "https://bedrock-runtime.eu-central-1.api.aws/"),
        (HERE, "bedrock", "https://bedrock-mantle.eu-central-1.api.aws/v1/responses"),
        (HERE, "bedrock", "https://vpce-0a1.bedrock-runtime.eu-central-1.vpce.amazonaws.com/"),
        ("cn-north-1", "bedrock", "https://bedrock-runtime.cn-north-1.amazonaws.com.cn/"),
        ("us-gov-west-1", "bedrock", "https://bedrock-runtime.us-gov-west-1.amazonaws.com/"),
        (
            HERE,
            "claude-platform",
            "https://aws-external-anthropic.eu-central-1.api.aws/v1/messages",
        ),
    ],
)
def test_the_services_own_hosts(region: str, service: Any, url: str) -> None:
    assert goes_to(hosts(region, service), url)
    assert not goes_to(hosts(region, service), url.replace("https", "http"))
    other: Any = "bedrock" if service == "claude-platform" else "claude-platform"
    assert not goes_to(hosts(region, other), url)
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
        "https://bedrock-runtime.s3.amazonaws.com/",
        "https://bedrock-agent-runtime.eu-central-1.amazonaws.com/",
        "https://s3.eu-central-1.amazonaws.com/",
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
    for url in (
        "https://gateway.example.com/",
        "https://Gateway.example.com:443/",
        "https://other.example.com:8443/",
        "http://localhost/",
        "http://localhost:80/",
        "https://localhost/",
        "http://[::1]:8080/",
        "https://bedrock.eu-central-1.amazonaws.com/",
    ):
        assert goes_to(ours, url), url
    for url in (
        "http://gateway.example.com/",
        "http://other.example.com:8443/",
        "ftp://localhost/",
        "https://gateway.example.com:8443/",
        "https://other.example.com/",
        "https://x.gateway.example.com/",
        "http://127.0.0.1/",
        "http://localhost:8080/",
    ):
        assert not goes_to(ours, url), url
    assert not goes_to(ours, "http://localhost/", proxied=True)
    assert goes_to(ours, "https://localhost/", proxied=True)


def test_a_clients_own_endpoint_on_this_machine() -> None:
    assert goes_to(hosts(), "http://127.0.0.1:8080/", endpoint="127.0.0.1:8080")
    assert not goes_to(hosts(), "http://127.0.0.1:8081/", endpoint="127.0.0.1:8080")
    assert not goes_to(hosts(), "http://127.0.0.1:8080/", endpoint="127.0.0.1:8080", proxied=True)
    assert not goes_to(hosts(), "https://example.com/", endpoint="example.com")
    assert not goes_to(hosts(), "http://127.0.0.1.example.com/", endpoint="127.0.0.1.example.com")


@pytest.mark.parametrize(
    "host",
    [
        *("", ".", "*", "*.example.com", "https://example.com", "example.com/", "::1", ":80"),
        *("user@example.com", "example.com:x", "example.com:0", "example.com:65536"),
        *("exam ple.com", "example.com?", "example.com#", "example.com\n"),
    ],
)
def test_what_is_no_host(host: str) -> None:
    with pytest.raises(HostError, match="hosts: ") as raised:
        hosts(more=("example.com", host))
    assert not host.strip(".:*") or host not in str(raised.value)


def test_one_str_is_no_list() -> None:
    with pytest.raises(TypeError, match="list"):
        hosts(more="example.com")  # type: ignore[arg-type]
