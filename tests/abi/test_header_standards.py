"""The headers, each included twice, compile without a warning as every C and C++ that they promise."""

import pytest
from project import needs, run, shell

HEADERS = {
    "bedrock_token.h": ["c99", "c11", "c2x", "c++11", "c++20"],
    "bedrock_token.hpp": ["c++17", "c++20"],
}
CASES = [(header, standard) for header, standards in HEADERS.items() for standard in standards]


@pytest.mark.parametrize(("header", "standard"), CASES)
@pytest.mark.parametrize(("c", "cxx"), [("gcc", "g++"), ("clang", "clang++")])
def test_compiles(header, standard, c, cxx):
    if standard.startswith("c++"):
        compiler, options = cxx, "-x c++"
    else:
        compiler, options = c, "-x c -Wstrict-prototypes"
    needs(compiler)
    warnings = "-Wall -Wextra -Wpedantic -Werror"
    source = f'#include "{header}"\n' * 2
    run(f"{compiler} {warnings} {options} -std={standard} -I include -fsyntax-only -", input=source)


def test_cxx_compiles_with_libcxx():
    """With LLVM's standard library for C++, as on macOS."""
    needs("clang++")
    compiler = "clang++ -stdlib=libc++ -x c++ -std=c++17 -fsyntax-only"
    if "missing" in shell(f"{compiler} - || echo missing", input="#include <version>"):
        pytest.skip("needs libc++-dev")
    warnings = "-Wall -Wextra -Wpedantic -Werror"
    run(f"{compiler} {warnings} -I include -", input='#include "bedrock_token.hpp"\n')


@pytest.mark.parametrize("options", ["-std=c++14", "-std=c++17 -fno-exceptions"])
def test_the_cxx_header_says_what_it_needs(options):
    needs("g++")
    compiler = f"g++ {options} -I include -x c++ -fsyntax-only"
    said = shell(f"! {compiler} - 2>&1", input='#include "bedrock_token.hpp"\n')
    assert said.count("error:") == 1
    assert "needs C++17 and exceptions" in said
