"""A worker as worker.h describes it, for one thread: work(FOLDER, generate)."""

import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter_ns


def work(folder: str, generate: Callable[[str], str]) -> None:
    loaded: dict[str, list[str]] = {}
    for line in sys.stdin:
        command, _, length, first, _ = line.split(" ")
        if length not in loaded:
            loaded[length] = (Path(folder) / length).read_text().split("\n")[:-1]
        sessions = loaded[length]
        if command == "token":
            print(generate(sessions[int(first)]), flush=True)
        else:
            started = perf_counter_ns()
            for i in range(int(first)):
                generate(sessions[i % len(sessions)])
            print(perf_counter_ns() - started, flush=True)
