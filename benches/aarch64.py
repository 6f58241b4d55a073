#!/usr/bin/env python3
"""Counts the instructions that a token takes on 64-bit ARM, and shows which of them are the
processor's own for SHA-256 and which work on vectors.

qemu runs one instruction at a time and logs each. The library is that of `make test-target
TARGET=aarch64-unknown-linux-gnu`. It fails if the hash does not take the processor's instructions
where there are some, or takes them where the system says that there are none.
"""

import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIBRARY = HERE.parent / "build/aarch64-unknown-linux-gnu/lib/libbedrock_token.so"
# Says that the processor has no extensions. All that qemu emulates have SHA-2.
NO_EXTENSIONS = "unsigned long getauxval(unsigned long type) { (void)type; return 0; }"
BLOCK = {"sha256h": 16, "sha256h2": 16, "sha256su0": 12, "sha256su1": 12}  # FIPS 180-4's 64 rounds


def compile_worker(folder, name, *more):
    worker = Path(folder) / name
    options = f"-std=gnu11 -D_GNU_SOURCE -O2 -pthread -rdynamic -I{HERE.parent}/include".split()
    sources = [HERE / "peers/ours.c", *more]
    subprocess.run(["aarch64-linux-gnu-gcc", *options, *sources, "-o", worker, "-ldl"], check=True)
    return worker


def trace(worker, folder, length, tokens):
    """How often a process that generates so many tokens runs each instruction."""
    log = Path(folder) / "log"
    qemu = ["qemu-aarch64-static", "-L", "/usr/aarch64-linux-gnu", "-singlestep"]
    subprocess.run(
        [*qemu, "-d", "in_asm,exec,nochain", "-D", log, worker, LIBRARY, folder],
        input=f"run generate_into {length} {tokens} 1\n",
        stdout=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    names, counts = {}, Counter()
    with log.open() as lines:
        for line in lines:
            if executed := re.match(r"Trace \d+: \S+ \[[0-9a-f]+/([0-9a-f]+)/", line):
                counts[names[int(executed[1], 16)]] += 1
            elif seen := re.match(r"(0x[0-9a-f]+): +[0-9a-f]{8} +(\S+)(.*)", line):
                names[int(seen[1], 16)] = seen[2], bool(re.search(r"\b[qv]\d+\b", seen[3]))
    return counts


def main():
    if not LIBRARY.exists():
        sys.exit("needs `make test-target TARGET=aarch64-unknown-linux-gnu`")
    wrong = False
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "none.c"
        source.write_text(NO_EXTENSIONS)
        workers = {
            "with SHA-2": compile_worker(folder, "with"),
            "without": compile_worker(folder, "without", source),
        }
        print("instructions of a token                  all     SHA-256   vector    table look-ups")
        for length in (0, 904):
            session = ("x" * 29 + "+/=" + "y" * 32) * 64
            (Path(folder) / str(length)).write_text((session[:length] + "\n") * 64)
            for what, worker in workers.items():
                costs = trace(worker, folder, length, 2)
                costs.subtract(trace(worker, folder, length, 1))
                named = Counter()
                for (name, _), cost in costs.items():
                    named[name] += cost
                sha = sum(named[name] for name in BLOCK)
                vector = sum(cost for (_, is_vector), cost in costs.items() if is_vector) - sha
                row = f"{length:4} bytes of session token, {what:10}"
                print(f"{row} {costs.total():7} {sha:9} {vector:9} {named['tbl']:9}")
                blocks = named["sha256h"] / BLOCK["sha256h"]
                wrong |= any(named[name] != blocks * each for name, each in BLOCK.items())
                wrong |= (blocks > 0) != (what == "with SHA-2") or named["tbl"] == 0
    sys.exit(wrong and "SHA-256 or Base64 takes other instructions than it should.")


if __name__ == "__main__":
    main()
