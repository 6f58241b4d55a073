"""The claims in SECURITY.md: programs in C watch the library of build/release from outside, or a
build of it that differs in one thing."""

import functools
import re
import shutil

import pytest
from project import ROOT, TREE, exported_symbols, needs, run, shell

HERE = ROOT / "tests/security"
WORK = ROOT / "target/security"
SHARED = TREE / "lib/libbedrock_token.so"
RESIDUE = ("residue.c", "memory_search.c", "failing_memory.c")
HOSTILE = """AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_REGION AWS_DEFAULT_REGION
    AWS_PROFILE AWS_CONFIG_FILE AWS_BEARER_TOKEN_BEDROCK AWS_ENDPOINT_URL RUST_LOG LOG_LEVEL TZ LC_ALL"""


def program(name, library, sources, options=""):
    """Compiles and links a program, and returns its path."""
    needs("cc")
    output = WORK / f"programs/{name}-{library.parent.name}{library.suffix}"
    output.parent.mkdir(parents=True, exist_ok=True)
    compiler = "cc -std=gnu11 -O1 -g -Wall -Wextra -Werror -I include -I tests/c -rdynamic -pthread"
    vectors = '-DBEDROCK_TOKEN_VECTORS="tests/vectors"'
    inputs = [HERE / source for source in sources] + [library]
    run(f"{compiler} {options}", vectors, *inputs, f"-Wl,-rpath,{library.parent}", "-o", output)
    return output


@functools.cache
def variant(name, *options):
    """The shared library, built with these further options of rustc."""
    debug = "--config=profile.release.debug='line-tables-only'"
    command = "cargo rustc --release --locked --lib --crate-type cdylib --target-dir"
    run(command, WORK, debug, "--", *options)
    library = WORK / name / "libbedrock_token.so"
    shutil.rmtree(library.parent, ignore_errors=True)
    library.parent.mkdir()
    shutil.copy(WORK / "release" / library.name, library)
    library.with_name("libbedrock_token.so.0").symlink_to(library.name)
    return library


def test_every_exported_function_is_called():
    calls = (HERE / "calls.h").read_text()
    assert [name for name in exported_symbols() if not re.search(rf"\b{name}\b", calls)] == []


@pytest.mark.parametrize(
    ("build", "forks"),
    [
        ("shared", 2000),
        pytest.param("static", 2000, marks=pytest.mark.thorough),
        pytest.param("shared", 20000, marks=pytest.mark.thorough),
    ],
)
def test_a_host_that_does_everything_at_once(build, forks):
    """Forks, loads of a plugin, and callbacks that break their contract."""
    plugin = TREE / "tests/libplugin.so"
    run(TREE / f"tests/security/security-hostile_host-{build}", plugin, forks, forks // 10)


@pytest.mark.parametrize("build", ["shared", "static"])
def test_hostile_environment_changes_nothing(build):
    hostile = dict.fromkeys(HOSTILE.split(), "/hostile")
    hostile |= {"RUST_BACKTRACE": "full", "RUST_MIN_STACK": "1"}
    run(TREE / f"tests/generate-{build}", env=hostile)


def test_memory_when_loaded_into_a_running_process():
    loaded = program("memory.so", SHARED, ["memory.c"], "-fPIC -shared")
    main = program("memory-loaded", SHARED, ["memory_main.c", "failing_memory.c"])
    run(main, loaded)


@pytest.mark.thorough
def test_residue_with_1_kib_less_of_the_stack_wiped():
    run(program("residue", variant("margin", "--cfg", "bedrock_token_test_margin"), RESIDUE))


@pytest.mark.thorough
def test_residue_without_the_sha_instructions():
    target = WORK / "soft"
    software = {"RUSTFLAGS": '--cfg sha2_backend="soft"'}
    run("cargo build --release --locked --lib --target-dir", target, env=software)
    run(program("residue-soft", target / "release/libbedrock_token.a", RESIDUE))


@pytest.mark.thorough
def test_residue_of_a_debug_build():
    run("cargo build --workspace --all-targets --locked --target-dir target")
    run(program("residue", ROOT / "target/debug/libbedrock_token.a", RESIDUE))


def test_panics_stay_inside():
    library = variant("panic", "--cfg", "bedrock_token_test_panic")
    panics = program("panics", library, ["panics.c", "memory_search.c"])
    printed = shell(f"{panics} 2>&1")
    assert re.fullmatch("[0-9]+ panics, .*\n", printed), printed


def test_no_branch_depends_on_the_secret():
    needs("valgrind")
    log = WORK / "branches.log"
    options = [f"--suppressions={HERE}/branches.supp", f"--log-file={log}"]
    branches = program("branches", variant("plain"), ["branches.c"])
    run("valgrind -v --num-callers=100", *options, branches)
    # Six tokens: one look at whether the secret is allowed in each, not one at each byte.
    assert re.search("used_suppression: *6 once a token", log.read_text())


@pytest.mark.thorough
def test_fuzz():
    run("fuzz/run.sh 20")
