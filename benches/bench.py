"""One run, one table: bedrock-token against the hashing that a token needs and against its peers.

Every operation is a worker's (peers/worker.h), and the workers take turns in slices of a few
milliseconds, in a new order each round, so that whatever the machine does meanwhile meets all of
them alike. A ratio is taken within a round; what is shown is the median of the rounds' ratios, and
in brackets the middle half of them. Before that, every peer's tokens are checked against ours.

The floor is the time of the SHA-256 blocks that a token needs, by the faster of OpenSSL and the sha2
crate, each hashing a long run of blocks. What `aws_sigv4`'s two functions take by themselves is a row,
too: as long as they sign, a token takes that, its other blocks and its Base64.

Run by ./run, which sets everything up. Writes results.json and chart.svg.
"""

import base64
import datetime
import json
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
ROOT = HERE.parent
WORK = ROOT / "target" / "bench"
PYTHON = WORK / "python" / "bin" / "python"

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 200
SLICE = 2e6  # nanoseconds
SESSIONS = 64
LENGTHS = [0, 356, 904, 4096]  # of session tokens
PREFIX = "bedrock-api" "-key-"
SIGNING_TIME = 1781524800

OURS = ["generate_into", "generate", "provider_get", "inspect"]
PEERS = {
    "aws_sigv4": "aws_sigv4::http_request::sign (Rust)",
    "openssl": "by hand on OpenSSL (C)",
    "aws_c_auth": "aws-c-auth (C)",
    "awscrt": "aws-c-auth through awscrt (Python)",
    "javascript": "official generator (JavaScript)",
    "python": "official generator (Python)",
}
COMMANDS = {
    "ours": [WORK / "ours", WORK / "sessions", LIBRARY],
    "aws_sigv4": [WORK / "cargo" / "release" / "bench-aws-sigv4", WORK / "sessions"],
    "openssl": [WORK / "openssl", WORK / "sessions"],
    "aws_c_auth": [WORK / "aws_c_auth", WORK / "sessions"],
    "awscrt": [PYTHON, HERE / "peers" / "awscrt_python.py", WORK / "sessions"],
    "javascript": ["node", WORK / "official.mjs", WORK / "sessions"],
    "python": [PYTHON, HERE / "peers" / "official.py", WORK / "sessions"],
}


class Worker:
    def __init__(self, name):
        self.name = name
        self.process = subprocess.Popen(
            COMMANDS[name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, *words):
        print(*words, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline().rstrip("\n")
        if not answer:
            sys.exit(f"{self.name} stopped at: {' '.join(map(str, words))}")
        return answer


class Operation:
    """What is timed: so many iterations of it as make a slice."""

    def __init__(self, worker, name, length=0, threads=1):
        self.worker, self.name, self.length, self.threads = worker, name, length, threads
        self.times = []  # nanoseconds for one, in each round
        self.iterations = 16
        while (took := self.run()) < SLICE / 4:
            self.iterations *= 2
        self.iterations = max(16, round(self.iterations * SLICE / took / 16) * 16)

    def run(self):
        return float(self.worker.ask("run", self.name, self.length, self.iterations, self.threads))

    def measure(self):
        self.times.append(self.run() / self.iterations)


def spread(values):
    low, middle, high = statistics.quantiles(values, n=4)
    return {"median": middle, "low": low, "high": high}


def ratios(times, base):
    return spread([time / one for time, one in zip(times, base)])


# --- tokens ---


def write_sessions():
    """Base64 text, as session tokens are."""
    source = random.Random(1)
    for length in LENGTHS:
        texts = [base64.b64encode(source.randbytes(length * 3 // 4)) for _ in range(SESSIONS)]
        (WORK / "sessions" / str(length)).write_bytes(b"".join(text + b"\n" for text in texts))


def parameters(token):
    url = base64.b64decode(token.removeprefix(PREFIX), validate=True).decode("ascii")
    host, _, query = url.partition("/?")
    return host, sorted(query.split("&"))


def check(ours, peers):
    """Each peer's tokens must say and sign what ours say, for the second that the peer chose."""
    for worker in peers:
        for length in LENGTHS:
            for index in range(SESSIONS):
                theirs = worker.ask("token", "presign", length, index, SIGNING_TIME)
                date = next(p for p in parameters(theirs)[1] if p.startswith("X-Amz-Date="))
                time = datetime.datetime.strptime(date + "+0000", "X-Amz-Date=%Y%m%dT%H%M%SZ%z")
                same = ours.ask("token", "generate_into", length, index, int(time.timestamp()))
                if parameters(theirs) != parameters(same):
                    sys.exit(f"{worker.name} makes another token, session length {length}:\n{theirs}\n{same}")
        print(f"bench: {worker.name}: {len(LENGTHS) * SESSIONS} tokens are ours", file=sys.stderr)


def work_needed(ours, length):
    """SHA-256 blocks for a token, those of its signature among them, bytes of its URL, and of its
    session token when encoded; means."""

    def blocks(size):
        return (size + 8) // 64 + 1

    query_sizes, url_sizes, session_sizes = [], [], []
    for index in range(SESSIONS):
        token = ours.ask("token", "generate_into", length, index, SIGNING_TIME)
        url_sizes.append((len(token) - len(PREFIX)) * 3 / 4)
        pairs = [p for p in parameters(token)[1] if not p.startswith(("X-Amz-Signature=", "Version="))]
        query_sizes.append(len("&".join(pairs)))
        session_sizes.append(sum(len(p) - 21 for p in pairs if p.startswith("X-Amz-Security-Token=")))
    request = "POST\n/\n\nhost:bedrock.amazonaws.com\n\nhost\n" + "0" * 64
    to_sign = "AWS4-HMAC-SHA256\n20260615T120000Z\n20260615/eu-central-1/bedrock/aws4_request\n" + "0" * 64
    # An HMAC: its key twice, the text behind the first, the hash of that behind the second.
    hmacs = 4 * 4 + (2 + blocks(len(to_sign)) + 1)
    return {
        "blocks": statistics.mean(blocks(len(request) + size) for size in query_sizes) + hmacs,
        "signature": hmacs,
        "url": statistics.mean(url_sizes),
        "encoded": statistics.mean(session_sizes),
    }


# --- what is not time per token ---


def size(path):
    path = Path(path)
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return path.stat().st_size


def start(name):
    """From loading to the first token, in nanoseconds, and what that adds to the process's peak
    memory, in KiB; medians over new processes."""
    command = [*COMMANDS[name][:-1], "-"] if name != "ours" else [COMMANDS[name][0], "-", LIBRARY]
    runs = [subprocess.run(command, check=True, capture_output=True, text=True) for _ in range(15)]
    times, memories = zip(*(map(float, run.stdout.split()) for run in runs))
    return {"nanoseconds": spread(times), "kib": statistics.median(memories)}


# --- the table ---


def cell(value, digits=2):
    digits = digits if value["median"] < 10 else 1
    return f"{value['median']:.{digits}f} ({value['low']:.{digits}f}-{value['high']:.{digits}f})"


def main():
    write_sessions()
    workers = {name: Worker(name) for name in COMMANDS}
    ours = workers["ours"]
    check(ours, [workers[name] for name in PEERS])
    needed = {length: work_needed(ours, length) for length in LENGTHS}

    floors = [Operation(workers["openssl"], "sha256"), Operation(workers["aws_sigv4"], "sha256")]
    base64_blocks = Operation(workers["aws_sigv4"], "base64")
    signature = Operation(workers["aws_sigv4"], "signature")
    mine = {
        (name, length, threads): Operation(ours, name, length, threads)
        for name in OURS
        for length in LENGTHS
        for threads in (1, 2)
    }
    theirs = {
        (name, length): Operation(workers[name], "presign", length)
        for name in PEERS
        for length in LENGTHS
    }
    everything = [*floors, base64_blocks, signature, *mine.values(), *theirs.values()]
    load = os.getloadavg()[0]
    for _ in range(ROUNDS):
        random.shuffle(everything)
        for operation in everything:
            operation.measure()

    fastest = min(floors, key=lambda floor: statistics.median(floor.times))
    block = fastest.times
    floor = {length: [time * needed[length]["blocks"] for time in block] for length in LENGTHS}
    # aws_sigv4's two functions, the other blocks but the first, which never changes, and Base64.
    # About: the functions' three strings are malloc's here, in the library the stack's.
    least = {
        length: [
            signed
            + time * (needed[length]["blocks"] - needed[length]["signature"] - 1)
            + encode * needed[length]["url"] / 48
            for signed, time, encode in zip(signature.times, block, base64_blocks.times)
        ]
        for length in LENGTHS
    }

    def slope(operations):
        """Nanoseconds for a byte of session token, in each round, from none to the longest."""
        first, last = (operations(length) for length in (LENGTHS[0], LENGTHS[-1]))
        return [(b - a) / LENGTHS[-1] for a, b in zip(first, last)]

    longest = needed[LENGTHS[-1]]["encoded"]
    own_slope = [
        longest * (sha / 64 + encode / 48) / LENGTHS[-1]
        for sha, encode in zip(block, base64_blocks.times)
    ]
    into = lambda length: mine["generate_into", length, 1].times  # noqa: E731
    results = {
        "machine": processor(),
        "rounds": ROUNDS,
        "load_average": load,
        "floor": {
            "nanoseconds_per_block": spread(block),
            "by": {"openssl": "OpenSSL", "aws_sigv4": "the sha2 crate"}[fastest.worker.name],
            "blocks": {str(length): needed[length]["blocks"] for length in LENGTHS},
        },
        "ours": {
            name: {
                str(length): {
                    "nanoseconds": spread(mine[name, length, 1].times),
                    "of_floor": ratios(mine[name, length, 1].times, floor[length]),
                    "two_threads": ratios(
                        [2 * time for time in mine[name, length, 1].times],
                        mine[name, length, 2].times,
                    ),
                }
                for length in LENGTHS
            }
            for name in OURS
        },
        "signer": {
            str(length): {
                "of_floor": ratios(signature.times, floor[length]),
                "least": ratios(least[length], floor[length]),
            }
            for length in LENGTHS
        },
        "peers": {
            name: {
                str(length): {
                    "nanoseconds": spread(theirs[name, length].times),
                    "of_floor": ratios(theirs[name, length].times, floor[length]),
                    "of_generate_into": ratios(theirs[name, length].times, into(length)),
                    "of_least": ratios(theirs[name, length].times, least[length]),
                }
                for length in LENGTHS
            }
            for name in PEERS
        },
        "slope": {
            "nanoseconds_per_byte": spread(slope(into)),
            "of_its_hashing_and_base64": ratios(slope(into), own_slope),
            # Between the lengths, each step's slope over the whole one's: 1 is a straight line.
            "linearity": [
                statistics.median(into(b)[i] - into(a)[i] for i in range(ROUNDS))
                / (b - a)
                / statistics.median(slope(into))
                for a, b in zip(LENGTHS, LENGTHS[1:])
            ],
        },
        "start": {name: start(name) for name in ("ours", "javascript", "python")},
        "size": {
            "ours": stripped_size(),
            "javascript": size(WORK / "node_modules"),
            "python": sum(
                size(path)
                for name in ("aws_bedrock_token_generator", "botocore", "dateutil", "jmespath", "urllib3")
                for path in (WORK / "python").glob(f"lib/python*/site-packages/{name}")
            ),
        },
    }
    report(results)
    if ROUNDS >= 100:
        (HERE / "results.json").write_text(json.dumps(rounded(results), indent=2) + "\n")
        (HERE / "chart.svg").write_text(chart.draw(results))


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return f"{line.partition(': ')[2]}, {os.cpu_count()} processors, {platform.system()}"
    return platform.machine()


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def report(results):
    widths = (46, 19, 19, 19, 19)

    def row(*cells):
        print("".join(text.ljust(width) for text, width in zip(cells, widths)).rstrip())

    def ours(name, what):
        return [cell(results["ours"][name][str(length)][what]) for length in LENGTHS]

    def signer(what):
        return [cell(results["signer"][str(length)][what]) for length in LENGTHS]

    def peers(name, what):
        return [cell(results["peers"][name][str(length)][what]) for length in LENGTHS]

    floor = results["floor"]
    print(f"\n{results['machine']}, {results['rounds']} rounds, load {results['load_average']:.1f}")
    print("Medians, and the middle half of the rounds in brackets.\n")
    row("bytes of session token", *map(str, LENGTHS))
    row("SHA-256 blocks needed", *(f"{floor['blocks'][str(length)]:.1f}" for length in LENGTHS))
    block = floor["nanoseconds_per_block"]["median"]
    row(f"their time, the floor, µs ({floor['by']})", *(f"{block * floor['blocks'][str(n)] / 1000:.2f}" for n in LENGTHS))
    print("\nTimes the floor")
    for name in OURS:
        row({"provider_get": "provider_get, cached"}.get(name, name), *ours(name, "of_floor"))
    row("aws_sigv4's key and signature alone", *signer("of_floor"))
    row("with the other blocks and Base64", *signer("least"))
    for name, title in PEERS.items():
        row(title, *peers(name, "of_floor"))
    print("\nTimes generate_into")
    for name, title in PEERS.items():
        row(title, *peers(name, "of_generate_into"))
    print("\nTokens by two threads, times those by one")
    for name in OURS:
        row(name, *ours(name, "two_threads"))
    slope = results["slope"]
    if results["load_average"] > 1:
        print("The machine was busy with other work; these rows want it quiet.")
    print("\nGrowth with the session token")
    row("ns a byte", cell(slope["nanoseconds_per_byte"], 3))
    row("times its own hashing and Base64", cell(slope["of_its_hashing_and_base64"]))
    row("each step's, times the whole's", *(f"{part:.2f}" for part in slope["linearity"]))
    print("\nSize and start")
    row("", "size, KiB", "first token, ms", "memory, KiB")
    for name, title in (
        ("ours", "bedrock-token (stripped; dlopen)"),
        ("javascript", PEERS["javascript"]),
        ("python", PEERS["python"]),
    ):
        begin = results["start"][name]
        milliseconds = {key: value / 1e6 for key, value in begin["nanoseconds"].items()}
        row(title, f"{results['size'][name] / 1024:.0f}", cell(milliseconds), f"{begin['kib']:.0f}")
    goals(results)


def goals(results):
    into, generate = results["ours"]["generate_into"], results["ours"]["generate"]
    of_floor = lambda entry: entry["of_floor"]["median"]  # noqa: E731
    slower = lambda name, than="of_generate_into": min(  # noqa: E731
        results["peers"][name][length][than]["median"] for length in ("0", "904")
    )
    threads = min(entry["two_threads"]["median"] for entry in into.values())
    rows = [
        ("generate_into", of_floor(into["0"]), "<=", 1.65),
        ("generate_into, 904 bytes of session token", of_floor(into["904"]), "<=", 1.9),
        ("generate, more than that", of_floor(generate["0"]) - of_floor(into["0"]), "<=", 0.2),
        ("provider_get, cached", of_floor(results["ours"]["provider_get"]["0"]), "<=", 0.1),
        ("two threads, times one", threads, ">=", 1.9),
        ("growth, times its hashing and Base64", results["slope"]["of_its_hashing_and_base64"]["median"], "<=", 1.5),
        ("ahead of aws-c-auth", slower("aws_c_auth"), ">=", 5, slower("aws_c_auth", "of_least")),
        ("ahead of aws-c-auth through awscrt", slower("awscrt"), ">=", 5),
        ("ahead of OpenSSL by hand", slower("openssl"), ">=", 5, slower("openssl", "of_least")),
        ("ahead of JavaScript", slower("javascript"), ">=", 15),
        ("ahead of Python", slower("python"), ">=", 25),
    ]
    print("\nGoals")
    for what, value, sign, limit, *most in rows:
        reached = value <= limit if sign == "<=" else value >= limit
        bound = "".join(f"; with aws_sigv4 as the signer at most about {ratio:.1f}" for ratio in most)
        print(f"{'reached' if reached else 'missed':9}{what}: {value:.2f} ({sign} {limit}{bound})")


if __name__ == "__main__":
    main()
