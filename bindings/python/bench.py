"""Tokens a second, of the official package and of this one, by turns in one process."""

import os
import platform
import threading
import time
from typing import Callable, Optional

import aws_bedrock_token_generator as official
from botocore.credentials import Credentials

import bedrock_token

KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
ROUNDS, SECONDS = 5, 0.5


def rate(work: Callable[[], object], threads: int) -> float:
    """Calls a second of all threads together."""
    counts = [0] * threads
    end = time.perf_counter() + SECONDS

    def repeat(index: int) -> None:
        while time.perf_counter() < end:
            for _ in range(20):
                work()
            counts[index] += 20

    started = time.perf_counter()
    workers = [threading.Thread(target=repeat, args=(index,)) for index in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(counts) / (time.perf_counter() - started)


def compare(session: Optional[str], threads: int) -> None:
    credentials = Credentials(KEY, SECRET, session)
    theirs, ours = official.BedrockTokenGenerator(), bedrock_token.BedrockTokenGenerator()
    provider = bedrock_token.Provider(lambda: credentials, "eu-central-1")
    contenders: dict[str, Callable[[], object]] = {
        "official get_token": lambda: theirs.get_token(credentials, "eu-central-1"),
        "get_token": lambda: ours.get_token(credentials, "eu-central-1"),
        "generate": lambda: bedrock_token.generate(KEY, SECRET, session, "eu-central-1"),
        "Provider.get": provider.get,
    }
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, work in contenders.items():
            rates[name].append(rate(work, threads))
    medians = {name: sorted(values)[ROUNDS // 2] for name, values in rates.items()}
    print(f"session of {len(session or '')} characters, threads: {threads}")
    for name, median in medians.items():
        ratio = median / medians["official get_token"]
        print(f"  {name:20} {median:10,.0f} tokens/s {ratio:7.1f} x")


if __name__ == "__main__":
    print(
        f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores,",
        f"official {official.__version__}, bedrock-token {bedrock_token.__version__}",
    )
    for session in (None, "s" * 1000):
        for threads in (1, 4):
            compare(session, threads)
