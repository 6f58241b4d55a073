"""Tests the three Go modules with an installed library. test.sh runs this; tests/dist tests the released modules."""

import re
import shutil
from pathlib import Path

import pytest
from project import ROOT, shell

HERE = Path(__file__).parent
(PKG_CONFIG,) = (ROOT / "build/go/prefix").glob("**/pkgconfig")
DYNAMIC = "-buildvcs=false -tags=bedrock_token_dynamic"
WITHOUT_CGO = {"CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false"}
FOLDERS = pytest.mark.parametrize("folder", [".", "awscreds"])


def go(arguments, folder=HERE, status=0, **variables):
    """Runs Go, with the library linked as README.md says, and returns what it prints. The build cache is one of
    our own, because it does not notice when pkg-config says something else."""
    environment = {
        "GOCACHE": ROOT / "build/go/cache",
        "GOFLAGS": DYNAMIC,
        "PKG_CONFIG_PATH": PKG_CONFIG,
        "CGO_LDFLAGS": f"-Wl,-rpath,{PKG_CONFIG.parent}",
    }
    environment |= variables
    return shell(f"go {arguments} 2>&1", cwd=HERE / folder, status=status, env=environment)


def test_builds_with_the_oldest_go():
    oldest = re.search(r"^go (.*)$", (HERE / "go.mod").read_text(), re.M)[1]
    go("vet ./...", GOTOOLCHAIN=f"go{oldest}.0")


@FOLDERS
@pytest.mark.parametrize("tag", ["bedrock_token_dynamic", "bedrock_token_wasm"])
def test_race(folder, tag):
    go("test -race -count=1 ./...", folder, GOFLAGS=f"-buildvcs=false -tags={tag}")


def test_sdks():
    """tests/endpoint has the same clients over TLS."""
    go("test -count=1 ./...", "sdks")


@pytest.mark.parametrize("cgo", [True, False])
def test_memory(cgo):
    """All tests, also the one that searches the memory of its process. With cgo, Go checks every pointer that C
    gets."""
    checked = {"GOEXPERIMENT": "cgocheck2", "GODEBUG": "cgocheck=1"}
    output = go("test -count=1 -v .", **(checked if cgo else WITHOUT_CGO))
    assert "--- PASS: TestNoCopyOfSecretsStays" in output
    assert "--- SKIP" not in output


SYSTEMS = ("linux", "windows", "darwin", "freebsd")
PLATFORMS = [(system, cpu) for system in SYSTEMS for cpu in ("amd64", "arm64")]


@pytest.mark.parametrize(("system", "cpu"), [*PLATFORMS, ("linux", "riscv64")])
def test_builds_without_cgo(system, cpu):
    platform = WITHOUT_CGO | {"GOOS": system, "GOARCH": cpu}
    go("vet .", **platform)
    go("build ./...", **platform)


def test_what_is_linked():
    """The runtime for WebAssembly without cgo, and not with it."""
    assert "wazero" not in go("list -deps .")
    assert "wazero" in go("list -deps .", **WITHOUT_CGO)


def test_without_the_library():
    """A checkout has no library; the compiler says what to do."""
    output = go("build .", status=1, GOFLAGS="-buildvcs=false")
    assert output.count("error:") == 1
    assert "install bedrock-token, and build with -tags bedrock_token_dynamic" in output


@FOLDERS
def test_is_tidy(folder, tmp_path):
    """With the module of this tree, as its checksum comes with its release."""
    copy = shutil.copytree(HERE / folder, tmp_path / "module")
    go(f"mod edit -replace=github.com/bedrock-token/bedrock-token/bindings/go={HERE}", copy)
    go("mod tidy -diff", copy, GOWORK="off")
