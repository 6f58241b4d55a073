#!/usr/bin/env python3
"""Mutants: each changes the source in one place, and a test must fail on it.

  tests/mutants/run.py              all of core, cli and src
  tests/mutants/run.py core|cli|src [TEXT]   of one; with a text, those whose file or change has it in it

For core and cli, cargo-mutants makes them; rust.toml names those that it leaves out. For src, where the C
programs are the tests, they are written by hand: src.toml. A mutant that no test can tell from the source
is accepted, with the reason. An accepted one on which a test fails is an error, too.
"""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORK = ROOT / "target/mutants"
VERSION = "27.1.0"


def with_cargo_mutants(part: str, text: str) -> bool:
    tool = [ROOT / "tools/cargo-tool.sh", "cargo-mutants", VERSION]
    programs = subprocess.run(tool, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    output = WORK / part
    output.mkdir(parents=True, exist_ok=True)
    command = [f"{programs}/cargo-mutants", "mutants", "--dir", ROOT, "--output", output]
    command += ["--config", HERE / "rust.toml", "--package", f"bedrock-token-{part}"]
    command += ["--no-shuffle", "--jobs=2", "--cargo-arg=--locked"]
    command += ["--re", text] if text else []
    status = subprocess.run(command).returncode
    # 3: some mutants made a test hang, which is a failure.
    return status == 0 or (status == 3 and not (output / "mutants.out/missed.txt").read_text())


def copy_of_the_tree() -> Path:
    """Only files that differ are written, so that little is built again."""
    tree = WORK / "tree"
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout.decode()
    for name in filter(None, names.split("\0")):
        source, copy = ROOT / name, tree / name
        if not source.exists():
            copy.unlink(missing_ok=True)
        elif not copy.exists() or copy.read_bytes() != source.read_bytes():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, copy)
    return tree


def of_src(text: str) -> bool:
    tree = copy_of_the_tree()
    build = WORK / "build"

    def run(*command: object) -> "subprocess.CompletedProcess[str]":
        return subprocess.run([*map(str, command)], cwd=tree, capture_output=True, text=True)

    def compiles() -> bool:
        done = run("cmake", "--build", build, "--parallel", 2)
        if done.returncode:
            print(done.stdout[-2000:], done.stderr[-2000:])
        return done.returncode == 0

    def failing_test() -> str:
        """The first test that fails; empty if there is none."""
        test = ("ctest", "--test-dir", build, "--no-tests=error", "--parallel", 2)
        done = run(*test, "--stop-on-failure", "--timeout", 180)
        if done.returncode == 0:
            return ""
        failed = [line for line in done.stdout.splitlines() if "***" in line]
        return failed[0].split(": ")[1].split()[0] if failed else f"ctest, {done.returncode}"

    options = ("-D", "CMAKE_BUILD_TYPE=Release", "-D", "BEDROCK_TOKEN_COMMAND=OFF")
    done = run("cmake", "-S", tree, "-B", build, *options)
    assert done.returncode == 0, done.stdout + done.stderr
    assert compiles()
    assert not (test := failing_test()), f"{test} fails without a mutant"

    bad = 0
    mutants = tomllib.loads((HERE / "src.toml").read_text())
    rows = [(name, *row) for name, of_file in mutants.items() for row in of_file]
    chosen = [row for row in rows if text in "".join(row[:3])]
    for file_name, old, new, *accepted in chosen:
        file = tree / file_name
        source = file.read_text()
        name = f"{file_name}: {' '.join(old.split())}  ->  {' '.join(new.split())}"
        if source.count(old) != 1:
            print(f"STALE     {name}")
            bad += 1
            continue
        file.write_text(source.replace(old, new))
        if not compiles():
            verdict = "NO BUILD"
        elif test := failing_test():
            verdict = "ACCEPTED, BUT KILLED" if accepted else "killed"
            name += f"  by {test}"
        else:
            verdict = "accepted" if accepted else "SURVIVED"
        bad += verdict.isupper()
        print(f"{verdict:9} {name}", flush=True)
        file.write_text(source)
    print(f"src: {len(chosen)} mutants, {bad} to look at")
    return bool(chosen) and not bad


def main() -> None:
    part, text = [*sys.argv[1:], "", ""][:2]
    parts = [part] if part else ["core", "cli", "src"]
    good = [of_src(text) if part == "src" else with_cargo_mutants(part, text) for part in parts]
    sys.exit(not all(good))


if __name__ == "__main__":
    main()
