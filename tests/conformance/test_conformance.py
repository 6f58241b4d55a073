"""The vectors through every language. README.md has the protocol."""

import struct
import time
from dataclasses import dataclass

import pytest
from languages import LIBRARY, WORK
from vectors import REFUSALS, TOKENS, Vector


@dataclass
class Answers:
    """What a driver answers to all vectors: two lines for each."""

    lines: "list[str]"
    #: When the driver was started and when it was done, in Unix seconds.
    started: int
    ended: int
    #: What counting.c counted.
    inspected: int
    handed_out: int
    given_back: int

    def to(self, number: int) -> "tuple[str, str]":
        """The answers of the vector's time, and of now."""
        then, now = self.lines[2 * number : 2 * number + 2]
        return then, now


@pytest.fixture(scope="session")
def answers(row):
    asked = "".join(vector.line() for vector in TOKENS + REFUSALS)
    counts = WORK / row.language.id / "counts"
    counts.write_bytes(bytes(24))
    started = int(time.time())
    lines = row.language.run(
        row.language.driver,
        input=asked,
        env={
            "BEDROCK_TOKEN_REAL": str(LIBRARY),
            "BEDROCK_TOKEN_COUNTS": str(counts),
            "LD_LIBRARY_PATH": str(WORK / "counting"),
        },
    ).splitlines()
    assert len(lines) == 2 * len(TOKENS + REFUSALS)
    return Answers(lines, started, int(time.time()), *struct.unpack("QQQ", counts.read_bytes()))


def right(vector: Vector, token: str, issued_at: int) -> str:
    """The answer to a vector whose token is this one."""
    key, _, session, region = vector.strings
    key, region, end = key.decode(), region.decode(), issued_at + vector.expires
    return "\t".join(map(str, (0, token, key, region, issued_at, end, int(bool(session)))))


def right_now(library, vector: Vector, answer: str, started: int, ended: int) -> str:
    """The answer that is right for a token of now: the library's own, of the second that the token
    says it is from."""
    fields = answer.split("\t")
    if len(fields) != 7:
        return "a token"
    issued_at = int(fields[4])
    assert started <= issued_at <= ended, "the token is not of now"
    return right(vector, library.generate_into(vector, issued_at), issued_at)


def test_tokens(row, answers, library):
    row.cells["tokens"] = "FAILED"
    for number, vector in enumerate(TOKENS):
        then, now = answers.to(number)
        assert then == right(vector, vector.result, vector.time), f"token {number + 1}"
        expected = right_now(library, vector, now, answers.started, answers.ended)
        assert now == expected, f"token {number + 1}, now"
    row.cells["tokens"] = f"{len(TOKENS)} of {len(TOKENS)}"


def test_refusals(row, answers, library):
    row.cells["refusals"] = "FAILED"
    unsayable = 0
    for number, vector in enumerate(REFUSALS):
        then, now = answers.to(len(TOKENS) + number)
        refused = f"{vector.result}\t{library.message(vector.result)}"
        # Some languages know no NULL, or have no life of zero seconds.
        may = {"-"} if None in vector.strings or vector.expires == 0 else set()
        unsayable += then == "-"
        assert then in {refused} | may, f"refusal {number + 1}"
        if vector.result == 8:  # the time is refused, and now is another
            refused = right_now(library, vector, now, answers.started, answers.ended)
        assert now in {refused} | may, f"refusal {number + 1}, now"
    said = f", {unsayable} unsayable" if unsayable else ""
    row.cells["refusals"] = f"{len(REFUSALS) - unsayable} of {len(REFUSALS)}{said}"


def test_tokens_are_given_back(row, answers):
    if not row.language.counted:
        row.cells["freed"] = "its own library"
        return
    generated = sum(line.startswith("0\t") for line in answers.lines)
    assert answers.inspected == generated, "the driver uses another library"
    assert answers.handed_out == answers.given_back
    row.cells["freed"] = f"{answers.given_back} of {answers.handed_out}"


def test_example(row, library):
    """It prints a token, what is in it, and why a secret with a newline is refused."""
    row.cells["example"] = "FAILED"
    key, region = "AKIAIOSFODNN7EXAMPLE", "eu-central-1"
    secret = b"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    vector = Vector((key.encode(), secret, None, region.encode()), 43200, 0, "")
    started = int(time.time())
    token, about, refused = row.language.run(row.language.example).splitlines()
    issued_at = int(about.split(" ")[2]) - vector.expires
    assert started <= issued_at <= time.time()
    assert about == f"{key} {region} {issued_at + vector.expires}"
    assert token == library.generate_into(vector, issued_at)
    assert refused == f"refused: {library.message(3)}"
    row.cells["example"] = "ok"
