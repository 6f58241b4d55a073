"""Compares the speed of bedrock-token with that of other generators and signers, in one run.

Every operation runs in a worker (peers/worker.h). The workers take turns in slices of a few
milliseconds, in a new order each round, so that other work on the machine slows all of them alike.
A ratio is taken within a round. The table shows the median of the rounds' ratios, and in brackets
their middle half. Before that, the tokens of every peer are compared with ours.

The floor is the time of the SHA-256 blocks that a token needs, by the faster of OpenSSL and the
sha2 crate, each hashing a long run of blocks.

run.sh installs what this needs, and calls it. It prints the table, and writes results.txt and
chart.svg when there are 100 rounds or more.
"""

import base64
import datetime
import os
import platform
import random
import statistics
import subprocess
import sys
from pathlib import Path

import chart
from size import LIBRARY, stripped_size

HERE = Path(__file__).resolve().parent
WORK = HERE.parent / "target/bench"
PYTHON = WORK / "python/bin/python"

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 200
SLICE = 2e6  # nanoseconds
SESSIONS = 64  # session tokens of each length
LENGTHS = [0, 356, 904, 4096]  # of session tokens
PREFIX = "bedrock-api" + "-key-"
SIGNING_TIME = 1781524800

OURS = ["generate_into", "generate", "provider_get", "inspect"]
PEERS = {
    "aws_sigv4": "aws_sigv4::http_request::sign, Rust",
    "aws_c_auth": "aws-c-auth, C",
    "awscrt": "aws-c-auth through awscrt, Python",
    "javascript": "official generator, JavaScript",
    "python": "official generator, Python",
}
COMMANDS = {
    "ours": [WORK / "ours", LIBRARY],
    "aws_sigv4": [WORK / "cargo/release/bench-aws-sigv4"],
    "openssl": [WORK / "openssl"],
    "aws_c_auth": [WORK / "aws_c_auth"],
    "awscrt": [PYTHON, HERE / "peers/awscrt_python.py"],
    "javascript": ["node", WORK / "official.mjs"],
    "python": [PYTHON, HERE / "peers/official.py"],
}


class Worker:
    def __init__(self, name, command, **options):
        self.name = name
        self.process = subprocess.Popen(
            [*command, WORK / "sessions"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            **options,
        )

    def ask(self, *words):
        print(*words, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline().rstrip("\n")
        if not answer:
            sys.exit(f"{self.name} stopped at: {' '.join(map(str, words))}")
        return answer

    def end(self):
        self.process.stdin.close()
        self.process.wait()


class Operation:
    """An operation of a worker, and as many iterations of it as make a slice."""

    def __init__(self, worker, name, length=0, threads=1, least=16):
        self.worker, self.name, self.length, self.threads = worker, name, length, threads
        self.times = []  # nanoseconds for one iteration, in each round
        self.iterations = least
        while (took := min(self.run() for _ in range(3))) < SLICE / 4:
            self.iterations *= 2
        self.iterations = max(least, round(self.iterations * SLICE / took / least) * least)

    def run(self):
        return float(self.worker.ask("run", self.name, self.length, self.iterations, self.threads))

    def measure(self):
        self.times.append(self.run() / self.iterations)


# --- tokens ---


def write_sessions(lengths):
    """Base64 text, as session tokens are."""
    source = random.Random(1)
    for length in lengths:
        texts = [base64.b64encode(source.randbytes(length * 3 // 4)) for _ in range(SESSIONS)]
        (WORK / "sessions" / str(length)).write_bytes(b"".join(text + b"\n" for text in texts))


def parameters(token):
    url = base64.b64decode(token.removeprefix(PREFIX), validate=True).decode("ascii")
    host, _, query = url.partition("/?")
    return host, sorted(query.split("&"))


def compare_tokens(ours, peers):
    """The tokens of each peer must say and sign what ours do, at the time that the peer chose."""
    for worker in peers:
        for length in LENGTHS:
            for index in range(SESSIONS):
                theirs = worker.ask("token", "presign", length, index, SIGNING_TIME)
                date = next(p for p in parameters(theirs)[1] if p.startswith("X-Amz-Date="))
                time = datetime.datetime.strptime(date + "+0000", "X-Amz-Date=%Y%m%dT%H%M%SZ%z")
                same = ours.ask("token", "generate_into", length, index, int(time.timestamp()))
                if parameters(theirs) != parameters(same):
                    sys.exit(f"{worker.name}: another token, {length=}:\n{theirs}\n{same}")
        print(f"bench: {worker.name}: {len(LENGTHS) * SESSIONS} tokens are ours", file=sys.stderr)


def blocks_needed(ours, length):
    """How many SHA-256 blocks a token needs; the mean of the session tokens of this length."""

    def blocks(size):
        return (size + 8) // 64 + 1

    request = "POST\n/\n\nhost:bedrock.amazonaws.com\n\nhost\n" + "0" * 64
    scope = "20260615/eu-central-1/bedrock/aws4_request"
    to_sign = f"AWS4-HMAC-SHA256\n20260615T120000Z\n{scope}\n" + "0" * 64
    # An HMAC hashes its key twice, the text behind the first, and that hash behind the second.
    hmacs = 4 * 4 + (2 + blocks(len(to_sign)) + 1)
    requests = []
    for index in range(SESSIONS):
        token = ours.ask("token", "generate_into", length, index, SIGNING_TIME)
        unsigned = ("X-Amz-Signature=", "Version=")
        query = "&".join(p for p in parameters(token)[1] if not p.startswith(unsigned))
        requests.append(blocks(len(request) + len(query)))
    return hmacs + statistics.mean(requests)


# --- size and start ---


def installed_size(*paths):
    return sum(file.stat().st_size for path in paths for file in path.rglob("*") if file.is_file())


def python_size():
    packages = WORK.glob("python/lib/python*/site-packages/*")
    needed = {"aws_bedrock_token_generator", "botocore", "dateutil", "jmespath", "urllib3"}
    return installed_size(*(package for package in packages if package.name in needed))


def start(name):
    """Nanoseconds from loading to the first token, and the KiB that this adds to the peak memory
    of the process; of 15 new processes."""
    run = [*COMMANDS[name], "-"]
    runs = [subprocess.run(run, check=True, capture_output=True, text=True) for _ in range(15)]
    times, memories = zip(*(map(float, run.stdout.split()) for run in runs))
    return times, statistics.median(memories)


# --- the table ---


def cell(values, digits=2):
    low, middle, high = statistics.quantiles(values, n=4)
    digits = digits if middle < 10 else 1
    return f"{middle:.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"


def ratio(times, base):
    return [time / one for time, one in zip(times, base)]


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return f"{line.partition(': ')[2]}, {os.cpu_count()} processors, {platform.system()}"
    return platform.machine()


def main():
    write_sessions(LENGTHS)
    workers = {name: Worker(name, command) for name, command in COMMANDS.items()}
    compare_tokens(workers["ours"], [workers[name] for name in PEERS])
    blocks = {length: blocks_needed(workers["ours"], length) for length in LENGTHS}

    hashing = [Operation(workers[name], "sha256") for name in ("openssl", "aws_sigv4")]
    operations = {
        (name, length, threads): Operation(workers[worker], operation, length, threads)
        for name, worker, operation, most in [
            *((name, "ours", name, 2) for name in OURS),
            *((name, name, "presign", 1) for name in PEERS),
        ]
        for length in LENGTHS
        for threads in range(1, most + 1)
    }
    everything = [*hashing, *operations.values()]
    load = os.getloadavg()[0]
    for _ in range(ROUNDS):
        random.shuffle(everything)
        for operation in everything:
            operation.measure()

    fastest = min(hashing, key=lambda operation: statistics.median(operation.times))
    floor = {length: [time * blocks[length] for time in fastest.times] for length in LENGTHS}

    def times(name, length, threads=1):
        return operations[name, length, threads].times

    lines = []

    def row(*cells):
        lines.append("".join(text.ljust(22 if i else 38) for i, text in enumerate(cells)).rstrip())

    row(f"{processor()}; {ROUNDS} rounds, load {load:.1f}")
    row("Medians, and the middle half of the rounds in brackets.")
    row()
    row("bytes of session token", *map(str, LENGTHS))
    row("SHA-256 blocks needed", *(f"{blocks[length]:.1f}" for length in LENGTHS))
    by = "OpenSSL" if fastest is hashing[0] else "the sha2 crate"
    micro = {length: statistics.median(floor[length]) / 1000 for length in LENGTHS}
    row(f"floor, microseconds ({by})", *(f"{micro[length]:.2f}" for length in LENGTHS))
    row()
    row("Time, in multiples of the floor")
    of_floor = {}
    for name, title in ({name: name for name in OURS} | PEERS).items():
        ratios = [ratio(times(name, length), floor[length]) for length in LENGTHS]
        row(title, *map(cell, ratios))
        of_floor[title] = dict(zip(LENGTHS, map(statistics.median, ratios)))
    row()
    row("Time, in multiples of generate_into")
    for name, title in PEERS.items():
        ratios = [ratio(times(name, n), times("generate_into", n)) for n in LENGTHS]
        row(title, *map(cell, ratios))
    row()
    row("Results of two threads, in multiples of one thread's")
    for name in OURS:
        ratios = [[2 * r for r in ratio(times(name, n), times(name, n, 2))] for n in LENGTHS]
        row(name, *map(cell, ratios))
    row()
    row("Size and start", "size, KiB", "first token, ms", "memory, KiB")
    for name, title, size in (
        ("ours", "bedrock-token, without symbols", stripped_size()),
        ("javascript", PEERS["javascript"], installed_size(WORK / "node_modules")),
        ("python", PEERS["python"], python_size()),
    ):
        took, memory = start(name)
        row(title, f"{size / 1024:.0f}", cell([time / 1e6 for time in took]), f"{memory:.0f}")

    table = "\n".join(lines) + "\n"
    print(table, end="")
    if ROUNDS >= 100:
        (HERE / "results.txt").write_text(table)
        ours = {f"bedrock_token_{name}": of_floor[name] for name in ("generate_into", "generate")}
        theirs = {title: of_floor[title] for title in PEERS.values()}
        (HERE / "chart.svg").write_text(chart.draw(ours | theirs))


if __name__ == "__main__":
    main()
