"""Compares the speed of bedrock-token with its alternatives, in one run.

Each operation of workers.toml runs in a process of its own, a worker, which prints "ready" and reads lines

    OPERATION ITERATIONS SESSION,...

It generates that many tokens, with these session tokens in turn (`-`: none), and prints the last. The
first tokens of each operation are compared with the library's.

The workers take turns in slices of a few milliseconds, in a new order each round, and a ratio is taken
within a round. The table has the medians of the rounds, and in brackets their middle half. All times are
processor time of the worker, so other work on the machine does not count. Compiling, collecting garbage
and the other threads of the worker do count.

The floor is the time of the SHA-256 blocks that a token needs, by OpenSSL.

run.sh calls it: run.sh [bench|languages] [ROUNDS]. With 100 rounds or more, it writes the table and the
charts beside this file.
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

HERE = Path(__file__).resolve().parent
WORK = HERE.parent / "target/bench"
sys.path.insert(0, str(HERE.parent / "tests"))

from conformance import languages  # noqa: E402
from conformance.vectors import PREFIXES, Library, Vector  # noqa: E402

KEY, SECRET = b"AKIAIOSFODNN7EXAMPLE", b"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
LENGTHS = [0, 904]  # of session tokens
SLICE = 4e6  # nanoseconds
WARM_UP = 3e9  # nanoseconds, for compilers that work at run time; C has none
STARTS = 11  # processes whose first token is measured
C = ["c", "openssl", "aws-c-auth"]
FLOOR_BLOCKS = 256  # of one iteration of sha256
OURS = ("generate", "generate_into", "kept")


@dataclass(eq=False)
class Worker(languages.Language):
    id: str = ""
    version: str = "true"
    #: Their titles.
    operations: dict[str, str] = field(default_factory=dict)

    @property
    def work(self) -> Path:
        return WORK / self.id

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "PYTHON": sys.executable}


class Operation:
    """An operation, in a process of its own."""

    def __init__(self, worker: Worker, name: str) -> None:
        self.worker, self.name, self.base = worker, name, self
        self.title = f"{worker.name}: {worker.operations[name]}"
        self.lengths = [0] if name in ("kept", "sha256") else LENGTHS
        #: For each length, the times of the rounds, in nanoseconds.
        self.times: dict[int, list[float]] = {length: [] for length in self.lengths}
        self.iterations: dict[int, int] = {}
        self.process = self.start()

    def start(self) -> subprocess.Popen:
        process = subprocess.Popen(
            ["bash", "-c", f"exec {self.worker.driver}"],
            cwd=self.worker.work,
            env=self.worker.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if process.stdout.readline() != "ready\n":
            sys.exit(f"{self.title}: the worker did not start")
        return process

    def ask(self, iterations: int, sessions: str, process: subprocess.Popen | None = None) -> str:
        process = process or self.process
        print(self.name, iterations, sessions, file=process.stdin, flush=True)
        token = process.stdout.readline().rstrip("\n")
        if not token:
            sys.exit(f"{self.title}: the worker stopped")
        return token

    def time(self, iterations: int, length: int) -> float:
        """Nanoseconds of one iteration."""
        sessions, began = new_sessions(length), processor_time(self.process)
        self.ask(iterations, sessions)
        return (processor_time(self.process) - began) / iterations

    def compare(self, library: Library) -> None:
        """Its tokens must say and sign what the library's of the same second do."""
        for length in self.lengths * (self.name != "sha256"):
            for session in new_sessions(length).split(","):
                token = self.ask(1, session)
                right = token_of(library, session, library.issued_at(token))
                if parameters(token) != parameters(right):
                    sys.exit(f"{self.title}: another token:\n{token}\n{right}")

    def warm_up(self) -> None:
        """Sets how many iterations make a slice."""
        for length in self.lengths:
            # A time of 0: the clock was still behind.
            spent, each = 0.0, self.time(1, length) or SLICE
            while spent < WARM_UP / (100 if self.worker.id in C else 1):
                count = max(1, round(SLICE / each))
                each = self.time(count, length) or each
                spent += each * count
            self.iterations[length] = max(1, round(SLICE / each))

    def first_tokens(self) -> tuple[list[float], float]:
        """Milliseconds of the first token of new processes, loading included, and the KiB that it adds to
        their peak memory."""
        times, memories = [], []
        for _ in range(STARTS):
            process = self.start()
            began, memory = processor_time(process), peak_memory(process)
            self.ask(1, "-", process)
            times.append((processor_time(process) - began) / 1e6)
            memories.append(peak_memory(process) - memory)
            process.kill()
            process.wait()
        return times, statistics.median(memories)


def processor_time(process: subprocess.Popen) -> int:
    """What the process has had, in nanoseconds."""
    time.sleep(0.0002)  # until it waits: the clock of a running process is behind
    return time.clock_gettime_ns(~process.pid << 3 | 2)  # clock_getcpuclockid() of Linux


def peak_memory(process: subprocess.Popen) -> int:
    """In KiB."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def new_sessions(length: int) -> str:
    """Base64 text, as session tokens are; several, so that no processor learns one by heart."""
    texts = (base64.b64encode(random.randbytes(length * 3 // 4)) for _ in range(16))
    return ",".join(text.decode("ascii") for text in texts) if length else "-"


def token_of(library: Library, session: str, time: int) -> str:
    session = b"" if session == "-" else session.encode()
    return library.generate_into(
        Vector(0, (KEY, SECRET, session, b"eu-central-1"), 43200, 0, ""), time
    )


def parameters(token: str) -> tuple[str, list[str]]:
    url = base64.b64decode(token.removeprefix(PREFIXES[0]), validate=True).decode("ascii")
    host, _, query = url.partition("/?")
    return host, sorted(query.split("&"))


def blocks_needed(library: Library, length: int) -> float:
    """How many SHA-256 blocks a token needs; the mean of some session tokens of this length."""

    def blocks(size: int) -> int:
        return (size + 8) // 64 + 1

    request = "POST\n/\n\nhost:bedrock.amazonaws.com\n\nhost\n" + "0" * 64
    scope = "20260615/eu-central-1/bedrock/aws4_request"
    to_sign = f"AWS4-HMAC-SHA256\n20260615T120000Z\n{scope}\n" + "0" * 64
    # An HMAC hashes its key twice, the text behind the first, and that hash behind the second.
    hmacs = 4 * 4 + (2 + blocks(len(to_sign)) + 1)
    requests = []
    for session in new_sessions(length).split(","):
        unsigned = ("X-Amz-Signature=", "Version=")
        pairs = parameters(token_of(library, session, 1781524800))[1]
        query = "&".join(pair for pair in pairs if not pair.startswith(unsigned))
        requests.append(blocks(len(request) + len(query)))
    return hmacs + statistics.mean(requests)


def ready(of_languages: bool) -> list[Operation]:
    """The operations of the table, built."""
    install = ["make", "-C", languages.ROOT, "install", f"PREFIX={languages.PREFIX}"]
    subprocess.run(install, check=True, stdout=subprocess.DEVNULL)
    operations = []
    for id, keys in tomllib.loads((HERE / "workers.toml").read_text()).items():
        worker = Worker(HERE, id=id, **keys)
        names = [
            name for name in worker.operations if of_languages or id in C or name == "official"
        ]
        if not names or (of_languages and id in C):
            continue
        if packages := worker.missing():
            subprocess.run([languages.ROOT / "tools/need.sh", *packages], check=False)
        if packages := worker.missing():
            print(f"bench: skipped: {worker.name} needs {' '.join(packages)}", file=sys.stderr)
            continue
        print(f"bench: {worker.name}, {', '.join(names)}", file=sys.stderr)
        worker.fetch()
        if names != ["official"]:
            worker.run(worker.build)
        if of_languages:
            worker.name += f" {worker.runtime()}"
        operations += [Operation(worker, name) for name in names]
        for operation in operations[-len(names) :]:
            operation.base = operations[-len(names)]
    return operations


def cell(values: list[float], digits: int = 2) -> str:
    low, middle, high = statistics.quantiles(values, n=4)
    digits = digits if middle < 10 else 1
    return f"{middle:.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"


def ratios(times: list[float], base: list[float]) -> list[float]:
    return [time / one for time, one in zip(times, base)]


def main() -> None:
    what, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200
    operations = ready(what == "languages")
    library = Library()
    for operation in operations:
        operation.compare(library)
        operation.warm_up()
    print("bench: measuring", file=sys.stderr)
    slices = [(operation, length) for operation in operations for length in operation.lengths]
    for _ in range(rounds):
        for operation, length in random.sample(slices, len(slices)):
            operation.times[length].append(operation.time(operation.iterations[length], length))

    #: What the times are divided by: a heading, and the times for an operation and a length.
    bases = [("ours", lambda operation, length: operation.base.times[length])]
    cpu = Path("/proc/cpuinfo").read_text().partition("model name\t: ")[2].partition("\n")[0]
    lines = [f"{cpu}; {rounds} rounds. Medians, and in brackets the middle half of the rounds."]
    if what == "bench":
        by_name = {operation.name: operation for operation in operations}
        floor = by_name.pop("sha256")
        operations.remove(floor)
        blocks = {length: blocks_needed(library, length) / FLOOR_BLOCKS for length in LENGTHS}
        floors = {n: [time * blocks[n] for time in floor.times[0]] for n in LENGTHS}
        bases = [
            ("the floor", lambda _, length: floors[length]),
            ("generate_into", lambda _, length: by_name["generate_into"].times[length]),
        ]
        floor_text = (f"{statistics.median(floors[n]) / 1000:.2f}" for n in LENGTHS)
        lines.append(f"The floor, {floor.title[3:]}: {', '.join(floor_text)} microseconds.")

    def row(title: str, *cells: str) -> None:
        lines.append((f"{title:46}" + "".join(text.ljust(24) for text in cells)).rstrip())

    headings = ["microseconds", *(f"/ {heading}" for heading, _ in bases)]
    columns = [(heading, length) for length in LENGTHS for heading in headings]
    row("")
    row("", *(f"{length} bytes of session" for _, length in columns), "first token")
    row("", *(heading for heading, _ in columns), "milliseconds", "memory, KiB")
    bars = {}
    for operation in operations:
        cells, bars[operation] = [], []
        for length in LENGTHS:
            times = operation.times.get(length)
            cells.append(cell([time / 1000 for time in times]) if times else "")
            for heading, base in bases:
                values = ratios(times, base(operation, length)) if times else []
                cells.append(cell(values) if values else "")
                if heading == bases[0][0] and values:
                    bars[operation].append(statistics.median(values))
        times, memory = operation.first_tokens()
        row(operation.title, *cells, cell(times), f"{memory:.0f}")
    table = "\n".join(lines) + "\n"
    print(table, end="")
    if rounds < 100:
        return
    if what == "bench":
        title, note = "Time per token", "multiples of the hashing that a token needs"
        rows = [(o.title, *bars[o], o.name in OURS) for o in operations if len(bars[o]) == 2]
    else:
        title, note = "Time of the alternative in each language", "multiples of ours"
        rows = [(o.title, *bars[o], False) for o in operations if o.name not in OURS]
    (HERE / f"{what}.txt").write_text(table)
    chart.bars(HERE / f"{what}.svg", title, note, rows)


if __name__ == "__main__":
    main()
