"""Takes a provider through steps, as tests/conformance/README.md says."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Union

now = 0.0
time.time = lambda: now  # the clock stands still, also for the package

from bedrock_token import BedrockTokenError, Credentials, Provider, inspect

GOOD = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
Answer = Union[str, int]
asked = come = 0


def answer() -> Answer:
    global come
    come += 1
    try:
        return inspect(provider.get()).issued_at
    except BedrockTokenError as error:
        if isinstance(error.__cause__, ValueError):
            return "-"  # Credentials have no such end
        return str(error.__cause__ or f"status {error.status}")


def source() -> "Credentials | None":
    global asked
    asked += 1
    if step == "together":
        while come < 8:
            time.sleep(0.001)
        time.sleep(0.05)
    elif step == "reenter":
        inside.append(answer())
    if end == "raise":
        raise OSError("raised")
    if end == "nothing":
        return None
    return Credentials(GOOD.access_key, GOOD.secret, None, int(end))


for line in sys.stdin:
    step, *fields = line.rstrip("\n").split("\t")
    if fields:
        now, end = float(fields[0]), fields[1]
    asked = come = 0
    inside, answers = list[Answer](), list[Answer]()
    if step == "new":
        provider = Provider(source, "eu-central-1")  # type: ignore[arg-type]
    elif step == "invalidate":
        provider.invalidate()
    elif step == "show":
        answers = [repr(provider), str(GOOD)]
    elif step == "together":
        with ThreadPoolExecutor(8) as pool:
            answers = list({*pool.map(lambda _: answer(), range(8))})
    else:
        answers = [answer(), *inside]
    print(asked, *answers, sep="\t")
