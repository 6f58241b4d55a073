"""What is built for a system that nothing here can run, as LLVM's tools, which come with Rust, see it.

tools/target.sh names this file to pytest. BEDROCK_TOKEN_TREE names the build tree; its name is the
target's."""

from pathlib import Path

from project import TREE, assert_names_no_folder, exported_symbols, run

TOOLS = Path(run("rustc --print target-libdir").strip()).parent / "bin"
STATIC = TREE / f"lib/{'bedrock_token.lib' if 'msvc' in TREE.name else 'libbedrock_token.a'}"


def test_the_static_library_defines_every_function():
    options = "--quiet --extern-only --defined-only --format=just-symbols"
    listing = run(f"{TOOLS}/llvm-nm {options}", STATIC)
    assert {*exported_symbols()} <= {line.removeprefix("_") for line in listing.splitlines()}


def test_no_file_names_a_folder_of_the_machine_that_built_it():
    files = [*TREE.glob("lib/*bedrock_token*"), *TREE.glob("bedrock-token")]
    assert STATIC in files
    assert_names_no_folder(*files)
