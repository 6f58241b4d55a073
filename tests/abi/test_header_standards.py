"""The headers, each included twice, compile without a warning as every C and C++ that they promise."""

import pytest
from project import needs, run, shell

STANDARDS = {
    "bedrock_token.h": ["c99", "c11", "c2x", "c++11", "c++20"],
    "bedrock_token.hpp": ["c++17", "c++20"],
}
C = ["gcc -Wstrict-prototypes", "clang -Wstrict-prototypes"]
CXX = ["g++", "clang++", "clang++ -stdlib=libc++"]  # the last one as on macOS
CASES = [
    (header, standard, compiler)
    for header, standards in STANDARDS.items()
    for standard in standards
    for compiler in (CXX if standard.startswith("c++") else C)
]


@pytest.mark.parametrize(("header", "standard", "compiler"), CASES)
def test_compiles(header, standard, compiler):
    needs(compiler.split()[0])
    language = "c++" if standard.startswith("c++") else "c"
    compiler += f" -x {language} -std={standard} -fsyntax-only -Wall -Wextra -Wpedantic -Werror"
    if "libc++" in compiler:
        said = shell(f"{compiler} - || echo missing", input="#include <cstddef>")
        if "missing" in said:
            pytest.skip("needs libc++-dev")
    run(f"{compiler} -I include -", input=f'#include "{header}"\n' * 2)


@pytest.mark.parametrize("options", ["-std=c++14", "-std=c++17 -fno-exceptions"])
def test_the_cxx_header_says_what_it_needs(options):
    needs("g++")
    compiler = f"g++ {options} -I include -x c++ -fsyntax-only"
    said = shell(f"! {compiler} - 2>&1", input='#include "bedrock_token.hpp"\n')
    assert said.count("error:") == 1
    assert "needs C++17 and exceptions" in said
