"""The file that is released."""

import struct
from pathlib import Path

from cli.running import ROOT

PT_DYNAMIC, PT_INTERP, DT_NEEDED = 2, 3, 1


def test_it_needs_no_other_file(program: Path):
    """As an ELF file it names no loader (PT_INTERP) and no library (DT_NEEDED)."""
    elf = program.read_bytes()
    assert elf[:5] == b"\x7fELF\x02"
    table, size, count = *struct.unpack_from("<Q", elf, 32), *struct.unpack_from("<HH", elf, 54)
    headers = [struct.unpack_from("<IIQQQQ", elf, table + i * size) for i in range(count)]
    assert PT_INTERP not in [kind for kind, *_ in headers]
    for _, _, offset, _, _, length in (h for h in headers if h[0] == PT_DYNAMIC):
        tags = [tag for tag, _ in struct.iter_unpack("<qq", elf[offset : offset + length])]
        assert DT_NEEDED not in tags


def test_its_size(program: Path):
    assert program.stat().st_size <= 1_100_000


def test_it_names_no_folder_of_this_machine(program: Path):
    contents = program.read_bytes()
    for folder in (ROOT, Path.home()):
        assert f"{folder}/".encode() not in contents
