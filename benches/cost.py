#!/usr/bin/env python3
"""Counts the instructions that a token takes, and the bytes of the library.

  benches/cost.py            fails when a token takes 3 % more than instructions.json says, or when the
                             library without symbols is larger than LIMIT
  benches/cost.py --update   writes instructions.json
  benches/cost.py --profile  prints the instructions by function, and the bytes by crate and section

Instructions are counted with valgrind's callgrind, which counts the same in every run. Hashing is
counted apart, because valgrind may lack the processor's SHA-256 instructions; it then counts the
software that replaces them. Counts hold for one architecture, and change a little with the compiler and
the C library.
"""

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIBRARY = HERE.parent / "build/release/lib/libbedrock_token.so"
LIMIT = 400 * 1024  # bytes
BASELINE = HERE / "instructions.json"
TOLERANCE = 0.03
TOKENS = 100
WHAT = [(name, length) for name in ("generate_into", "generate") for length in (0, 904)]


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def count(folder, name, length, tokens):
    """The instructions of a process that generates so many tokens, by function."""
    out = Path(folder) / "callgrind"
    callgrind = ["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={out}"]
    session = (("x" * 29 + "+/=" + "y" * 32) * 64)[:length]
    line = f"{name} {tokens} {session or '-'}\n"
    worker = [*callgrind, Path(folder) / "worker", LIBRARY]
    subprocess.run(worker, input=line, stdout=subprocess.DEVNULL, text=True, check=True)
    # https://valgrind.org/docs/manual/cl-format.html: what follows `calls=` is the callee's.
    names, costs, function, of_callee = {}, Counter(), None, False
    for line in out.read_text().splitlines():
        if named := re.match(r"(c?)fn=\((\d+)\)(?: (.*))?", line):
            names.setdefault(named[2], named[3])
            function = function if named[1] else named[2]
        elif line.startswith("calls="):
            of_callee = True
        elif cost := re.match(r"[-+*\d]\S* (\d+)$", line):
            if not of_callee:
                costs[names[function]] += int(cost[1])
            of_callee = False
    return costs


def count_each(name, length):
    """The instructions of one token, by function."""
    with tempfile.TemporaryDirectory() as folder:
        options = ["-O2", f"-I{HERE.parent / 'include'}", f"-o{folder}/worker"]
        run("cc", *options, HERE / "workers/ours.c", "-ldl")
        costs = count(folder, name, length, 1 + TOKENS)
        costs.subtract(count(folder, name, length, 1))
    return {function: cost / TOKENS for function, cost in costs.items()}


def stripped_size():
    with tempfile.NamedTemporaryFile() as stripped:
        run("strip", "-o", stripped.name, LIBRARY)
        return Path(stripped.name).stat().st_size


def profile():
    for function, cost in sorted(count_each("generate_into", 0).items(), key=lambda item: -item[1]):
        if cost > 20:
            print(f"{cost:9.0f} instructions {function}")
    crates = Counter()
    for line in run("nm", "--demangle", "--print-size", "--defined-only", LIBRARY).splitlines():
        if symbol := re.match(r"\S+ (\S+) [tT] <*([\w&]+(?= as |::)|)", line):
            crates[symbol[2] or "others"] += int(symbol[1], 16)
    for crate, size in crates.most_common(20):
        print(f"{size:9} bytes of code {crate}")
    print(run("size", "-A", LIBRARY))


def main():
    if sys.argv[1:] == ["--profile"]:
        return profile()
    size = stripped_size()
    print(f"The shared library has {size} bytes without symbols; the limit is {LIMIT}.")
    failed = size > LIMIT
    if platform.machine() != "x86_64" or not shutil.which("valgrind"):
        print("skipped: needs valgrind, and x86_64")
        sys.exit(failed or "CI" in os.environ)
    measured = {}
    for name, length in WHAT:
        costs = count_each(name, length)
        hashing = sum(cost for function, cost in costs.items() if "sha2::sha256" in function)
        counts = {"hashing": round(hashing), "rest": round(sum(costs.values()) - hashing)}
        measured[f"{name}, {length} bytes of session token"] = counts
    if sys.argv[1:] == ["--update"]:
        BASELINE.write_text(json.dumps(measured, indent=2) + "\n")
    for what, expected in json.loads(BASELINE.read_text()).items():
        for part, before in expected.items():
            now = measured[what][part]
            change = now / before - 1
            more = change > TOLERANCE
            verdict = "MORE" if more else "less" if change < -TOLERANCE else ""
            failed |= more
            print(f"{what:42} {part:8} {now:7} instructions, {change:+7.2%} {verdict}".rstrip())
    if failed:
        sys.exit(
            "The library is larger than LIMIT, or a token takes 3 % more instructions than instructions.json\n"
            "says. If that is worth it, set LIMIT or run `benches/cost.py --update`; say why in the commit."
        )


if __name__ == "__main__":
    main()
