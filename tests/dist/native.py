#!/usr/bin/env python3
"""Uses the files of dist/ for the system that this runs on: the library of the archive, shared and static, in a C
program; the command; the wheel. It needs CMake, a C compiler and Python 3.11, so it runs on every system."""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from conformance.vectors import PREFIXES, REFUSALS, TOKENS  # noqa: E402

DIST = ROOT / "dist"
TARGETS = {
    ("Darwin", "arm64"): "aarch64-apple-darwin",
    ("Darwin", "x86_64"): "x86_64-apple-darwin",
    ("Linux", "aarch64"): "aarch64-unknown-linux-gnu.2.17",
    ("Linux", "x86_64"): "x86_64-unknown-linux-gnu.2.17",
    ("Windows", "AMD64"): "x86_64-pc-windows-gnu",
}
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
}
# A file with the command that starts each program, under an emulator if it needs one.
CONSUMER = """
cmake_minimum_required(VERSION 3.22)
project(consumer LANGUAGES C)
find_package(bedrock_token CONFIG REQUIRED)
foreach(library shared static)
  add_executable(${library} driver/conformance.c)
  target_compile_definitions(${library} PRIVATE _POSIX_C_SOURCE=200809L __USE_MINGW_ANSI_STDIO=1)
  target_link_libraries(${library} PRIVATE bedrock_token::${library})
  file(GENERATE OUTPUT ${library}.command CONTENT "${CMAKE_CROSSCOMPILING_EMULATOR};$<TARGET_FILE:${library}>")
endforeach()
"""


def build(run, folder: Path, prefix: Path, *options: str) -> "list[list[str]]":
    """Builds the C driver with both libraries, and returns the command that starts each."""
    (folder / "CMakeLists.txt").write_text(CONSUMER)
    shutil.copytree(ROOT / "bindings/c", folder / "driver")
    tree = folder / "build"
    where = ("-S", folder, "-B", tree, f"-DCMAKE_PREFIX_PATH={prefix}")
    run("cmake", *where, "-DCMAKE_BUILD_TYPE=Release", *options)
    run("cmake", "--build", tree)
    for dll in prefix.glob("bin/*.dll"):
        shutil.copy(dll, tree)
    commands = ((tree / f"{library}.command").read_text() for library in ("shared", "static"))
    return [[word for word in command.split(";") if word] for command in commands]


def check_vectors(run, *latest: int) -> None:
    """run(input) is a driver of tests/conformance; its times are no later than `latest`."""
    lines = run("".join(vector.line() for vector in TOKENS + REFUSALS)).splitlines()
    assert len(lines) == 2 * len(TOKENS + REFUSALS)
    for vector, line in zip(TOKENS + REFUSALS, lines[::2], strict=True):
        if vector in TOKENS:
            assert line == vector.answer(vector.result, vector.time, *latest)
        else:
            assert line.split("\t")[0] in (str(vector.result), "-")


def run(*command: object, input: str = "", **environment: str) -> str:
    words = list(map(str, command))
    print("+", *words, flush=True)
    done = subprocess.run(
        words,
        input=input.encode(),
        stdout=subprocess.PIPE,
        check=True,
        env=os.environ | environment,
    )
    return done.stdout.decode().replace("\r\n", "\n")


def file(pattern: str) -> Path:
    """A file of dist/, which has the checksum that it should have."""
    (path,) = DIST.glob(pattern)
    sums = (DIST / "SHA256SUMS").read_text().splitlines()
    assert f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" in sums, path.name
    return path


def main(folder: Path) -> None:
    target = TARGETS[platform.system(), platform.machine()]
    shutil.unpack_archive(file(f"bedrock-token-*-{target}.[tz]*"), folder)
    (prefix,) = folder.iterdir()
    for command in build(run, folder, prefix):
        check_vectors(lambda vectors, command=command: run(*command, input=vectors))

    suffix = ".exe" if os.name == "nt" else ""
    program = prefix / f"bin/bedrock-token{suffix}"
    token = run(program, "--region=eu-central-1", **CREDENTIALS)
    assert token.startswith(PREFIXES)
    assert CREDENTIALS["AWS_ACCESS_KEY_ID"] in run(program, "inspect", "-", input=token)

    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / ("Scripts/python.exe" if suffix else "bin/python")
    options = ("--quiet", "--disable-pip-version-check", "--no-index", f"--find-links={DIST}")
    run(python, "-m", "pip", "install", *options, "bedrock-token")
    driver = ROOT / "bindings/python/conformance.py"
    check_vectors(lambda vectors: run(python, driver, input=vectors))
    print(f"{target}: {len(TOKENS)} tokens and {len(REFUSALS)} refusals, three times")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(Path(temporary))
