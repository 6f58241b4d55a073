"""Credentials that botocore finds, and clients that botocore makes."""

import os
from typing import Any, Optional
from urllib.parse import urlsplit

from ._credentials import Credentials, from_botocore
from ._provider import Provider
from ._token import EXPIRES_MAX, Service

NEEDS_BOTOCORE = "botocore is needed to find credentials: pip install bedrock-token[botocore]"
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def from_session(
    session: Any = None,
    region: Optional[str] = None,
    expires: int = EXPIRES_MAX,
    *,
    service: Service = "bedrock",
) -> Provider:
    """A Provider over the credentials that botocore finds, which it refreshes when they end.

    Args:
        session: A session of botocore or boto3; if missing, a new one, whose default chain looks
            at the environment, the shared files, a credential process, the machine's role, ...
        region: If missing, the session's own: AWS_DEFAULT_REGION, or the profile's region. If that is
            missing, too, AWS_REGION, which botocore does not read.
        expires: As for generate(); counted from each renewal.
        service: As for generate().

    Raises:
        ValueError: There is no region, or the library refuses an argument (see generate).
        ImportError: There is no botocore.

    Credentials are looked for at the first get(), which raises NoCredentialsError if there are
    none. A credential process runs again only when its credentials are about to end.
    """
    if session is None:
        try:
            from botocore.session import Session
        except ImportError as error:
            raise ImportError(NEEDS_BOTOCORE) from error
        session = Session()
    if not region and hasattr(session, "region_name"):  # boto3's
        region = session.region_name
    elif not region:
        region = session.get_config_variable("region")
    region = region or os.environ.get("AWS_REGION")
    if not region:
        raise ValueError("region is missing: pass it, or set AWS_DEFAULT_REGION or AWS_REGION")

    def source() -> Credentials:
        credentials = session.get_credentials()
        if credentials is None:
            from botocore.exceptions import NoCredentialsError

            raise NoCredentialsError
        return from_botocore(credentials)

    return Provider(source, region, expires, service=service)


def authorize(client: Any, provider: Provider) -> None:
    """Makes a botocore or boto3 client send the provider's token, fresh with each attempt of each
    request, instead of signing with credentials.

    Args:
        client: A client of Amazon Bedrock: bedrock-runtime, bedrock, bedrock-agent-runtime, ...
        provider: For "bedrock", and for the client's region.

    Raises:
        ValueError: The client is of another service or region than the provider.

    A request to an http endpoint raises ValueError, unless the host is this machine.
    """
    from botocore import UNSIGNED

    model = client.meta.service_model
    if model.signing_name != "bedrock" or provider.service != "bedrock":
        raise ValueError(
            f"client is of {model.signing_name}, and provider of {provider.service}: "
            "both must be of bedrock"
        )
    if client.meta.region_name != provider.region:
        raise ValueError(
            f"client is of {client.meta.region_name}, and provider of {provider.region}: "
            "a token is good in its own region only"
        )

    def choose_signer(**_: Any) -> Any:
        return UNSIGNED  # botocore itself adds nothing

    def add_token(request: Any, **_: Any) -> None:
        url = urlsplit(request.url)
        if url.scheme != "https" and url.hostname not in _LOOPBACK:
            raise ValueError("endpoint is not https, and a token must not be sent in the clear")
        request.headers["Authorization"] = f"Bearer {provider.get()}"

    service = model.service_id.hyphenize()
    client.meta.events.register_first(f"choose-signer.{service}", choose_signer)
    client.meta.events.register(f"before-sign.{service}", add_token)
