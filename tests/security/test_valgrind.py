"""Every C and C++ test of the last `make build` under valgrind's memcheck. A leak is an error too."""

import pytest
from project import TREE, needs, run

# The same code is in the shared library, where valgrind sees as much.
PROGRAMS = sorted(TREE.glob("tests/*-static"))
pytestmark = pytest.mark.thorough


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_no_error_and_no_leak(program):
    needs("valgrind")
    run(
        "valgrind",
        "--quiet",
        "--error-exitcode=99",
        "--leak-check=full",
        "--show-leak-kinds=all",
        "--errors-for-leak-kinds=all",
        program,
    )
