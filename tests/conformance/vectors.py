"""Reads tests/vectors, and asks the installed library, through ctypes, what is right now."""

import ctypes
import re
from collections.abc import Callable
from dataclasses import dataclass

from conformance.languages import LIBRARY, ROOT

# What the tokens of each service start with. In two, so that secret scanners stay quiet.
PREFIXES = ("bedrock-api-key-", "aws-external-anthropic-api-key-")

# The last second that some languages' types for times know.
YEAR_9999 = 253_402_300_799


@dataclass
class Vector:
    service: int
    strings: "tuple[bytes | None, ...]"  # access key, secret, session token, region
    expires: int
    time: int
    #: Of a token: the token of that time. Of a refusal: the status.
    result: "str | int"

    def line(self) -> str:
        """The vector as a driver reads it."""
        strings = ("-" if s is None else "=" + s.hex() for s in self.strings)
        return "\t".join([str(self.service), *strings, str(self.expires), str(self.time)]) + "\n"

    def answer(self, token: str, issued_at: int, latest: int = 2**63) -> str:
        """The right answer of a driver, if this is the vector's token."""
        key, _, session, region = self.strings
        key, region, end = key.decode(), region.decode(), min(issued_at + self.expires, latest)
        fields = 0, token, self.service, key, region, issued_at, end, int(bool(session))
        return "\t".join(map(str, fields))


def read(name: str) -> "list[list[str]]":
    lines = (ROOT / "tests/vectors" / name).read_text("ascii").split("\n")
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def unescape(field: str) -> "bytes | None":
    if field == r"\N":
        return None
    return re.sub(rb"\\x(..)", lambda m: bytes.fromhex(m[1].decode()), field.encode("ascii"))


def unsayable(vector: Vector) -> "set[str]":
    """What of a vector some languages cannot say, in the words of language.toml."""
    key, secret, _, region = vector.strings
    reasons = {
        "null": None in (key, secret, region),
        "nul": any(string and b"\0" in string for string in vector.strings),
        "service": vector.service not in (0, 1),
        "expires": not 0 <= vector.expires < 2**32,
        "time": vector.result == 8,
    }
    return {reason for reason, holds in reasons.items() if holds}


def vectors(name: str, string: Callable, result: Callable) -> "list[Vector]":
    """A file's lines, with what its fields of strings and its last field mean."""
    return [
        Vector(
            int(service),
            tuple(map(string, strings)),
            int(expires),
            int(time),
            result(int(service), last),
        )
        for service, *strings, expires, time, last in read(name)
    ]


TOKENS = vectors("tokens.tsv", str.encode, lambda service, token: PREFIXES[service] + token)
REFUSALS = vectors("refusals.tsv", unescape, lambda _, status: int(status))


class Library:
    """The installed library."""

    def __init__(self) -> None:
        self.native = ctypes.CDLL(str(LIBRARY))
        self.native.bedrock_token_status_message.restype = ctypes.c_char_p
        self.native.bedrock_token_retry_at.restype = ctypes.c_int64

    def message(self, status: int) -> str:
        return self.native.bedrock_token_status_message(status).decode("ascii")

    def generate_into(self, vector: Vector, time: int) -> str:
        buffer = ctypes.create_string_buffer(1 << 19)
        status = self.native.bedrock_token_generate_into(
            ctypes.c_int32(vector.service),
            *vector.strings,
            ctypes.c_uint32(vector.expires),
            ctypes.c_int64(time),
            buffer,
            ctypes.c_size_t(len(buffer)),
            None,
        )
        assert status == 0, self.message(status)
        return buffer.value.decode("ascii")

    def times(self, life: int) -> "list[int]":
        """What schedule() and retry_at() say of a token with this life, as README.md asks."""
        issued_at = 1_800_000_000
        times = (ctypes.c_int64 * 4)()
        status = self.native.bedrock_token_schedule(
            ctypes.c_int64(issued_at),
            ctypes.c_uint32(life),
            ctypes.c_int64(issued_at + 600),
            times,
            ctypes.c_size_t(ctypes.sizeof(times)),
        )
        assert status == 0, self.message(status)
        end = ctypes.c_int64(issued_at + life)
        return [*times, self.native.bedrock_token_retry_at(ctypes.c_int64(issued_at), end)]

    def issued_at(self, token: str) -> int:
        info = ctypes.create_string_buffer(1024)
        status = self.native.bedrock_token_inspect(
            token.encode("ascii"), info, ctypes.c_size_t(len(info))
        )
        assert status == 0, self.message(status)
        return ctypes.c_int64.from_buffer(info, 200).value
