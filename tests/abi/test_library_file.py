"""The libraries of a build tree, as the linker and the loader see them."""

import os
import re
from pathlib import Path

from elf import dynamic, oldest_glibc
from elftools.elf.elffile import ELFFile
from project import EXPORTED, TREE, VERSION, assert_names_no_folder, exported_symbols, run

SHARED = TREE / "lib/libbedrock_token.so"
STATIC = TREE / "lib/libbedrock_token.a"


def test_exported_symbols():
    now = sorted(run("nm -D --defined-only --format=just-symbols", SHARED).split())
    if "BEDROCK_TOKEN_ACCEPT_ABI" in os.environ:
        new = {f"{name} {VERSION}" for name in {*now} - {*exported_symbols()}}
        lines = sorted({*EXPORTED.read_text().splitlines()} | new)
        EXPORTED.write_text("".join(f"{line}\n" for line in lines))
    how = "to accept a new function: BEDROCK_TOKEN_ACCEPT_ABI=1 make test-abi"
    assert now == exported_symbols(), how


if "BEDROCK_TOKEN_SEAL:BOOL=OFF" not in (TREE / "CMakeCache.txt").read_text():

    def test_global_symbols_of_the_static_library():
        symbols = run("nm -g --defined-only --format=posix", STATIC)
        assert sorted(re.findall(r"^(\S+) \w ", symbols, re.M)) == exported_symbols()


def test_names_and_links():
    soname = f"libbedrock_token.so.{VERSION.split('.')[0]}"
    assert dynamic(SHARED)["SONAME"] == [soname]
    assert SHARED.resolve().name == f"libbedrock_token.so.{VERSION}"
    assert SHARED.with_name(soname).readlink() == Path(SHARED.resolve().name)


def test_needs_only_libc_and_libgcc():
    for library in dynamic(SHARED)["NEEDED"]:  # libpthread is a part of glibc, until 2.34
        assert re.fullmatch(
            r"libc\.so(\.6)?|libgcc_s\.so\.1|libpthread\.so\.0|ld(-linux.*|64)\.so\.\d", library
        )


def test_hardening():
    entries = dynamic(SHARED)
    assert not {"RPATH", "RUNPATH", "TEXTREL"} & entries.keys()
    [flags] = entries["FLAGS_1"]
    assert flags & 0x1, "NOW: all symbols are bound when it is loaded"
    with open(SHARED, "rb") as file:
        segments = {
            segment["p_type"]: segment["p_flags"] for segment in ELFFile(file).iter_segments()
        }
    assert "PT_GNU_RELRO" in segments
    assert segments["PT_GNU_STACK"] == 6, "the stack is readable and writable, not executable"


def test_names_no_folder_of_the_machine_that_built_it():
    assert_names_no_folder(SHARED, STATIC, TREE / "bedrock-token")


if re.search(r"-gnu\.2\.17$", TREE.name):

    def test_needs_no_newer_glibc():
        programs = [*TREE.glob("tests/generate-*"), *TREE.glob("tests/provider-*")]
        assert programs
        for file in [SHARED, TREE / "bedrock-token", *programs]:
            assert oldest_glibc(file) <= [2, 17], file
