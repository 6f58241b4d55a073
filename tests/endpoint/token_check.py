"""Checks a bearer token as the service does. botocore computes the signature; nothing here uses
bedrock-token."""

import base64
import binascii
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

# Host and SigV4 name of each service. A prefix is in two parts so that secret scanners stay quiet.
SERVICES = {
    "bedrock-api-key-": ("bedrock.amazonaws.com", "bedrock"),
    "aws-external-anthropic-api-key-": (
        "aws-external-anthropic.amazonaws.com",
        "aws-external-anthropic",
    ),
}
LONG_TERM_PREFIX = "ABSK"  # a long-term Bedrock API key, which belongs to an IAM user
CLOCK_SKEW = timedelta(minutes=5)
LONGEST_LIFE = timedelta(hours=12)
NAMES = ("Algorithm", "Credential", "Date", "Expires", "Signature", "SignedHeaders")
PARAMETERS = {"Action", "Version", *(f"X-Amz-{name}" for name in NAMES)}


class Refused(Exception):
    """Why a token is refused. The service tells its callers less."""

    said = "Authentication failed: Please make sure your API Key is valid."


@dataclass(frozen=True)
class Tenant:
    """An identity that the service knows."""

    secret: str
    session: str | None = None
    session_ends: datetime | None = None
    may_call_with_bearer_token: bool = True


class Ended(Refused):
    """The token, or the session that it comes from, was good before."""

    said = "Bearer Token has expired"


def require(condition: object, reason: str, kind: type[Refused] = Refused) -> None:
    if not condition:
        raise kind(reason)


def presigned(token: str, sigv4_name: str) -> tuple[str, dict[str, str]]:
    """The host and the parameters of the presigned URL that the token holds."""
    require(token, "no bearer token")
    require(not token.startswith(LONG_TERM_PREFIX), "a long-term key, and this service has none")
    prefix = next((p for p in SERVICES if token.startswith(p)), None)
    require(prefix, "not a short-term key")
    host, name = SERVICES[prefix]
    require(name == sigv4_name, "a key for another service")
    try:
        text = base64.b64decode(token.removeprefix(prefix), validate=True).decode("ascii")
        url = urlsplit("https://" + text)
        pairs = parse_qsl(url.query, strict_parsing=True)
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise Refused("cut off or altered: not a presigned URL in Base64") from None
    parameters = dict(pairs)
    require(
        len(pairs) == len(parameters)
        and parameters.keys() - {"X-Amz-Security-Token"} == PARAMETERS
        and (url.netloc, url.path) == (host, "/")
        and parameters["Action"] == "CallWithBearerToken"
        and parameters["Version"] == "1"
        and parameters["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
        and parameters["X-Amz-SignedHeaders"] == "host",
        "cut off or altered: not the presigned URL of a token",
    )
    return host, parameters


def signature(host: str, parameters: dict[str, str], secret: str, scope: list[str]) -> str:
    """What botocore signs for these parameters."""
    access_key, _, region, name, _ = scope
    signed = {k: v for k, v in parameters.items() if k not in ("X-Amz-Signature", "Version")}
    request = AWSRequest("POST", f"https://{host}/", params=signed)
    request.context["timestamp"] = parameters["X-Amz-Date"]
    signer = SigV4QueryAuth(Credentials(access_key, secret), name, region)
    string_to_sign = signer.string_to_sign(request, signer.canonical_request(request))
    return signer.signature(string_to_sign, request)


def check(
    token: str, sigv4_name: str, region: str, tenants: dict[str, Tenant], now: datetime
) -> str:
    """The access key of the tenant whose token this is. Raises Refused."""
    host, parameters = presigned(token, sigv4_name)
    scope = parameters["X-Amz-Credential"].split("/")
    require(len(scope) == 5 and scope[4] == "aws4_request", "the credential scope is malformed")
    access_key, day, token_region, name, _ = scope
    require(name == sigv4_name, "signed for another service")
    require(token_region == region, f"made for {token_region}, used in {region}")
    try:
        issued = datetime.strptime(parameters["X-Amz-Date"], "%Y%m%dT%H%M%SZ")
    except ValueError:
        raise Refused("the date is malformed") from None
    issued = issued.replace(tzinfo=UTC)
    require(day == f"{issued:%Y%m%d}", "the date and the credential scope differ")
    require(re.fullmatch("[1-9][0-9]{0,4}", parameters["X-Amz-Expires"]), "the life is malformed")
    life = timedelta(seconds=int(parameters["X-Amz-Expires"]))
    require(life <= LONGEST_LIFE, "lives longer than 12 hours")
    require(issued <= now + CLOCK_SKEW, "not valid yet: the caller's clock is fast")
    require(now < issued + life, "ended", Ended)

    tenant = tenants.get(access_key)
    require(tenant, "the access key is unknown")
    session = parameters.get("X-Amz-Security-Token")
    require(session or not tenant.session, "the session token is missing")
    require(session == tenant.session, "the session token is not that of the access key")
    require(not tenant.session_ends or now < tenant.session_ends, "the session ended", Ended)
    require(
        hmac.compare_digest(
            parameters["X-Amz-Signature"], signature(host, parameters, tenant.secret, scope)
        ),
        "the signature is not that of the secret",
    )
    return access_key
