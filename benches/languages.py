"""Compares the binding of each language with the alternative that its users have, in one run.

The languages are those of tests/conformance whose language.toml has a table [bench]. Each operation
has a worker of its own (peers/worker.h has the protocol), and they take turns as in bench.py. Before
that, the tokens of each are compared with the library's. For the start, a new worker is asked for one
token. Its memory is the most that the process has had by then.

All times are processor time of the worker, so other work on the machine does not count. Compiling,
collecting garbage and the other threads of the worker do count.

languages.sh installs what this needs, and calls it: languages.sh [ROUNDS [LANGUAGE...]]. It prints
the tables, and writes languages.txt and languages.svg when all languages have 100 rounds or more.
"""

import os
import random
import re
import shlex
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from string import Template

import chart
from bench import (
    ROUNDS,
    SESSIONS,
    WORK,
    Operation,
    Worker,
    cell,
    parameters,
    processor,
    ratio,
    write_sessions,
)

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from conformance import languages  # noqa: E402
from conformance.vectors import Library, Vector  # noqa: E402

KEY, SECRET = b"AKIAIOSFODNN7EXAMPLE", b"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
LENGTHS = [0, 904]  # of session tokens
STARTS = 7  # processes
WARM_UP = 1.5e9  # nanoseconds of processor time
CHOSEN = sys.argv[2:]  # languages, by the names of their folders; all without

# How cost grows
THREADS = [1, 2, 4, 8, 16, 32, 64]
TENANTS = [1, 1000, 100_000]
GROWING_LENGTHS = [0, 256, 1024, 4096, 16384, 65536]


@dataclass(eq=False)
class Language(languages.Language):
    """A language, with the keys of its [bench] instead of the others of the same name."""

    #: Operations to compare, and what the second one is: [ours, theirs, title].
    against: list[list[str]] = field(default_factory=list)
    #: Runs the operations that are theirs, if it is not the driver.
    peer: str = ""
    #: The operation that gets a kept token.
    kept: str = "kept"
    #: Whether to measure how cost grows.
    server: bool = False

    @property
    def work(self) -> Path:
        return WORK / "languages" / self.id

    def worker(self, operation: str) -> Worker:
        peer = self.peer and operation in (theirs for _, theirs, _ in self.against)
        command = Template(self.peer if peer else self.driver).substitute(self.environment)
        name = f"{self.name}, {operation}"
        return Worker(name, shlex.split(command), cwd=self.work, env=self.environment)


def ready() -> list[Language]:
    """Those whose runtime is there, built."""
    subprocess.run(
        ["make", "-C", languages.ROOT, "install", f"PREFIX={languages.PREFIX}"], check=True
    )
    wanted = [
        Language(**(vars(one) | {"bench": {}} | one.bench))
        for one in languages.find()
        if one.bench and one.id in (CHOSEN or [one.id])
    ]
    packages = sorted({package for one in wanted for package in one.missing()})
    if packages:
        subprocess.run([languages.ROOT / "tools/need.sh", *packages], check=False)
    built = []
    for one in wanted:
        if missing := one.missing():
            print(f"bench: skipped: {one.name} needs {' '.join(missing)}", file=sys.stderr)
            continue
        print(f"bench: {one.name}", file=sys.stderr)
        one.fetch()
        one.run(one.build)
        built.append(one)
    return built


def compare_tokens(library: Library, worker: Worker, operation: str, length: int) -> None:
    """Each token must say and sign what the library's of the same second does."""
    sessions = (WORK / "sessions" / str(length)).read_bytes().split()
    for index in range(SESSIONS):
        session = sessions[index] if length else None
        token = worker.ask("token", operation, length, index, 0)
        key = KEY if operation != "first" else access_key(token)
        vector = Vector(0, (key, SECRET, session, b"eu-central-1"), 43200, 0, "")
        right = library.generate_into(vector, library.issued_at(token))
        if parameters(token) != parameters(right):
            sys.exit(f"{worker.name}: another token, {length=}:\n{token}\n{right}")


def access_key(token: str) -> bytes:
    credential = next(p for p in parameters(token)[1] if p.startswith("X-Amz-Credential="))
    return credential.partition("=")[2].partition("%2F")[0].encode("ascii")


def warm_up(worker: Worker, operation: str, length: int) -> None:
    """Compilers that work at run time are given the time to."""
    while processor_time(worker) < WARM_UP:
        worker.ask("run", operation, length, 100, 1)


def processor_time(worker: Worker) -> int:
    """Nanoseconds that the process has had."""
    return time.clock_gettime_ns(~worker.process.pid << 3 | 2)  # clock_getcpuclockid() of Linux


class ProcessorTime(Operation):
    """An operation that is measured in processor time, for one iteration of one thread."""

    def run(self):
        before = processor_time(self.worker)
        super().run()
        return float(max(processor_time(self.worker) - before, 1))  # the clock may stand still

    def measure(self):
        self.times.append(self.run() / (self.iterations * self.threads))


class Start:
    """New processes of an operation: what they have taken at the first token."""

    def __init__(self, language: Language, operation: str) -> None:
        self.language, self.operation = language, operation
        self.times: list[float] = []  # seconds
        self.memories: list[int] = []  # bytes

    def measure(self) -> None:
        worker = self.language.worker(self.operation)
        worker.ask("token", self.operation, 0, 0, 0)
        self.times.append(processor_time(worker) / 1e9)
        status = Path(f"/proc/{worker.process.pid}/status").read_text()
        self.memories.append(int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024)
        worker.end()


def main() -> None:
    write_sessions(sorted({*LENGTHS, *GROWING_LENGTHS}))
    found = ready()
    library = Library()
    workers, operations = {}, {}

    def add(language: Language, name: str, length: int = 0, threads: int = 1) -> None:
        if (language, name) not in workers:
            workers[language, name] = language.worker(name)
            warm_up(workers[language, name], name, length)
        if (language, name, length, threads) not in operations:
            worker = workers[language, name]
            operation = ProcessorTime(worker, name, length, least=1)
            operation.threads = threads  # each does as much as a thread that is alone
            operations[language, name, length, threads] = operation

    for language in found:
        print(f"bench: {language.name}: comparing tokens", file=sys.stderr)
        for ours, theirs, _ in language.against:
            for operation, length in product((ours, theirs), lengths(ours)):
                add(language, operation, length)
                compare_tokens(library, workers[language, operation], operation, length)
        add(language, language.kept)
        if language.server:
            for threads in THREADS:
                add(language, "generate", threads=threads)
                add(language, "kept", threads=threads)
            for count in TENANTS:
                add(language, f"tenants_{count}")
            for length in GROWING_LENGTHS:
                add(language, "generate", length)
    starts = {key: Start(*key) for key in workers if any(key[1] in row for row in key[0].against)}

    print("bench: measuring", file=sys.stderr)
    load = os.getloadavg()[0]
    compared = {
        key
        for key in operations
        if key[3] == 1 and key[2] in LENGTHS and not key[1].startswith("tenants_")
    }
    for number in range(ROUNDS):
        # How cost grows can be seen in fewer rounds.
        everything = list(operations if number % 4 == 0 else compared)
        random.shuffle(everything)
        for key in everything:
            operations[key].measure()
        if number * STARTS // ROUNDS != (number + 1) * STARTS // ROUNDS:
            for start in random.sample(list(starts.values()), len(starts)):
                start.measure()

    def times(language: Language, name: str, length: int = 0, threads: int = 1) -> list[float]:
        return operations[language, name, length, threads].times

    lines = []

    def row(*cells: str) -> None:
        lines.append("".join(text.ljust(20 if i else 54) for i, text in enumerate(cells)).rstrip())

    row(f"{processor()}; {ROUNDS} rounds, load {load:.1f} to {os.getloadavg()[0]:.1f}")
    row("Medians, and the middle half of the rounds in brackets.")
    row()
    row("One token: ours in microseconds, and theirs in multiples of it")
    row("", "ours", "theirs", "ours, 904 bytes", "theirs, 904 bytes")
    bars = {}
    for language in found:
        for ours, theirs, title in language.against:
            cells, ratios = [], []
            for length in lengths(ours):
                mine = times(language, ours, length)
                ratios.append(ratio(times(language, theirs, length), mine))
                cells += [cell([time / 1000 for time in mine]), cell(ratios[-1])]
            row(f"{language.name}: {title}", *cells)
            bars[f"{language.name}: {title}"] = [statistics.median(r) for r in ratios]
    row()
    row("A kept token: in microseconds, and a new one in multiples of it")
    for language in found:
        kept = times(language, language.kept)
        new = ratio(times(language, "generate"), kept)
        row(language.name, cell([time / 1000 for time in kept], 3), cell(new))
    row()
    row("From the start of the process to the first token: milliseconds, and MiB of memory")
    row("", "ours", "theirs", "ours, memory", "theirs, memory")
    for language in found:
        for ours, theirs, title in language.against:
            both = [starts[language, name] for name in (ours, theirs)]
            took = [cell([time * 1000 for time in start.times]) for start in both]
            memories = [f"{statistics.median(start.memories) / 2**20:.1f}" for start in both]
            row(f"{language.name}: {title}", *took, *memories)

    def growth(
        title: str, what: dict[str, Sequence[tuple[str, int, int]]], columns: list[int]
    ) -> None:
        row()
        lines.append(f"{title:<32}" + "".join(f"{column:>10,}" for column in columns))
        for language in (one for one in found if one.server):
            for name, keys in what.items():
                rates = [1e6 / statistics.median(times(language, *k)) for k in keys]
                text = f"{language.name}, {name}"
                lines.append(f"{text:<32}" + "".join(f"{rate:>10,.0f}" for rate in rates))

    row()
    row("How cost grows: thousands of tokens for a second of processor time, medians")
    by_threads = {
        name: [(name, 0, threads) for threads in THREADS] for name in ("generate", "kept")
    }
    growth("threads", by_threads, THREADS)
    growth("tenants", {"kept": [(f"tenants_{count}", 0, 1) for count in TENANTS]}, TENANTS)
    by_length = {"generate": [("generate", length, 1) for length in GROWING_LENGTHS]}
    growth("bytes of session token", by_length, GROWING_LENGTHS)

    table = "\n".join(lines) + "\n"
    print(table, end="")
    if ROUNDS >= 100 and not CHOSEN:
        (HERE / "languages.txt").write_text(table)
        (HERE / "languages.svg").write_text(chart.draw_languages(bars))


def lengths(operation: str) -> list[int]:
    """Those that it is measured with: only `generate` is given a session token."""
    return LENGTHS if operation == "generate" else [0]


if __name__ == "__main__":
    main()
