"""Reads tests/vectors, and asks the installed library, through ctypes, what is right now."""

import ctypes
import re
from dataclasses import dataclass

from languages import LIBRARY, ROOT

PREFIX = "bedrock-api" + "-key-"  # in two, so that secret scanners stay quiet


@dataclass
class Vector:
    strings: "tuple[bytes | None, ...]"  # access key, secret, session token, region
    expires: int
    time: int
    #: Of a token: the token of that time. Of a refusal: the status.
    result: "str | int"

    def line(self) -> str:
        """The vector as a driver reads it."""
        strings = ("-" if s is None else "=" + s.hex() for s in self.strings)
        return "\t".join([*strings, str(self.expires), str(self.time)]) + "\n"


def read(name: str) -> "list[list[str]]":
    lines = (ROOT / "tests/vectors" / name).read_text("ascii").split("\n")
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def unescape(field: str) -> "bytes | None":
    if field == r"\N":
        return None
    return re.sub(rb"\\x(..)", lambda m: bytes.fromhex(m[1].decode()), field.encode("ascii"))


TOKENS = [
    Vector(tuple(s.encode("ascii") for s in strings), int(expires), int(time), PREFIX + token)
    for *strings, expires, time, token in read("tokens.tsv")
]
REFUSALS = [
    Vector(tuple(map(unescape, strings)), int(expires), int(time), int(status))
    for *strings, expires, time, status in read("refusals.tsv")
]


class Library:
    """The installed library."""

    def __init__(self) -> None:
        self.native = ctypes.CDLL(str(LIBRARY))
        self.native.bedrock_token_status_message.restype = ctypes.c_char_p

    def message(self, status: int) -> str:
        return self.native.bedrock_token_status_message(status).decode("ascii")

    def generate_into(self, vector: Vector, time: int) -> str:
        buffer = ctypes.create_string_buffer(1 << 19)
        status = self.native.bedrock_token_generate_into(
            *vector.strings,
            ctypes.c_uint32(vector.expires),
            ctypes.c_int64(time),
            buffer,
            ctypes.c_size_t(len(buffer)),
            None,
        )
        assert status == 0, self.message(status)
        return buffer.value.decode("ascii")
