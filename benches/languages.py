"""Compares the binding of each language with the alternative that its users have, in one run.

Each folder of languages/ is a language. Its language.toml has the keys of tests/conformance, and
`against`: operations to compare, and what the second one is. The driver is a worker. It reads lines

    OPERATION ITERATIONS SESSION

generates so many tokens with this session token (`-`: none), and prints the last. Each operation has a
worker of its own. They take turns in slices of a few milliseconds, in a new order each round, and a
ratio is taken within a round. The first tokens of each are compared with the library's.

All times are processor time of the worker, so other work on the machine does not count. Compiling,
collecting garbage and the other threads of the worker do count.

languages.sh installs what this needs, and calls it: languages.sh [ROUNDS [LANGUAGE...]]. It prints
the table, and writes languages.txt and languages.svg when all languages have 100 rounds or more.
"""

import base64
import random
import statistics
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import chart
from bench import ROUNDS, SLICE, WORK, cell, parameters, processor, ratio

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from conformance import languages  # noqa: E402
from conformance.vectors import Library, Vector  # noqa: E402

KEY, SECRET = b"AKIAIOSFODNN7EXAMPLE", b"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
LENGTHS = [0, 904]  # of session tokens
WARM_UP = 5e9  # nanoseconds of processor time, for compilers that work at run time
CHOSEN = sys.argv[2:]  # languages, by the names of their folders; all without


@dataclass(eq=False)
class Language(languages.Language):
    #: [ours, theirs, title]
    against: list[list[str]] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def work(self) -> Path:
        return WORK / "languages" / self.id


class Operation:
    """An operation in a process of its own, and its times: nanoseconds of each round."""

    def __init__(self, language: Language, name: str) -> None:
        self.name = f"{language.name}, {name}"
        self.command = name
        self.process = subprocess.Popen(
            ["bash", "-c", f"exec {language.driver}"],
            cwd=language.work,
            env=language.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.times: dict[int, list[float]] = {length: [] for length in LENGTHS}
        self.iterations: dict[int, int] = {}

    def last_of(self, iterations: int, session: str) -> str:
        print(self.command, iterations, session or "-", file=self.process.stdin, flush=True)
        token = self.process.stdout.readline().rstrip("\n")
        if not token:
            sys.exit(f"{self.name} stopped")
        return token

    def processor_time(self) -> int:
        """What the process has had, in nanoseconds."""
        return time.clock_gettime_ns(~self.process.pid << 3 | 2)  # clock_getcpuclockid() of Linux

    def compare(self, library: Library, length: int) -> None:
        """Its tokens must say and sign what the library's of the same second do."""
        for _ in range(16):
            session = new_session(length)
            token = self.last_of(1, session)
            given = session.encode() if takes_session(self.command) else None
            vector = Vector(0, (KEY, SECRET, given, b"eu-central-1"), 43200, 0, "")
            right = library.generate_into(vector, library.issued_at(token))
            if parameters(token) != parameters(right):
                sys.exit(f"{self.name}: another token:\n{token}\n{right}")

    def warm_up(self, length: int) -> None:
        """Sets how many iterations make a slice."""
        began, count = self.processor_time(), 0
        while self.processor_time() - began < WARM_UP:
            self.last_of(100, new_session(length))
            count += 100
        each = (self.processor_time() - began) / count
        self.iterations[length] = max(1, round(SLICE / each))

    def measure(self, length: int) -> None:
        session, began = new_session(length), self.processor_time()
        self.last_of(self.iterations[length], session)
        took = max(self.processor_time() - began, 1)  # the clock may stand still
        self.times[length].append(took / self.iterations[length])


def new_session(length: int) -> str:
    """Base64 text, as session tokens are."""
    return base64.b64encode(random.randbytes(length * 3 // 4)).decode("ascii")


def takes_session(operation: str) -> bool:
    return operation != "kept"


def ready() -> list[Language]:
    """Those whose runtime is there, built."""
    install = ["make", "-C", languages.ROOT, "install", f"PREFIX={languages.PREFIX}"]
    subprocess.run(install, check=True)
    files = sorted((HERE / "languages").glob("*/language.toml"))
    found = [Language(file.parent, **tomllib.loads(file.read_text())) for file in files]
    wanted = [one for one in found if one.id in (CHOSEN or [one.id])]
    packages = sorted({package for one in wanted for package in one.missing()})
    if packages:
        subprocess.run([languages.ROOT / "tools/need.sh", *packages], check=False)
    for one in list(wanted):
        if missing := one.missing():
            print(f"bench: skipped: {one.name} needs {' '.join(missing)}", file=sys.stderr)
            wanted.remove(one)
            continue
        print(f"bench: {one.name}", file=sys.stderr)
        one.fetch()
        one.run(one.build)
    return wanted


def main() -> None:
    found = ready()
    library = Library()
    operations, slices = {}, []
    for language in found:
        names = {"generate", "kept"}.union(*(row[:2] for row in language.against))
        for name in sorted(names):
            operation = operations[language, name] = Operation(language, name)
            for length in LENGTHS if takes_session(name) else [0]:
                operation.compare(library, length)
                operation.warm_up(length)
                slices.append((operation, length))

    print("bench: measuring", file=sys.stderr)
    for _ in range(ROUNDS):
        for operation, length in random.sample(slices, len(slices)):
            operation.measure(length)

    lines = []

    def row(*cells: str) -> None:
        lines.append("".join(text.ljust(20 if i else 54) for i, text in enumerate(cells)).rstrip())

    def micro(times: list[float], digits: int = 2) -> str:
        return cell([time / 1000 for time in times], digits)

    row(f"{processor()}; {ROUNDS} rounds")
    row("Medians, and the middle half of the rounds in brackets.")
    row()
    row("One token: ours in microseconds, and theirs in multiples of it")
    row("", "ours", "theirs", "ours, 904 bytes", "theirs, 904 bytes")
    bars = {}
    for language in found:
        for ours, theirs, title in language.against:
            cells, ratios = [], []
            for length in LENGTHS if takes_session(ours) else [0]:
                mine = operations[language, ours].times[length]
                ratios.append(ratio(operations[language, theirs].times[length], mine))
                cells += [micro(mine), cell(ratios[-1])]
            row(f"{language.name}: {title}", *cells)
            bars[f"{language.name}: {title}"] = [statistics.median(r) for r in ratios]
    row()
    row("A kept token: in microseconds, and a new one in multiples of it")
    for language in found:
        kept, new = (operations[language, name].times[0] for name in ("kept", "generate"))
        row(f"{language.name} {language.runtime()}", micro(kept, 3), cell(ratio(new, kept)))

    table = "\n".join(lines) + "\n"
    print(table, end="")
    if ROUNDS >= 100 and not CHOSEN:
        (HERE / "languages.txt").write_text(table)
        (HERE / "languages.svg").write_text(chart.draw_languages(bars))


if __name__ == "__main__":
    main()
