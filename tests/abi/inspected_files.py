"""What is built for a system that nothing here can run, as LLVM's tools, which come with Rust, see it.

tools/target.sh names this file to pytest. BEDROCK_TOKEN_TREE names the build tree; its name is the
target's."""

import re
from pathlib import Path

from project import TARGETS, TREE, VERSION, assert_names_no_folder, exported_symbols, run

TOOLS = Path(run("rustc --print target-libdir").strip()).parent / "bin"
STATIC = TREE / f"lib/{'bedrock_token.lib' if 'msvc' in TREE.name else 'libbedrock_token.a'}"
SHARED = TREE / "lib/libbedrock_token.dylib"


def llvm(command, file):
    return run(f"{TOOLS}/llvm-{command}", file)


def test_the_static_library_defines_every_function():
    listing = llvm("nm --quiet --extern-only --defined-only --format=just-symbols", STATIC)
    assert {*exported_symbols()} <= {line.removeprefix("_") for line in listing.splitlines()}


def test_no_file_names_a_folder_of_the_machine_that_built_it():
    files = [*TREE.glob("lib/*bedrock_token*"), *TREE.glob("bedrock-token")]
    assert STATIC in files
    assert_names_no_folder(*files)


if "apple" in TREE.name:
    HEADERS = llvm("objdump --macho --private-headers", SHARED)

    def test_exported_symbols():
        exports = llvm("objdump --macho --exports-trie", SHARED)
        assert sorted(re.findall(r"^0x\S+ +_(\S+)", exports, re.M)) == exported_symbols()

    def test_its_name_and_what_it_needs():
        own, *needed = re.findall(r"^ +name (\S+) \(offset", HEADERS, re.M)
        assert own == f"@rpath/libbedrock_token.{VERSION.split('.')[0]}.dylib"
        assert needed == ["/usr/lib/libSystem.B.dylib"]

    def test_the_oldest_system():
        old_command = r"^ +cmd LC_VERSION_MIN_MACOSX\n.*\n +version (\S+)"
        [oldest] = re.findall(old_command, HEADERS, re.M) or re.findall(
            r"^ +minos (\S+)", HEADERS, re.M
        )
        assert f"macOS {oldest}" == TARGETS[TREE.name]["oldest"]

    def test_it_stays_loaded():
        """macOS unloads no library that has thread-local variables, so the handler of forks stays there."""
        assert "MH_HAS_TLV_DESCRIPTORS" in HEADERS

    def test_signature():
        """A Mac with an Apple processor loads nothing without one."""
        assert ("cmd LC_CODE_SIGNATURE" in HEADERS) == TREE.name.startswith("aarch64")
