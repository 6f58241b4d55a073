"""For clients on httpx, or on httpx2, its successor."""

from collections.abc import AsyncGenerator, Generator, Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.request import getproxies, proxy_bypass

from ._hosts import Hosts
from ._provider import Provider

if TYPE_CHECKING:

    class _Auth:
        """A type that all of them take, whichever is installed."""

        def __call__(self, request: Any) -> Any: ...
else:
    _bases = []
    for _name in ("httpx", "httpx2"):
        try:
            _bases.append(import_module(_name).Auth)
        except ImportError:
            continue
    if not _bases:
        raise ImportError("httpx or httpx2 is needed for BearerAuth: pip install httpx")
    _Auth = type("_Auth", tuple(_bases), {})


class BearerAuth(_Auth):
    """Puts a provider's token on each request: an Auth of httpx and of httpx2, for Client and
    AsyncClient.

    >>> client = httpx.Client(auth=bedrock_token.BearerAuth(provider))

    Args:
        provider: For Bedrock or for Claude Platform.
        hosts: More hosts that may have the token, such as a gateway: "host" or "host:port".

    The token replaces what is in Authorization and in x-api-key, such as an SDK's placeholder. It goes
    to the provider's service in the provider's region, over https, and over http to this machine if
    that is among `hosts`. A request elsewhere raises HostError, and so does http through a proxy of
    the environment. A request that the service answers with 401 or 403 is sent once more if there
    is a new token for it, and if its body is in memory.
    """

    def __init__(self, provider: Provider, *, hosts: Iterable[str] = ()) -> None:
        self._provider = provider
        self._hosts = Hosts(provider, hosts)

    def sync_auth_flow(self, request: Any) -> Generator[Any, Any, None]:
        """Is what Client calls."""
        self._check(request)
        again = _can_be_sent_again(request)
        token = self._provider.get()
        response = yield _with(request, token)
        if again and response.status_code in {401, 403}:
            renewed = self._provider._after_refusal(token)
            if renewed is not None:
                yield _with(request, renewed)

    async def async_auth_flow(self, request: Any) -> AsyncGenerator[Any, Any]:
        """Is what AsyncClient calls."""
        self._check(request)
        again = _can_be_sent_again(request)
        token = await self._provider.get_async()
        response = yield _with(request, token)
        if again and response.status_code in {401, 403}:
            renewed = await self._provider._after_refusal_async(token)
            if renewed is not None:
                yield _with(request, renewed)

    def _check(self, request: Any) -> None:
        url = request.url

        def proxied() -> bool:
            return bool(getproxies().keys() & {"http", "all"}) and not proxy_bypass(url.host)

        self._hosts.check(url.scheme, url.netloc.decode("ascii"), proxied)


def _with(request: Any, token: str) -> Any:
    request.headers.pop("x-api-key", None)
    request.headers["Authorization"] = f"Bearer {token}"
    return request


def _can_be_sent_again(request: Any) -> bool:
    """Not if its body is a stream, which is used up then."""
    try:
        return request.content is not None
    except RuntimeError:  # RequestNotRead
        return False
