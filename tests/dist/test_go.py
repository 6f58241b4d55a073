"""The Go modules, from a folder as GOPROXY."""

import shutil

import pytest
from conformance.languages import ROOT
from conformance.vectors import PREFIXES
from dist.artifacts import GO_MODULE, go_modules, need
from dist.native import check_vectors
from elf import dynamic
from project import VERSION, targets_with


@pytest.fixture
def user(user):
    go_modules(user)
    user.environment["GOCACHE"] = str(ROOT / "target/dist/go-cache")
    return user


@pytest.fixture
def program(user):
    """Makes a program out of the driver, for a system: build(ARGUMENT..., VARIABLE=...)."""
    app = user.home / "app"
    app.mkdir()
    shutil.copy(ROOT / "bindings/go/internal/conformance/main.go", app)
    user.run("go", "mod", "init", "example.com/app", cwd=app)
    user.run("go", "get", GO_MODULE, cwd=app)

    def build(*arguments: str, CGO_ENABLED: str = "1", **environment: str):
        environment["CGO_ENABLED"] = CGO_ENABLED
        if "-mod=vendor" in arguments:
            user.run("go", "mod", "vendor", cwd=app)
        user.run("go", "build", *arguments, "-o", "app.exe", ".", cwd=app, **environment)
        return app / "app.exe"

    return build


def test_archives_are_small(user, program):
    archives = list((user.home / "go/pkg/mod").glob(f"{GO_MODULE}@v{VERSION}/*.a"))
    sizes = {archive.name: archive.stat().st_size for archive in archives}
    assert sizes.keys() == {f"libbedrock_token_{name}.a" for name in targets_with("go").values()}
    assert max(size for name, size in sizes.items() if "linux" in name) <= 1_000_000, sizes
    assert sum(sizes.values()) <= 11_000_000, sizes


def test_tests(user, program):
    """The module's own tests, with the library that it carries."""
    assert "ok" in user.run("go", "test", GO_MODULE, cwd=user.home / "app")


def test_install(user):
    """go install refuses modules with replacements."""
    user.run("go", "install", f"{GO_MODULE}/examples/token@latest")
    assert user.run(user.home / "go/bin/token").startswith(PREFIXES)
    user.run("go", "install", f"{GO_MODULE}/awscreds/examples/chat@v{VERSION}")
    nowhere = {"AWS_REGION": "eu-central-1", "AWS_EC2_METADATA_DISABLED": "true"}
    with pytest.raises(AssertionError, match="bedrocktoken: credentials: "):
        user.run(user.home / "go/bin/chat", **nowhere)


QEMU = "qemu-aarch64-static=qemu-user-static"
WAYS = {
    # what the user needs, arguments of `go build`, variables, the libraries that it loads, and the emulator
    "usual": ((), (), {}, {"libc.so.6", "libgcc_s.so.1"}, ()),
    "vendored": ((), ("-mod=vendor",), {}, {"libc.so.6", "libgcc_s.so.1"}, ()),
    "libgcc": ((), ('-ldflags=-extldflags "-static-libgcc"',), {}, {"libc.so.6"}, ()),
    "static": ((), ("-tags=netgo,osusergo", '-ldflags=-extldflags "-static"'), {}, set(), ()),
    "without cgo": ((), (), {"CGO_ENABLED": "0"}, set(), ()),
    "arm64, without cgo": (
        (QEMU,),
        (),
        {"CGO_ENABLED": "0", "GOARCH": "arm64"},
        set(),
        ("qemu-aarch64-static",),
    ),
    "musl": (("musl-gcc=musl-tools",), (), {"CC": "musl-gcc"}, {"libc.so"}, ()),
    "arm64": (
        ("aarch64-linux-gnu-gcc=gcc-aarch64-linux-gnu", QEMU),
        (),
        {"GOARCH": "arm64", "CC": "aarch64-linux-gnu-gcc"},
        {"libc.so.6", "libgcc_s.so.1"},
        ("qemu-aarch64-static", "-L", "/usr/aarch64-linux-gnu"),
    ),
}


@pytest.mark.parametrize(
    ("needed", "arguments", "variables", "loads", "emulator"), WAYS.values(), ids=WAYS
)
def test_build(user, program, needed, arguments, variables, loads, emulator):
    """README's ways to link, and others."""
    need(*needed)
    built = program(*arguments, **variables)
    names = dynamic(built).get("NEEDED", [])
    assert {name for name in names if not name.startswith("ld-")} == loads
    check_vectors(lambda vectors: user.run(*emulator, built, input=vectors))


# Wine 8 has no bcryptprimitives.dll, which every program of Go loads.
RANDOM = """
#include <windows.h>
#include <ntsecapi.h>
__declspec(dllexport) BOOL WINAPI ProcessPrng(BYTE *data, SIZE_T size) { return RtlGenRandom(data, size); }
"""


def test_windows(user, program):
    need("x86_64-w64-mingw32-gcc=gcc-mingw-w64-x86-64", "wine=wine64")
    built = program(GOOS="windows", CC="x86_64-w64-mingw32-gcc")
    user.environment["WINEDEBUG"] = "-all"
    user.run("wine", "wineboot")
    library = user.home / ".wine/drive_c/windows/system32/bcryptprimitives.dll"
    if not library.exists():
        compiler = ("x86_64-w64-mingw32-gcc", "-shared", "-xc", "-", "-ladvapi32", "-o", library)
        user.run(*compiler, input=RANDOM)
    check_vectors(lambda vectors: user.run("wine", built, input=vectors))
    check_vectors(
        lambda vectors: user.run("wine", program(GOOS="windows", CGO_ENABLED="0"), input=vectors)
    )
