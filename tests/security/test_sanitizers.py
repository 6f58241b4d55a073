"""The C and C++ tests under sanitizers and in valgrind.

For a sanitizer, the library and Rust's standard library are instrumented too: otherwise it does not see
what they do. UndefinedBehaviorSanitizer is for C and C++; in Rust, its place is taken by Rust's own checks."""

import functools
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from project import ROOT, TREE, needs, run

SANITIZERS = {
    # name: its runtime library, its calls in instrumented code, the C compiler's flags
    "address": ("asan", r"__asan_report_\w+", "-fsanitize=address,undefined -fno-sanitize=vptr"),
    "thread": ("tsan", r"__tsan_\w+", "-fsanitize=thread"),
}
SOURCES = [
    *ROOT.glob("tests/c/*.c"),
    *ROOT.glob("tests/cpp/*.cpp"),
    ROOT / "tests/security/threads.c",
]
WITH_THREADS = [
    s for s in SOURCES if re.search("pthread_create|start_thread|std::thread", s.read_text())
]
CASES = [("address", source) for source in SOURCES] + [
    ("thread", source) for source in WITH_THREADS
]
# The same code is in the shared library, where valgrind sees as much.
BUILT = sorted(TREE.glob("tests/*-static"))
pytestmark = pytest.mark.thorough
CRATES = ("bedrock_token", "bedrock_token_core", "aws_sigv4", "sha2", "std")
ENVIRONMENT = {
    "ASAN_OPTIONS": "detect_stack_use_after_return=0",
    "UBSAN_OPTIONS": "halt_on_error=1",
    # It takes the threads of the parents of children that leave with _exit() for lost.
    "TSAN_OPTIONS": "halt_on_error=1:die_after_fork=0:report_thread_leaks=0",
}


@functools.cache
def instrumented(sanitizer):
    """The C compiler's flags, the instrumented library, the sanitizer's runtime library."""
    runtime_name, probe, flags = SANITIZERS[sanitizer]
    rust = Path(run("rustc --print sysroot").strip()) / "lib/rustlib"
    host = re.search("^host: (.*)$", run("rustc -vV"), re.M)[1]
    if not (rust / "src/rust").exists() and shutil.which("rustup"):
        subprocess.run([ROOT / "tools/rustup.sh", "component", "add", "rust-src"], check=False)
    runtime = [*rust.glob(f"{host}/lib/librustc-*_rt.{runtime_name}.a")]
    if not (rust / "src/rust").exists() or not runtime:
        pytest.skip("needs Rust's own source (rustup component add rust-src) and its sanitizers")

    target = ROOT / f"target/{sanitizer}-sanitizer"
    instrument = {
        "RUSTC_BOOTSTRAP": 1,  # otherwise a stable compiler refuses -Z options
        "RUSTFLAGS": f"-Zsanitizer={sanitizer}",
    }
    command = (
        f"cargo build --locked --package bedrock-token -Zbuild-std --target {host} --target-dir"
    )
    run(command, target, env=instrument)
    library = target / host / "debug/libbedrock_token.a"
    symbols = run("nm --print-file-name --quiet", library)
    for crate in CRATES:
        assert re.search(rf":{crate}[-.][^:]*: *U {probe}$", symbols, re.M), f"{crate} lacks it"
    return flags, library, runtime[0]


@pytest.mark.parametrize(
    ("sanitizer", "source"),
    CASES,
    ids=[f"{sanitizer}-{source.name}" for sanitizer, source in CASES],
)
def test_sanitizers(sanitizer, source, tmp_path):
    flags, library, runtime = instrumented(sanitizer)
    compiler = "cc -std=gnu11" if source.suffix == ".c" else "c++ -std=c++17"
    run(
        f"{compiler} -g -O1 {flags} -fno-sanitize-recover=all -I include -I tests/c -c",
        *(source, '-DBEDROCK_TOKEN_VECTORS="tests/vectors"', "-o", tmp_path / "program.o"),
    )
    # The runtime is Rust's, which has all that either compiler calls.
    whole = ["-Wl,--whole-archive", runtime, "-Wl,--no-whole-archive"]
    system = ["-lpthread", "-ldl", "-lm", "-lrt", "-lresolv"]
    program = tmp_path / "program"
    run("c++", tmp_path / "program.o", library, *whole, *system, "-o", program)
    run(program, env=ENVIRONMENT)


@pytest.mark.parametrize("program", BUILT, ids=lambda program: program.name)
def test_valgrind(program):
    """A leak is an error too."""
    needs("valgrind")
    leaks = "--leak-check=full --show-leak-kinds=all --errors-for-leak-kinds=all"
    run(f"valgrind --quiet --error-exitcode=99 {leaks}", program)
