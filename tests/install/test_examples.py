"""examples-c/ is a project of its own: copied out of the tree, it builds with the installed library."""

import shutil

import pytest
from project import ROOT, run


@pytest.mark.parametrize("shared", ["ON", "OFF"])
def test_examples_build_and_pass_outside_the_tree(shared, prefix, tmp_path):
    source = shutil.copytree(ROOT / "examples-c", tmp_path / "examples")
    options = [f"-DCMAKE_PREFIX_PATH={prefix}", f"-DBUILD_SHARED_LIBS={shared}"]
    run("cmake -S . -B build", *options, cwd=source)
    run("cmake --build build", cwd=source)
    output = run("ctest --test-dir build --output-on-failure --no-tests=error", cwd=source)
    programs = [*source.glob("*.c"), *source.glob("*.cpp")]
    assert programs
    for file in programs:
        program = file.stem + ("-cpp" if file.suffix == ".cpp" else "")
        assert f"example-{program} " in output
