"""The file that is released."""

from pathlib import Path

from elf import dynamic
from project import assert_names_no_folder


def test_it_is_one_small_file_that_names_no_folder(program: Path):
    assert "NEEDED" not in dynamic(program)
    assert program.stat().st_size <= 1_100_000
    assert_names_no_folder(program)
