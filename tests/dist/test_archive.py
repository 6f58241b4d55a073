"""The archives, the command alone, the source, and what is beside each file: its checksum and its SBOM."""

import hashlib
import json
import os
import platform
import re
import shutil
import struct
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conformance.languages import ROOT
from conformance.vectors import PREFIXES, TOKENS
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from dist import native
from dist.artifacts import DIST, artifact, need
from dist.native import check_vectors
from elf import dynamic
from endpoint.token_check import SERVICES, Tenant, check, presigned
from project import (
    TARGETS,
    VERSION,
    assert_names_no_folder,
    exported_symbols,
    files,
    targets_with,
)

# Python's wheels are for every released target.
RELEASED = [target for target in targets_with("python") if TARGETS[target]["tier"] < 3]
INSPECTED = [target for target in targets_with("python") if TARGETS[target]["tier"] == 3]
NATIVE = native.TARGETS[platform.system(), platform.machine()]
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
def unpack(user):
    def unpack(target: str):
        """Unpacks the archive for a target, which has the files that it should have and no other."""
        windows = "windows" in target
        archive = artifact(f"bedrock-token-{VERSION}-{target}{'.zip' if windows else '.tar.gz'}")
        shutil.unpack_archive(archive, user.home, **({} if windows else {"filter": "data"}))
        own = PE if windows else MACH_O if "apple" in target else ELF
        if target.endswith("musl"):
            own += " share/doc/bedrock-token/musl.txt"
        prefix = user.home / f"bedrock-token-{VERSION}-{target}"
        own = own.format(VERSION.partition(".")[0], VERSION)
        assert files(prefix) == set(COMMON.split()) | set(own.split())
        return prefix

    return unpack


def test_native(user):
    """As the workflow does on other systems: the archive, its command and the wheel for this machine."""
    need("cc=gcc", "cmake")
    artifact(f"bedrock-token-{VERSION}-{NATIVE}.tar.gz")
    user.run(sys.executable, ROOT / "tests/dist/native.py")


@pytest.mark.parametrize("target", RELEASED)
def test_run(user, unpack, target):
    """The C driver, which CMake builds with the target's toolchain file."""
    need("cmake", *TARGETS[target]["tools"])
    prefix = unpack(target)
    user.get_rust()  # cargo-zigbuild asks it
    user.environment["XDG_CACHE_HOME"] = f"{Path.home()}/.cache"  # Zig's
    toolchain = f"--toolchain={ROOT}/cmake/targets/{target}.cmake"
    for command in native.build(user.run, user.home, prefix, toolchain):
        check_vectors(lambda vectors, command=command: user.run(*command, input=vectors))


@pytest.mark.parametrize("target", INSPECTED)
def test_macos(user, unpack, target):
    """Only a Mac could run it. The library has the functions, and runs on the systems that are named. The
    files are signed as they are: a Mac with an Apple processor ends a program whose signature does not
    hold."""
    need("llvm-nm=llvm")
    prefix = unpack(target)
    library = prefix / "lib/libbedrock_token.dylib"
    symbols = user.run("llvm-nm", "--defined-only", "-gj", library)
    assert sorted(symbols.split()) == [f"_{name}" for name in exported_symbols()]
    headers = user.run("llvm-objdump", "--macho", "--private-headers", library)
    own, *needed = re.findall(r"^ +name (\S+) \(offset", headers, re.M)
    assert own == f"@rpath/libbedrock_token.{VERSION.partition('.')[0]}.dylib"
    assert needed == ["/usr/lib/libSystem.B.dylib"]
    oldest = re.search(r"LC_VERSION_MIN_MACOSX\n.*\n +version (\S+)|^ +minos (\S+)", headers, re.M)
    assert f"macOS {oldest[1] or oldest[2]}" == TARGETS[target]["oldest"]
    # macOS unloads no library that has thread-local variables, so the handler of forks stays there.
    assert "MH_HAS_TLV_DESCRIPTORS" in headers
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


@pytest.mark.parametrize("target", targets_with("static"))
def test_command(user, target):
    """It signs at the time of now, so botocore computes the signatures of the vectors again."""
    windows = "windows" in target
    program = user.home / f"bedrock-token{'.exe' * windows}"
    shutil.copy(artifact(f"bedrock-token-{VERSION}-{target}{program.suffix}"), program)
    assert program.stat().st_size <= 1_100_000
    assert_names_no_folder(program)
    if not windows:
        assert "NEEDED" not in dynamic(program)
    on_this = target.startswith(platform.machine()) and not windows
    emulator = [] if on_this else ["wine" if windows else f"qemu-{target.partition('-')[0]}-static"]
    need(*TARGETS[target]["tools"])
    vectors = TOKENS if on_this else TOKENS[::10]  # an emulator takes a second to start
    assert {vector.service for vector in vectors} == {0, 1}
    for vector in vectors:
        key, secret, session, region = (text.decode() for text in vector.strings)
        service = f"--service={('bedrock', 'claude-platform')[vector.service]}"
        begin = datetime.now(UTC)
        token = user.run(
            *(*emulator, program, service, f"--region={region}", f"--expires={vector.expires}"),
            AWS_ACCESS_KEY_ID=key,
            AWS_SECRET_ACCESS_KEY=secret,
            AWS_SESSION_TOKEN=session,
            WINEDEBUG="-all",
        ).strip()
        _, name = SERVICES[PREFIXES[vector.service]]
        known = {key: Tenant(secret, session or None)}
        assert check(token, name, region, known, begin) == key
        assert presigned(token, name)[1]["X-Amz-Expires"] == str(vector.expires)


def test_source_builds_without_a_network(user):
    if os.geteuid() != 0:
        pytest.skip("needs root, to be without a network")
    need("cc=gcc", "cmake", "unshare=util-linux")
    source = artifact(f"bedrock-token-{VERSION}.tar.gz")
    assert source.stat().st_size <= 1_200_000
    for archive in (source, DIST / f"bedrock-token-{VERSION}-vendor.tar.gz"):
        shutil.unpack_archive(archive, user.home, filter="data")
    user.get_rust()
    user.environment |= {"CARGO_HOME": f"{user.home}/cargo", "CARGO_NET_OFFLINE": "true"}
    options = ("-DCMAKE_BUILD_TYPE=Debug", "-DBUILD_TESTING=OFF")
    user.run("unshare", "--net", "cmake", "-S", f"bedrock-token-{VERSION}", "-B", "build", *options)
    user.run("unshare", "--net", "cmake", "--build", "build")
    assert VERSION in user.run("build/bedrock-token", "--version")


def test_each_file_has_a_checksum_and_an_sbom():
    artifact("SHA256SUMS")
    names = {path.name for path in DIST.iterdir() if path.is_file()} - {"SHA256SUMS"}
    sboms = {f"sbom/{name}.cdx.json": name for name in names}
    lines = (DIST / "SHA256SUMS").read_text().splitlines()
    sums = {name: checksum for checksum, name in (line.split("  ") for line in lines)}
    assert sums.keys() == names | sboms.keys()
    for name, checksum in sums.items():
        assert hashlib.sha256((DIST / name).read_bytes()).hexdigest() == checksum, name
    valid = JsonStrictValidator(SchemaVersion.V1_5)
    for sbom, name in sboms.items():
        text = (DIST / sbom).read_text()
        assert valid.validate_str(text) is None, name
        bom = json.loads(text)
        assert bom["metadata"]["component"]["name"] == name
        assert bom["components"], name
