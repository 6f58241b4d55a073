"""A worker as worker.h describes it: work(FOLDER, operations)."""

import sys
import threading
from collections.abc import Callable
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter_ns

Generate = Callable[[str], str]


def work(folder: str, operations: dict[str, Callable[[], Generate]]) -> None:
    """The first use of an operation calls the function of its name for the one that generates."""
    generate = cache(lambda name: operations[name]())
    sessions = cache(lambda length: (Path(folder) / length).read_text().split("\n")[:-1])
    for line in sys.stdin:
        command, name, length, first, second = line.split()
        if command == "token":
            print(generate(name)(sessions(length)[int(first)]), flush=True)
        else:
            print(run(generate(name), sessions(length), int(first), int(second)), flush=True)


def run(generate: Generate, sessions: list[str], iterations: int, threads: int) -> int:
    """Each thread runs all the iterations."""
    times: list[int] = []
    barrier = threading.Barrier(threads)

    def share() -> None:
        barrier.wait()
        times.append(perf_counter_ns())
        for session in islice(cycle(sessions), iterations):
            generate(session)
        times.append(perf_counter_ns())

    others = [threading.Thread(target=share) for _ in range(threads - 1)]
    for other in others:
        other.start()
    share()
    for other in others:
        other.join()
    return max(times) - min(times)
