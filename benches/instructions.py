#!/usr/bin/env python3
"""Counts the instructions that a token takes, and compares them with instructions.json.

  benches/instructions.py           fails when a token takes more than 3 % more
  benches/instructions.py --update  writes instructions.json

It counts with valgrind's callgrind, which counts the same in every run. Hashing is counted apart,
because valgrind may lack the processor's SHA-256 instructions; it then counts the software that
replaces them. Counts hold for one architecture, and change a little with the compiler and the C
library.
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

from size import LIBRARY

HERE = Path(__file__).resolve().parent
BASELINE = HERE / "instructions.json"
TOLERANCE = 0.03
TOKENS = 100
WHAT = [(name, length) for name in ("generate_into", "generate") for length in (0, 904)]


def count(worker, folder, name, length, tokens):
    """The instructions of a process that generates so many tokens, by function."""
    out = Path(folder) / "callgrind"
    callgrind = ["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={out}"]
    subprocess.run(
        [*callgrind, worker, LIBRARY, folder],
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
        options = ["-std=gnu11", "-D_GNU_SOURCE", "-O2", "-pthread", f"-I{HERE.parent / 'include'}"]
        source = HERE / "peers/ours.c"
        subprocess.run(["cc", *options, source, "-o", worker, "-ldl"], check=True)
        measured = measure(worker, folder)
    if sys.argv[1:] == ["--update"]:
        BASELINE.write_text(json.dumps(measured, indent=2) + "\n")

    more = False
    for what, expected in json.loads(BASELINE.read_text()).items():
        for part, before in expected.items():
            now = measured[what][part]
            change = now / before - 1
            verdict = "MORE" if change > TOLERANCE else "less" if change < -TOLERANCE else ""
            more |= change > TOLERANCE
            print(f"{what:42} {part:8} {now:7} instructions, {change:+7.2%} {verdict}".rstrip())
    if more:
        sys.exit(
            "A token takes more than 3 % more instructions than benches/instructions.json says.\n"
            "If that is worth it, run `benches/instructions.py --update`, and say why in the commit."
        )


if __name__ == "__main__":
    main()
