"""One process, 1,000 tenants, an hour of clock in which sources fail and the clock jumps: the service
would have taken each token, as its tenant's, at the second at which it was handed out."""

from datetime import UTC, datetime

from endpoint.clients import PREFIX, WORK, library
from endpoint.token_check import SERVICES, Tenant, check
from project import needs, run

SIGV4_NAMES = [name for _, name in SERVICES.values()]  # in the order of BEDROCK_TOKEN_SERVICE_*


def utc(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def test_tenants() -> None:
    needs("cc")
    program, folder = WORK / "tenants", library()
    run(
        f"cc -std=gnu11 -O1 -Wall -Wextra -Wpedantic -Werror -I {PREFIX}/include"
        f" tests/endpoint/tenants.c -o {program} -L {folder} -lbedrock_token -lpthread",
        *(f"-Wl,-rpath,{folder}", '-DBEDROCK_TOKEN_VECTORS=""'),
    )
    tenants, owners, tokens = {}, {}, 0
    for line in run(program).splitlines():
        kind, number, *fields = line.split(" ")
        if kind == "credentials":
            access_key, secret, session, end = fields
            ends = None if end == "0" else utc(end)
            tenants[access_key] = Tenant(secret, None if session == "-" else session, ends)
            owners[access_key] = number
        else:
            service, region, clock, token = fields
            access_key = check(token, SIGV4_NAMES[int(service)], region, tenants, utc(clock))
            assert owners[access_key] == number
            tokens += 1
    assert tokens > 10_000
