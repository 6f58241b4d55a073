"""Credentials that botocore finds, and clients that botocore makes."""

import os
from collections.abc import Iterable
from typing import Any, Optional, Protocol
from urllib.parse import urlsplit

from ._credentials import BotocoreCredentials, Credentials, from_botocore
from ._hosts import Hosts
from ._provider import Provider
from ._token import EXPIRES_MAX, Service

NEEDS_BOTOCORE = "botocore is needed to find credentials: pip install bedrock-token[botocore]"
#: A static key in a file may be another one tomorrow. Other credentials renew themselves, or were
#: given to the session by the program.
_IN_FILES = {"shared-credentials-file", "config-file"}


class BotocoreSession(Protocol):
    """A session of botocore or boto3."""

    def get_credentials(self) -> Optional[BotocoreCredentials]: ...


class BotocoreClient(Protocol):
    """A client of botocore or boto3."""

    @property
    def meta(self) -> Any: ...


def from_session(
    session: Optional[BotocoreSession] = None,
    /,
    region: Optional[str] = None,
    expires: int = EXPIRES_MAX,
    *,
    service: Service = "bedrock",
) -> Provider:
    """A Provider over the credentials that botocore finds.

    Args:
        session: A session of botocore or boto3. If missing, each renewal makes a new one, whose
            default chain looks at the environment, the shared files, a credential process, the
            machine's role, ... as they are then.
        region: If missing, the session's own: AWS_DEFAULT_REGION, or the profile's region. If that is
            missing, too, AWS_REGION, which botocore does not read.
        expires: As for generate(); counted from each renewal.
        service: As for generate().

    Raises:
        ValueError: There is no region, or the library refuses an argument (see generate).
        TypeError: The session is not a session of botocore or boto3.
        ImportError: There is no botocore.

    Credentials are looked for at the first get(), which raises NoCredentialsError if there are
    none, and at each renewal. A session of yours keeps its credentials, unless they are a key in
    the shared files: that is read again.
    """
    if session is not None and not hasattr(session, "get_credentials"):
        raise TypeError(
            f"session must be one of botocore or boto3, not {type(session).__name__}; "
            'for a region, write from_session(region="...")'
        )
    try:
        from botocore.exceptions import NoCredentialsError
        from botocore.session import Session
    except ImportError as error:
        raise ImportError(NEEDS_BOTOCORE) from error
    asked: Any = Session() if session is None else session
    if not region and hasattr(asked, "region_name"):  # boto3's
        region = asked.region_name
    elif not region:
        region = asked.get_config_variable("region")
    region = region or os.environ.get("AWS_REGION")
    if not region:
        raise ValueError("region is missing: pass it, or set AWS_DEFAULT_REGION or AWS_REGION")

    def source() -> Credentials:
        asked: Any = Session() if session is None else session
        credentials = asked.get_credentials()
        if session is not None and getattr(credentials, "method", None) in _IN_FILES:
            inner = getattr(asked, "_session", asked)  # boto3's has botocore's in it
            credentials = inner.get_component("credential_provider").load_credentials()
        if credentials is None:
            raise NoCredentialsError
        return from_botocore(credentials)

    return Provider(source, region, expires, service=service)


class _Sent:
    """The token that an attempt was sent with. botocore logs what it keeps with a request, and this
    has no text."""

    __slots__ = ("renewed", "token")

    def __init__(self) -> None:
        self.token = ""
        self.renewed = False


def authorize(client: BotocoreClient, provider: Provider, *, hosts: Iterable[str] = ()) -> None:
    """Makes a botocore or boto3 client send the provider's token, fresh with each attempt of each
    request, instead of signing with credentials. Again with another provider, it replaces the first.

    Args:
        client: A client of bedrock-runtime or bedrock. Others take no token.
        provider: For "bedrock", and for the client's region.
        hosts: More hosts that may have the token, such as a gateway: "host" or "host:port".

    Raises:
        ValueError: The client is of another service or region than the provider.

    The token goes to the service's hosts in the region, over https, and over http to this machine if
    that is the client's endpoint or among `hosts`. A request elsewhere raises HostError, and so does
    http through a proxy. A presigned URL raises ValueError: it cannot have a token in it. A request
    that the service answers with 401 or 403 is sent once more if there is a new token for it.
    """
    from botocore import UNSIGNED

    model = client.meta.service_model
    if model.service_name not in {"bedrock", "bedrock-runtime"} or provider.service != "bedrock":
        raise ValueError(
            f"client is of {model.service_name}, and provider of {provider.service}: a client of "
            "bedrock-runtime or bedrock takes a token of bedrock"
        )
    if client.meta.region_name != provider.region:
        raise ValueError(
            f"client is of {client.meta.region_name}, and provider of {provider.region}: "
            "a token is good in its own region only"
        )
    allowed = Hosts(provider, hosts)
    endpoint = urlsplit(client.meta.endpoint_url).netloc
    http: Any = getattr(client, "_endpoint").http_session  # noqa: B009
    key = "bedrock-token"

    def choose_signer(signature_version: Any, **_: Any) -> Any:
        if str(signature_version).endswith(("-query", "-presign-post")):
            raise ValueError("a token cannot be in a presigned URL")
        return UNSIGNED  # botocore itself adds nothing

    def add_token(request: Any, **_: Any) -> None:
        url = urlsplit(request.url)

        def proxied() -> object:
            return http._proxy_config.proxy_url_for(request.url)

        allowed.check(url.scheme, url.netloc, proxied, endpoint)
        sent = request.context.setdefault(key, _Sent())
        sent.token = provider.get()
        request.headers["Authorization"] = f"Bearer {sent.token}"

    def renew(response: Any, request_dict: Any, **_: Any) -> Optional[int]:
        """0 has botocore send the request again, at once."""
        sent = request_dict["context"].get(key)
        if sent is None or sent.renewed or response is None:
            return None
        if response[0].status_code not in {401, 403}:
            return None
        sent.renewed = True
        return None if provider._after_refusal(sent.token) is None else 0

    events, service = client.meta.events, model.service_id.hyphenize()
    for event, handler in (
        ("choose-signer", choose_signer),
        ("before-sign", add_token),
        ("needs-retry", renew),
    ):
        # Of two handlers with one ID, botocore keeps the first.
        events.unregister(f"{event}.{service}", unique_id=f"{key}-{event}")
        events.register_first(f"{event}.{service}", handler, unique_id=f"{key}-{event}")
