"""The file that is released."""

from pathlib import Path

from elf import dynamic
from project import ROOT


def test_it_is_one_small_file_that_names_no_folder(program: Path):
    assert "NEEDED" not in dynamic(program)
    contents = program.read_bytes()
    assert len(contents) <= 1_100_000
    for folder in (ROOT, Path.home()):
        assert f"{folder}/".encode() not in contents
