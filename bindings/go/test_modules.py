"""Checks both Go modules against an installed library, and builds programs with the released modules
as their users do. test.sh runs this."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
BUILD = ROOT / "build" / "go"
REPOSITORY = "github.com/bedrock-token/bedrock-token"
MODULE = f"{REPOSITORY}/bindings/go"
REGION = "eu-central-1"

TARGET = os.environ["TARGET"]
(PKG_CONFIG,) = (ROOT / "build/dist" / TARGET).glob("**/pkgconfig")
LIBRARIES = PKG_CONFIG.parent
FOLDERS = pytest.mark.parametrize("folder", [".", "awscreds"])


def run(*command, cwd=HERE, env=None, fails=False, loads_library=True):
    """Runs a command and returns what it prints. Go's build cache is one of our own, because it does
    not notice when pkg-config says something else."""
    environment = {
        **os.environ,
        "GOCACHE": str(BUILD / "cache"),
        "GOFLAGS": "-buildvcs=false -tags=bedrock_token_dynamic",
        "PKG_CONFIG_PATH": str(PKG_CONFIG),
    }
    environment.pop("LD_LIBRARY_PATH", None)
    if loads_library:
        environment["LD_LIBRARY_PATH"] = str(LIBRARIES)
    result = subprocess.run(
        command,
        cwd=cwd,
        env=environment | (env or {}),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert (result.returncode != 0) == fails, f"{' '.join(map(str, command))}\n{result.stdout}"
    return result.stdout


def version():
    return re.search(r'^version = "(.*)"', (ROOT / "Cargo.toml").read_text(), re.M)[1]


# Their tests


def test_builds_with_the_oldest_go():
    oldest = re.search(r"^go (.*)$", (HERE / "go.mod").read_text(), re.M)[1]
    run("go", "vet", "./...", env={"GOTOOLCHAIN": f"go{oldest}.0"})


@FOLDERS
@pytest.mark.parametrize("tag", ["bedrock_token_dynamic", "bedrock_token_wasm"])
def test_race(folder, tag):
    env = {"GOFLAGS": f"-buildvcs=false -tags={tag}"}
    run("go", "test", "-race", "-count=1", "./...", cwd=HERE / folder, env=env)


def test_sdks():
    """tests/endpoint has the same clients over TLS."""
    run("go", "test", "-count=1", "./...", cwd=HERE / "sdks")


def test_pointers_and_memory():
    """Go checks every pointer that C gets, and a test searches the memory of its process."""
    env = {"GOEXPERIMENT": "cgocheck2", "GODEBUG": "cgocheck=1"}
    output = run("go", "test", "-count=1", "-v", ".", env=env)
    assert "--- PASS: TestNoCopyOfSecretsStays" in output
    assert "--- SKIP" not in output


WITHOUT_CGO = {"CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false"}


def test_without_cgo():
    """All tests, also the one that searches the memory of its process."""
    output = run("go", "test", "-count=1", "-v", ".", env=WITHOUT_CGO)
    assert "--- PASS: TestNoCopyOfSecretsStays" in output
    assert "--- SKIP" not in output
    run("go", "test", "-count=1", "./...", cwd=HERE / "awscreds", env=WITHOUT_CGO)


@pytest.mark.parametrize(
    "platform",
    [
        *(
            f"{system}/{cpu}"
            for system in ("linux", "windows", "darwin", "freebsd")
            for cpu in ("amd64", "arm64")
        ),
        "linux/riscv64",
    ],
)
def test_builds_without_cgo(platform):
    system, cpu = platform.split("/")
    run("go", "vet", ".", env=WITHOUT_CGO | {"GOOS": system, "GOARCH": cpu})
    run("go", "build", "./...", env=WITHOUT_CGO | {"GOOS": system, "GOARCH": cpu})


def test_what_is_linked():
    """The runtime for WebAssembly without cgo, and not with it."""
    assert "wazero" not in run("go", "list", "-deps", ".")
    assert "wazero" in run("go", "list", "-deps", ".", env=WITHOUT_CGO)


def test_without_the_library():
    """A checkout has no library; the compiler says what to do."""
    output = run("go", "build", ".", env={"GOFLAGS": "-buildvcs=false"}, fails=True)
    assert output.count("error:") == 1
    assert "install bedrock-token, and build with -tags bedrock_token_dynamic" in output


# What users do


@pytest.fixture(scope="session")
def stranger(tmp_path_factory):
    """An environment in which the modules are published, with the library for this machine in them."""
    published = tmp_path_factory.mktemp("published")
    release = {"OUT": str(published), "VERSION": version(), "SOURCE_DATE_EPOCH": "1750000000"}
    archive = run(HERE / "pack.sh", TARGET, cwd=ROOT, env=release).splitlines()[-1]
    shutil.unpack_archive(published / archive, published, filter="data")
    # Go expects that a version never changes, so our modules go to a new folder. It takes the other
    # modules from the usual one, if they are there.
    downloaded = run("go", "env", "GOMODCACHE").strip() + "/cache/download"
    return {
        "GONOSUMDB": REPOSITORY,
        "GOPROXY": f"file://{published},file://{downloaded},{run('go', 'env', 'GOPROXY').strip()}",
        "GOMODCACHE": str(tmp_path_factory.mktemp("modules")),
        "GOFLAGS": "-buildvcs=false -modcacherw",
        "GOWORK": "off",
    }


def generates(program):
    """The program prints a token: Base64 of a URL of bedrock.amazonaws.com."""
    token = run(program, loads_library=False)
    assert token.startswith("bedrock-api" + "-key-YmVkcm9jay5hbWF6b25hd3MuY29t")


def test_install(stranger, tmp_path):
    """go install refuses modules with replacements."""
    env = stranger | {"GOBIN": str(tmp_path)}
    for example in ["token", "tenants"]:
        run("go", "install", f"{MODULE}/examples/{example}@latest", cwd=tmp_path, env=env)
        generates(tmp_path / example)
    run("go", "install", f"{MODULE}/awscreds/examples/chat@v{version()}", cwd=tmp_path, env=env)
    env = {"HOME": str(tmp_path), "AWS_REGION": REGION, "AWS_EC2_METADATA_DISABLED": "true"}
    assert "bedrocktoken: credentials: " in run(tmp_path / "chat", env=env, fails=True)


# tests/dist has those that need nothing.
@pytest.mark.parametrize(
    ("arguments", "library", "loads"),
    [
        ([], "bedrock", False),
        (['-ldflags=-extldflags "-static-libgcc"'], "gcc", False),
        (["-tags=bedrock_token_dynamic"], "libbedrock_token.so.0", True),
        (["-mod=vendor"], "bedrock", False),
    ],
)
def test_program(stranger, tmp_path, arguments, library, loads):
    """The README's ways to link."""
    env = stranger | {"CGO_LDFLAGS": f"-Wl,-rpath,{LIBRARIES}"}
    shutil.copy(HERE / "examples/token/main.go", tmp_path)
    for command in (["init", "example.com/program"], ["tidy"], ["vendor"]):
        run("go", "mod", *command, cwd=tmp_path, env=env)
    assert f" v{version()}" in (tmp_path / "go.mod").read_text()
    if "-mod=vendor" not in arguments:
        shutil.rmtree(tmp_path / "vendor")
    run("go", "build", *arguments, "-o", "program", ".", cwd=tmp_path, env=env)
    generates(tmp_path / "program")
    needed = run("readelf", "-d", tmp_path / "program")
    assert bool(re.search(rf"NEEDED.*{library}", needed)) == loads


@FOLDERS
def test_is_tidy(stranger, tmp_path, folder):
    """The checksum of the module beside it comes with its release."""
    copy = shutil.copytree(
        HERE / folder, tmp_path / "module", ignore=shutil.ignore_patterns("go.work")
    )
    run("go", "mod", "tidy", cwd=copy, env=stranger)
    for name in ["go.mod", "go.sum"]:
        before, after = (
            (path / name).read_text() if (path / name).exists() else ""
            for path in [HERE / folder, copy]
        )
        assert before == "".join(
            line for line in after.splitlines(True) if name == "go.mod" or REPOSITORY not in line
        )
