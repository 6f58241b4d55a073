#!/usr/bin/env python3
"""Counts the instructions that a token takes, with valgrind's callgrind, which repeats exactly where
no clock is read, and compares them with instructions.json.

  benches/instructions.py           fails when tokens have become more than 3 % dearer
  benches/instructions.py --update  writes instructions.json

Hashing is counted apart: valgrind may not know the processor's SHA-256 instructions, and then what
it counts there is the software. Counts hold for one architecture, and move a little with the
compiler and the C library.
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
ROOT = HERE.parent
BASELINE = HERE / "instructions.json"
LIBRARY = ROOT / "build" / "release" / "lib" / "libbedrock_token.so"
TOLERANCE = 0.03
TOKENS = 100
WHAT = [(name, length) for name in ("generate_into", "generate") for length in (0, 904)]


def count(worker, folder, name, length, tokens):
    """Instructions of a process that mints so many, by function."""
    out = Path(folder) / "callgrind"
    subprocess.run(
        ["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={out}", worker, folder, LIBRARY],
        input=f"run {name} {length} {tokens} 1\n",
        stdout=subprocess.DEVNULL,
        text=True,
        check=True,
    )
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


def measure(worker, folder):
    measured = {}
    for name, length in WHAT:
        session = ("x" * 29 + "+/=" + "y" * 32) * 64
        (Path(folder) / str(length)).write_text((session[:length] + "\n") * 64)
        costs = count(worker, folder, name, length, 1 + TOKENS)
        costs.subtract(count(worker, folder, name, length, 1))
        hashing = sum(cost for function, cost in costs.items() if "sha2::sha256" in function)
        measured[f"{name}, {length} bytes of session token"] = {
            "hashing": round(hashing / TOKENS),
            "rest": round((costs.total() - hashing) / TOKENS),
        }
    return measured


def main():
    if platform.machine() != "x86_64" or not shutil.which("valgrind"):
        print("skipped: needs valgrind, and x86_64")
        sys.exit("CI" in os.environ)
    with tempfile.TemporaryDirectory() as folder:
        worker = Path(folder) / "worker"
        subprocess.run(
            ["cc", "-std=gnu11", "-D_GNU_SOURCE", "-O2", "-pthread", f"-I{ROOT / 'include'}", HERE / "peers" / "ours.c",
             "-o", worker, "-ldl"],
            check=True,
        )  # fmt: skip
        measured = measure(worker, folder)
    if sys.argv[1:] == ["--update"]:
        BASELINE.write_text(json.dumps(measured, indent=2) + "\n")

    dearer = False
    for what, expected in json.loads(BASELINE.read_text()).items():
        for part, before in expected.items():
            now = measured[what][part]
            change = now / before - 1
            verdict = "DEARER" if change > TOLERANCE else "cheaper" if change < -TOLERANCE else ""
            dearer |= change > TOLERANCE
            print(f"{what:42} {part:8} {now:7} instructions, {change:+7.2%} {verdict}".rstrip())
    if dearer:
        sys.exit(
            "A token takes more than 3 % more instructions than benches/instructions.json says.\n"
            "If what they buy is worth it, say so in the commit, with: benches/instructions.py --update"
        )


if __name__ == "__main__":
    main()
