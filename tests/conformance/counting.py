"""Puts counting.c before the library, and reads what it counted."""

import contextlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.languages import LIBRARY, WORK, Language


@dataclass
class Counts:
    inspected: int = 0
    handed_out: int = 0
    given_back: int = 0


@contextlib.contextmanager
def counting(language: Language) -> Iterator[tuple[dict[str, str], Counts]]:
    """The environment for a program of the language, and what is counted, once the program is done."""
    file = WORK / language.id / "counts"
    file.write_bytes(bytes(24))
    counts = Counts()
    environment = {
        "BEDROCK_TOKEN_REAL": str(LIBRARY),
        "BEDROCK_TOKEN_COUNTS": str(file),
        "LD_LIBRARY_PATH": str(WORK / "counting"),
    }
    yield environment, counts
    counts.inspected, counts.handed_out, counts.given_back = struct.unpack("QQQ", file.read_bytes())
