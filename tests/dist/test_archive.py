"""The archives: each is unpacked, and the C driver is built with the library in it, by CMake with the
target's toolchain file."""

import hashlib
import shutil
import struct
from pathlib import Path

import pytest
from conformance.languages import ROOT
from dist.artifacts import need
from project import TARGETS, VERSION, exported_symbols, files, targets_with

# Python's wheels are for every released target.
RELEASED = [target for target in targets_with("python") if TARGETS[target]["tier"] < 3]
INSPECTED = [target for target in targets_with("python") if TARGETS[target]["tier"] == 3]
# PROGRAM.command starts the program, under an emulator if it needs one.
CONSUMER = """
cmake_minimum_required(VERSION 3.22)
project(consumer LANGUAGES C)
find_package(bedrock_token CONFIG REQUIRED)
foreach(library shared static)
  add_executable(${library} driver/conformance.c)
  target_compile_definitions(${library} PRIVATE _POSIX_C_SOURCE=200809L __USE_MINGW_ANSI_STDIO=1)
  target_link_libraries(${library} PRIVATE bedrock_token::${library})
  list(JOIN CMAKE_CROSSCOMPILING_EMULATOR " " emulator)
  file(GENERATE OUTPUT ${library}.command CONTENT "exec ${emulator} $<TARGET_FILE:${library}>")
endforeach()
"""
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
    def unpack(target: str):
        """Unpacks the archive for a target, which has the files that it should have and no other."""
        windows = "windows" in target
        archive = row.artifact(
            f"bedrock-token-{VERSION}-{target}{'.zip' if windows else '.tar.gz'}"
        )
        shutil.unpack_archive(archive, user.home, **({} if windows else {"filter": "data"}))
        own = PE if windows else MACH_O if "apple" in target else ELF
        if target.endswith("musl"):
            own += " share/doc/bedrock-token/musl.txt"
        prefix = user.home / f"bedrock-token-{VERSION}-{target}"
        own = own.format(VERSION.partition(".")[0], VERSION)
        assert files(prefix) == set(COMMON.split()) | set(own.split())
        shutil.copytree(ROOT / "bindings/c", user.home / "driver")
        return prefix

    return unpack


@pytest.mark.parametrize("target", RELEASED)
def test_run(row, user, unpack, target):
    need("cmake", *TARGETS[target]["tools"])
    prefix = unpack(target)
    row.installed_by("unpacked, find_package, shared and static")
    user.get_rust()  # cargo-zigbuild asks it
    user.environment["XDG_CACHE_HOME"] = f"{Path.home()}/.cache"  # Zig's
    (user.home / "CMakeLists.txt").write_text(CONSUMER)
    toolchain = f"--toolchain={ROOT}/cmake/targets/{target}.cmake"
    build = user.home / "build"
    user.run(
        "cmake",
        "-B",
        build,
        toolchain,
        f"-DCMAKE_PREFIX_PATH={prefix}",
        "-DCMAKE_BUILD_TYPE=Release",
    )
    user.run("cmake", "--build", build)
    for dll in prefix.glob("bin/*.dll"):
        shutil.copy(dll, build)
    for library in ("shared", "static"):
        command = f"{build}/{library}.command"
        row.vectors(lambda vectors, command=command: user.run("sh", command, input=vectors))


@pytest.mark.parametrize("target", INSPECTED)
def test_macos(row, user, unpack, target):
    """Only a Mac could run it. The library has the functions, and the files are signed as they are: a
    Mac with an Apple processor ends a program whose signature does not hold."""
    need("llvm-nm=llvm")
    prefix = unpack(target)
    row.installed_by("unpacked, not run")
    library = prefix / "lib/libbedrock_token.dylib"
    symbols = user.run("llvm-nm", "--defined-only", "-gj", library)
    assert sorted(symbols.split()) == [f"_{name}" for name in exported_symbols()]
    for file in (library, prefix / "bin/bedrock-token"):
        content = file.read_bytes()
        pages = signed_pages(content)
        assert bool(pages) == target.startswith("aarch64"), file
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
