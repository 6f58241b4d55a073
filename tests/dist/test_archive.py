"""The archives: each is unpacked, and C's driver is built with the library in it."""

import hashlib
import shutil
import struct

import pytest
from conformance.languages import ROOT
from dist.artifacts import need
from project import VERSION, exported_symbols, files

# For each target: its compiler, what runs its programs here, and what that needs. For musl it is Zig,
# as `make dist` leaves it; Debian's musl-gcc links parts of glibc.
# Without -O2, Zig adds a sanitizer of its own, which needs a newer musl than Debian's.
ZIG = f"{ROOT}/target/zig/bin/python-zig cc -O2"
QEMU = "qemu-aarch64-static=qemu-user-static"
TARGETS = {
    "x86_64-unknown-linux-gnu.2.17": ("cc", "", "cc=gcc"),
    "x86_64-unknown-linux-musl": (
        f"{ZIG} -target x86_64-linux-musl",
        "",
        "/lib/ld-musl-x86_64.so.1=musl",
    ),
    "aarch64-unknown-linux-gnu.2.17": (
        "aarch64-linux-gnu-gcc",
        "qemu-aarch64-static -L /usr/aarch64-linux-gnu",
        f"aarch64-linux-gnu-gcc=gcc-aarch64-linux-gnu {QEMU}",
    ),
    # Linked statically with musl: there is no musl to be run for this processor.
    "aarch64-unknown-linux-musl": (
        f"{ZIG} -target aarch64-linux-musl -static",
        "qemu-aarch64-static",
        QEMU,
    ),
}
COMMON = """
include/bedrock_token.h include/bedrock_token.hpp lib/libbedrock_token.a
lib/pkgconfig/bedrock_token.pc share/bash-completion/completions/bedrock-token
share/cmake/bedrock_token/bedrock_token-config-version.cmake
share/cmake/bedrock_token/bedrock_token-config.cmake share/doc/bedrock-token/CHANGELOG.md
share/doc/bedrock-token/LICENSE share/doc/bedrock-token/README.md
share/doc/bedrock-token/rust-standard-library.html share/doc/bedrock-token/third-party.txt
share/fish/vendor_completions.d/bedrock-token.fish share/man/man1/bedrock-token.1
share/powershell/completions/bedrock-token.ps1 share/zsh/site-functions/_bedrock-token
"""
ELF = "bin/bedrock-token lib/libbedrock_token.so lib/libbedrock_token.so.{0} lib/libbedrock_token.so.{1}"
MACH_O = "bin/bedrock-token lib/libbedrock_token.dylib lib/libbedrock_token.{0}.dylib lib/libbedrock_token.{1}.dylib"
PE = """
bin/bedrock-token.exe bin/bedrock_token.dll lib/bedrock_token.def lib/libbedrock_token.dll.a
share/doc/bedrock-token/mingw-w64.txt
"""


@pytest.fixture
def unpack(row, user):
    def unpack(suffix: str, own: str):
        """Unpacks an archive, which has these files and no other."""
        archive = row.artifact(f"bedrock-token-{VERSION}-{suffix}")
        shutil.unpack_archive(
            archive, user.home, **({} if suffix.endswith("zip") else {"filter": "data"})
        )
        prefix = user.home / archive.name.removesuffix(".zip").removesuffix(".tar.gz")
        own = own.format(VERSION.partition(".")[0], VERSION)
        assert files(prefix) == set(COMMON.split()) | set(own.split())
        shutil.copytree(ROOT / "tests/conformance/c", user.home / "driver")
        user.environment["PKG_CONFIG_PATH"] = f"{prefix}/lib/pkgconfig"
        return prefix

    return unpack


@pytest.mark.parametrize(
    ("target", "library"),
    [
        (target, library)
        for target in TARGETS
        for library in ("shared", "static")
        if (target, library) != ("aarch64-unknown-linux-musl", "shared")
    ],
)
def test_linux(row, user, unpack, target, library):
    musl = " share/doc/bedrock-token/musl.txt" if target.endswith("musl") else ""
    prefix = unpack(f"{target}.tar.gz", ELF + musl)
    compiler, emulator, needs = TARGETS[target]
    need("pkg-config", *needs.split())
    row.installed_by(f"unpacked, pkg-config, {library}{emulator and '; qemu'}")
    first = "-l:libbedrock_token.a -Wl,--as-needed" if library == "static" else ""
    option = "--static" if library == "static" else ""
    flags = f"{first} $(pkg-config --cflags --libs {option} bedrock_token)"
    if library == "static" and "zig" in compiler:
        flags += " -lunwind"  # docs/LINKING.md, "The unwinder"
    source = "-std=c99 -D_POSIX_C_SOURCE=200809L driver/conformance.c"
    user.run("sh", "-euc", f"{compiler} {source} {flags} -o app")
    command = f"LD_LIBRARY_PATH={prefix}/lib exec {emulator} ./app"
    row.vectors(lambda vectors: user.run("sh", "-euc", command, input=vectors))


@pytest.mark.parametrize("library", ["shared", "static"])
def test_windows(row, user, unpack, library):
    prefix = unpack("x86_64-pc-windows-gnu.zip", PE)
    need("pkg-config", "x86_64-w64-mingw32-gcc=gcc-mingw-w64-x86-64", "wine=wine64")
    row.installed_by(f"unpacked, pkg-config, {library}; wine")
    if library == "static":
        (prefix / "lib/libbedrock_token.dll.a").unlink()
    flags = f"$(pkg-config --cflags --libs {'--static' * (library == 'static')} bedrock_token)"
    compiler = "x86_64-w64-mingw32-gcc -D__USE_MINGW_ANSI_STDIO=1 driver/conformance.c"
    user.run("sh", "-euc", f"{compiler} {flags} -o app.exe")
    if library == "shared":
        shutil.copy(prefix / "bin/bedrock_token.dll", user.home)
    row.vectors(lambda vectors: user.run("wine", "app.exe", input=vectors, WINEDEBUG="-all"))


@pytest.mark.parametrize("processor", ["x86_64", "aarch64"])
def test_macos(row, user, unpack, processor):
    """Only a Mac could run it. The library has the functions, and the files are signed as they are: a
    Mac with an Apple processor ends a program whose signature does not hold."""
    need("llvm-nm=llvm")
    prefix = unpack(f"{processor}-apple-darwin.tar.gz", MACH_O)
    row.installed_by("unpacked, not run")
    library = prefix / "lib/libbedrock_token.dylib"
    symbols = user.run("llvm-nm", "--defined-only", "-gj", library)
    assert sorted(symbols.split()) == [f"_{name}" for name in exported_symbols()]
    for file in (library, prefix / "bin/bedrock-token"):
        content = file.read_bytes()
        pages = signed_pages(content)
        assert bool(pages) == (processor == "aarch64"), file
        for start, end, signed in pages:
            assert hashlib.sha256(content[start:end]).digest() == signed, file


def signed_pages(file: bytes) -> "list[tuple[int, int, bytes]]":
    """The pages of a Mach-O file that its signature covers, each with its SHA-256. The structures are
    those of Apple's mach-o/loader.h and cs_blobs.h."""
    commands, at = struct.unpack_from("<I", file, 16)[0], 32
    for _ in range(commands):
        command, size, signature = struct.unpack_from("<3I", file, at)
        at += size
        if command == 0x1D:  # LC_CODE_SIGNATURE
            break
    else:
        return []
    (blobs,) = struct.unpack_from(">I", file, signature + 8)
    index = [struct.unpack_from(">2I", file, signature + 12 + 8 * i) for i in range(blobs)]
    (directory,) = (signature + offset for kind, offset in index if kind == 0)  # the CodeDirectory
    hashes, _, _, count, limit = struct.unpack_from(">5I", file, directory + 16)
    size = 1 << file[directory + 39]
    return [
        (i * size, min((i + 1) * size, limit), file[directory + hashes + 32 * i :][:32])
        for i in range(count)
    ]
