"""The Go modules, from a folder as GOPROXY."""

import shutil

import pytest
from conformance.languages import ROOT
from dist.artifacts import GO_MODULE, go_modules, need
from project import targets_with


@pytest.fixture
def program(row, user):
    """Makes a program out of the driver, for a system: build(ARGUMENT..., VARIABLE=...)."""
    go_modules(row, user)
    user.environment["GOCACHE"] = str(ROOT / "target/dist/go-cache")
    app = user.home / "app"
    app.mkdir()
    shutil.copy(ROOT / "bindings/go/internal/conformance/main.go", app)
    user.run("go", "mod", "init", "example.com/app", cwd=app)
    user.run("go", "get", GO_MODULE, cwd=app)

    def build(*arguments: str, CGO_ENABLED: str = "1", **environment: str):
        environment["CGO_ENABLED"] = CGO_ENABLED
        user.run("go", "build", *arguments, "-o", "app.exe", ".", cwd=app, **environment)
        return app / "app.exe"

    return build


def test_archives_are_small(row, user, program):
    archives = list((user.home / "go/pkg/mod").glob(f"{GO_MODULE}@*/*.a"))
    sizes = {archive.name: archive.stat().st_size for archive in archives}
    assert sizes.keys() == {f"libbedrock_token_{name}.a" for name in targets_with("go").values()}
    largest = max(size for name, size in sizes.items() if "linux" in name)
    # With the module as it came, and unpacked.
    cache = sum(path.stat().st_size for path in user.home.glob("go/pkg/mod/**/*bedrock-token/**/*"))
    row.installed_by(
        f"go get; archives for Linux of up to {largest / 1000:.0f} kB, module cache of {cache / 1e6:.0f} MB"
    )
    assert largest <= 1_000_000, sizes


def test_run(row, user, program):
    row.installed_by("go get, go run")
    row.vectors(lambda vectors: user.run("go", "run", ".", cwd=user.home / "app", input=vectors))


def test_tests(row, user, program):
    """The module's own tests, with the library that it carries."""
    row.installed_by("go get, go test")
    assert "ok" in user.run("go", "test", GO_MODULE, cwd=user.home / "app")


STATIC = "statically linked"
WAYS = {
    # what the user needs, arguments of `go build`, variables, what file(1) says, and the emulator
    "static": ((), ("-tags=netgo,osusergo", '-ldflags=-extldflags "-static"'), {}, STATIC, ()),
    "without cgo": ((), (), {"CGO_ENABLED": "0"}, STATIC, ()),
    "arm64, without cgo": (
        ("qemu-aarch64-static=qemu-user-static",),
        (),
        {"CGO_ENABLED": "0", "GOARCH": "arm64"},
        "ARM aarch64",
        ("qemu-aarch64-static",),
    ),
    "musl": (("musl-gcc=musl-tools",), (), {"CC": "musl-gcc"}, "ld-musl-x86_64", ()),
    "arm64": (
        ("aarch64-linux-gnu-gcc=gcc-aarch64-linux-gnu", "qemu-aarch64-static=qemu-user-static"),
        (),
        {"GOARCH": "arm64", "CC": "aarch64-linux-gnu-gcc"},
        "ARM aarch64",
        ("qemu-aarch64-static", "-L", "/usr/aarch64-linux-gnu"),
    ),
}


@pytest.mark.parametrize(
    ("needed", "arguments", "variables", "kind", "emulator"), WAYS.values(), ids=WAYS
)
def test_build(request, row, user, program, needed, arguments, variables, kind, emulator):
    need("file", *needed)
    row.installed_by(f"go build, {request.node.callspec.id}")
    built = program(*arguments, **variables)
    assert kind in user.run("file", built)
    row.vectors(lambda vectors: user.run(*emulator, built, input=vectors))


# Wine 8 has no bcryptprimitives.dll, which every program of Go loads.
RANDOM = """
#include <windows.h>
#include <ntsecapi.h>
__declspec(dllexport) BOOL WINAPI ProcessPrng(BYTE *data, SIZE_T size) { return RtlGenRandom(data, size); }
"""


def test_windows(row, user, program):
    need("x86_64-w64-mingw32-gcc=gcc-mingw-w64-x86-64", "wine=wine64")
    row.installed_by("go build, Windows; wine")
    built = program(GOOS="windows", CC="x86_64-w64-mingw32-gcc")
    user.environment["WINEDEBUG"] = "-all"
    user.run("wine", "wineboot")
    library = user.home / ".wine/drive_c/windows/system32/bcryptprimitives.dll"
    if not library.exists():
        compiler = ("x86_64-w64-mingw32-gcc", "-shared", "-xc", "-", "-ladvapi32", "-o", library)
        user.run(*compiler, input=RANDOM)
    row.vectors(lambda vectors: user.run("wine", built, input=vectors))
    row.vectors(
        lambda vectors: user.run("wine", program(GOOS="windows", CGO_ENABLED="0"), input=vectors)
    )
