"""Where a token may be sent: the rule of every hook of this package, and of Go's Transport."""

import re
from collections.abc import Iterable
from typing import Callable, Optional

from ._provider import Provider
from ._token import Service


class HostError(ValueError):
    """A token must not be sent there. The message says why."""


_SERVICES: "dict[Service, str]" = {
    "bedrock": "bedrock(?:(?:-runtime)?(?:-fips)?|-mantle)",
    "claude-platform": "aws-external-anthropic",
}

#: The beginnings of a partition's regions, and the ends of its hosts. A test compares this to
#: botocore's.
PARTITIONS = (
    ("cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    ("eusc-", "amazonaws.eu", "api.amazonwebservices.eu"),
    ("us-iso-", "c2s.ic.gov", "api.aws.ic.gov"),
    ("us-isob-", "sc2s.sgov.gov", "api.aws.scloud"),
    ("eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
    ("us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
    ("", "amazonaws.com", "api.aws"),  # all others, those of the US government among them
)

# A host has no user's name before it and no backslash in it: two parsers could see two hosts.
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?")
_LOOPBACK = re.compile(r"localhost|127(?:\.[0-9]{1,3}){3}|\[::1\]")
_PORTS = {"https": "443", "http": "80"}


def _own(provider: Provider) -> "re.Pattern[str]":
    """The hosts of the provider's service in its region, also as private endpoints of a VPC."""
    region = provider.region
    suffix, dual = next(ends for start, *ends in PARTITIONS if region.startswith(start))
    name = f"{_SERVICES[provider.service]}[.]{region}[.]"
    return re.compile(
        f"{name}(?:{re.escape(suffix)}|{re.escape(dual)})"
        f"|vpce-[a-z0-9-]+[.]{name}vpce[.]{re.escape(suffix)}"
    )


class Hosts:
    """The hosts that may have a provider's token: the service's own in the region, and `more`."""

    def __init__(self, provider: Provider, more: Iterable[str]) -> None:
        if isinstance(more, str):
            raise TypeError("hosts must be a list of hosts, not one str")
        self._scope = f"{provider.service} in {provider.region}"
        self._own = _own(provider)
        self._more = set()
        for host in more:
            match = _HOST.fullmatch(host.lower())
            if not match or not 0 < int(match[1] or 443) < 65536:
                raise HostError('hosts: each must be "host" or "host:port"')
            self._more.add(match[0])

    def check(
        self,
        scheme: str,
        netloc: str,
        proxied: Callable[[], object],
        endpoint: Optional[str] = None,
    ) -> None:
        """Raises HostError unless a token may go to `netloc`: "host" or "host:port".

        Args:
            proxied: Tells whether a proxy would see what is sent over http.
            endpoint: If this is on this machine, it counts as listed.
        """
        match = _HOST.fullmatch(netloc.lower())
        if not match:
            raise HostError("a token is not sent to a host that is written in this way")
        port = match[1] or _PORTS.get(scheme)
        host = match[0][: match.start(1) - 1] if match[1] else match[0]
        loopback = _LOOPBACK.fullmatch(host)
        listed = (
            f"{host}:{port}" in self._more
            or (port == _PORTS.get(scheme) and host in self._more)
            or (loopback is not None and netloc == endpoint)
        )
        if not listed and not self._own.fullmatch(host):
            raise HostError(f"{host} is not a host of {self._scope}; hosts= adds others")
        if scheme != "https" and not (scheme == "http" and listed and loopback):
            raise HostError("a token is sent over https only")
        if scheme == "http" and proxied():
            raise HostError("a token is not sent over http through a proxy")
