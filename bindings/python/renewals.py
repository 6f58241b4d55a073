"""Takes a provider through steps, as tests/conformance/README.md says."""

import asyncio
import sys
import time
from concurrent.futures import CancelledError, ThreadPoolExecutor
from typing import Any, Callable, Optional

now = 0.0
time.time = lambda: now  # the clock stands still, also for the package

from bedrock_token import BedrockTokenError, Credentials, Provider, inspect

GOOD = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
Answers = list[object]
provider: Provider


def failed(error: Exception) -> str:
    if isinstance(error.__cause__, ValueError):
        return "-"  # Credentials have no such end
    return "raised" if "raised" in str(error) else f"status {getattr(error, 'status', error)}"


def answer() -> object:
    come.append(now)
    try:
        return inspect(provider.get()).issued_at
    except BedrockTokenError as error:
        return failed(error)


async def answer_async(limit: Optional[float] = None) -> object:
    try:
        return inspect(await asyncio.wait_for(provider.get_async(), limit)).issued_at
    except asyncio.TimeoutError:
        return "deadline"
    except BedrockTokenError as error:
        return failed(error)


def credentials() -> Optional[Credentials]:
    global asked
    asked += 1
    if end == "raise":
        raise OSError("raised")
    if end == "throw":
        raise CancelledError("raised")
    if end == "nothing":
        return None
    return Credentials(GOOD.access_key, GOOD.secret, None, int(end))


def together(calls: int, call: Callable[[], object]) -> Answers:
    with ThreadPoolExecutor(calls) as pool:
        return list({*pool.map(lambda _: call(), range(calls))})


def reenter() -> Answers:
    inside: Answers = []

    def ask() -> Optional[Credentials]:
        inside.append(answer())
        return credentials()

    use(ask)
    return [answer(), *inside]


async def child() -> Answers:
    inside: Answers = []

    async def ask() -> Optional[Credentials]:
        inside.append(await asyncio.create_task(answer_async()))
        return credentials()

    use(ask)
    await answer_async()
    while not inside:  # a kept token is the answer at once, and is renewed meanwhile
        await asyncio.sleep(0.001)
    return [await answer_async(), *inside]


async def deadline() -> Answers:
    async def ask() -> Optional[Credentials]:
        await asyncio.wait(limited)
        return credentials()

    use(ask)
    limited = [asyncio.create_task(answer_async(0.1)) for _ in range(2)]
    last = asyncio.create_task(answer_async())
    return [*[await one for one in limited], await last]


def shared() -> Answers:
    def ask() -> Optional[Credentials]:
        while len(come) < 8:
            time.sleep(0.001)
        time.sleep(0.05 if end.isdigit() else 0.5)
        return credentials()

    use(ask)
    return together(8, answer)


def refused() -> Answers:
    token = provider.get()

    def report() -> object:
        provider.invalidate(token)
        return answer()

    return list({*together(16, report), report()})


def use(ask: Callable[[], Any]) -> None:
    global source
    source = ask


def new(region: str = "eu-central-1", expires: str = "43200") -> Answers:
    global provider
    try:
        provider = Provider(lambda: source(), region, int(expires))
    except BedrockTokenError as error:
        return [failed(error)]
    return []


for line in sys.stdin:
    step, *fields = line.rstrip("\n").split("\t")
    asked, come = 0, list[float]()
    source: Callable[[], Any] = credentials
    answers: Answers = []
    if step == "new":
        answers = new(*fields)
    elif step == "failure":
        answers = [failed(provider.failure) if provider.failure else "ok"]
    elif step == "invalidate":
        provider.invalidate()
    else:
        now, end = float(fields[0]), fields[1]
        if step == "get":
            answers = [answer()]
        elif step == "show":
            answers = [repr(provider), str(GOOD)]
        elif step in ("child", "deadline"):
            answers = asyncio.run(child() if step == "child" else deadline())
        else:
            answers = {"together": shared, "refused": refused, "reenter": reenter}[step]()
    print(asked, *answers, sep="\t")
