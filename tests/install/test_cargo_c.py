"""cargo-c and cargo install the files that `cmake --install` does, but those for CMake itself, and they work
in the same ways.

The commands are those of docs/LINKING.md."""

import os
import re

import pytest
from elf import soname
from project import ROOT, TREE, assert_published_token, exported_symbols, files, run

VERSION = "0.10.23"


@pytest.fixture(scope="module")
def cargo_c(tmp_path_factory):
    """The prefix that cargo-c installed into. cargo-c itself is installed if it is missing."""
    run("tools/need.sh cc=gcc pkg-config /usr/include/openssl/ssl.h=libssl-dev")
    programs = run(f"tools/cargo-tool.sh cargo-c {VERSION}").strip()
    prefix = tmp_path_factory.mktemp("prefix")
    documented = re.findall("^    (cargo .*)", (ROOT / "docs/LINKING.md").read_text(), re.M)
    assert len(documented) == 3
    env = {"PATH": f"{programs}:{os.environ['PATH']}", "CARGO_TARGET_DIR": TREE / "cargo-c"}
    for command in documented:
        library = f" --libdir {prefix}/lib" if "cinstall" in command else ""  # not multiarch
        run(command.replace("/usr/local", str(prefix)) + library, env=env)
    return prefix


def test_the_files_are_the_same(cargo_c, prefix):
    assert files(cargo_c) == {file for file in files(prefix) if not file.startswith("share/cmake/")}
    for file in files(cargo_c):
        if file.startswith(("include/", "share/")):
            assert (cargo_c / file).read_bytes() == (prefix / file).read_bytes()


def test_the_shared_library_has_the_same_names(cargo_c):
    library = cargo_c / "lib/libbedrock_token.so"
    assert soname(library) == "libbedrock_token.so.0"
    symbols = run("nm -D --defined-only --format=just-symbols", library)
    assert sorted(symbols.split()) == exported_symbols()


@pytest.mark.parametrize("option", ["--modversion", "--libs", "--cflags"])
def test_pkg_config_says_the_same(option, cargo_c, prefix):
    def says(folder):
        pkgconfig = folder / "lib/pkgconfig"
        output = run(f"pkg-config {option} bedrock_token", env={"PKG_CONFIG_PATH": pkgconfig})
        return output.replace(f"{pkgconfig}/../..", "PREFIX").replace(str(folder), "PREFIX").strip()

    assert says(cargo_c) == says(prefix)


def test_cmake_finds_it_through_pkg_config(cargo_c, app):
    (app / "CMakeLists.txt").write_text("""
        cmake_minimum_required(VERSION 3.22)
        project(consumer LANGUAGES C)
        find_package(PkgConfig REQUIRED)
        pkg_check_modules(bedrock_token REQUIRED IMPORTED_TARGET bedrock_token)
        add_executable(app app.c)
        target_link_libraries(app PRIVATE PkgConfig::bedrock_token)
    """)
    run("cmake -S . -B build", cwd=app, env={"PKG_CONFIG_PATH": cargo_c / "lib/pkgconfig"})
    run("cmake --build build", cwd=app)
    assert_published_token(run(app / "build/app"))
