"""The headers, each included twice, compile without a warning as every C and C++ that they promise."""

import pytest
from project import needs, run

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
