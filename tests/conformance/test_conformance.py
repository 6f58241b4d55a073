"""The vectors through every language. README.md has the protocol."""

import mmap
import time
from dataclasses import dataclass

import pytest
from conformance.languages import COUNTING, Language
from conformance.vectors import REFUSALS, TOKENS, YEAR_9999, Library, Vector, unsayable

KEY, SECRET = b"AKIAIOSFODNN7EXAMPLE", b"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


# Cut to 32 bits, each is 60. It must be refused.
WRONG_LIVES = [
    Vector(0, (KEY, SECRET, None, b"eu-central-1"), expires, 1_800_000_000, 7)
    for expires in (2**32 + 60, 60 - 2**32)
]


def cut_at_a_nul() -> "list[Vector]":
    """A string with a byte 0 must not be cut there, as the strings of C are."""
    right = (KEY, SECRET, b"FAKE/SESSION+TOKEN==", b"eu-central-1")
    return [
        Vector(0, (*right[:i], right[i] + b"\0x", *right[i + 1 :]), 43200, 1_800_000_000, status)
        for i, status in enumerate((2, 3, 4, 6))
    ]


REFUSED = [*REFUSALS, *WRONG_LIVES, *cut_at_a_nul()]


def counting(language: Language) -> "tuple[dict[str, str], memoryview]":
    """The environment for a program of the language, and what counting.c counts in it."""
    file = language.work / "counts"
    file.write_bytes(bytes(24))
    with file.open("r+b") as opened:
        counts = memoryview(mmap.mmap(opened.fileno(), 0)).cast("Q")
    return {"BEDROCK_TOKEN_COUNTS": str(file), "LD_LIBRARY_PATH": str(COUNTING)}, counts


@dataclass
class Answers:
    """What a driver answers to all vectors: two lines for each."""

    row: Language
    library: Library
    lines: "list[str]"
    #: When the driver was started and when it was done, in Unix seconds.
    started: int
    ended: int
    counts: memoryview

    def to(self, number: int) -> "tuple[str, str]":
        """The answers of the vector's time, and of now."""
        then, now = self.lines[2 * number : 2 * number + 2]
        return then, now

    def right(self, vector: Vector, token: str, issued_at: int) -> str:
        """The right answer, if this is the vector's token."""
        latest = [YEAR_9999] if "end" in self.row.unsayable else []
        answer = vector.answer(token, issued_at, *latest)
        if self.row.schedule:
            answer = "\t".join([answer, *map(str, self.library.times(vector.expires))])
        return answer

    def right_now(self, vector: Vector, answer: str) -> str:
        """The answer that is right for a token of now: the library's own, of the second that the
        token says it is from."""
        fields = answer.split("\t")
        if fields[0] != "0":
            return "a token"
        issued_at = int(fields[5])
        assert self.started <= issued_at <= self.ended, "the token is not of now"
        return self.right(vector, self.library.generate_into(vector, issued_at), issued_at)


@pytest.fixture(scope="session")
def answers(row, library):
    asked = "".join(vector.line() for vector in TOKENS + REFUSED)
    started = int(time.time())
    environment, counts = counting(row)
    lines = row.run(row.driver, input=asked, env=environment).splitlines()
    assert len(lines) == 2 * len(TOKENS + REFUSED)
    return Answers(row, library, lines, started, int(time.time()), counts)


@pytest.mark.column("tokens")
def test_tokens(answers, record_property):
    for number, vector in enumerate(TOKENS):
        then, now = answers.to(number)
        assert then == answers.right(vector, vector.result, vector.time), f"token {number + 1}"
        assert now == answers.right_now(vector, now), f"token {number + 1}, now"
    record_property("text", f"{len(TOKENS)} of {len(TOKENS)}")


@pytest.mark.column("refusals")
def test_refusals(row, answers, library, record_property):
    """Each is refused. A language that cannot say something has that in its language.toml."""
    not_said = 0
    reasons = set()
    for number, vector in enumerate(REFUSED):
        then, now = answers.to(len(TOKENS) + number)
        refused = f"{vector.result}\t{library.message(vector.result)}"
        may = unsayable(vector) & set(row.unsayable)
        if then == "-" and may:
            not_said += 1
            reasons |= may
        else:
            assert then == refused, f"refusal {number + 1}"
        if vector.result == 8:  # the time is refused, and now is another
            refused = answers.right_now(vector, now)
        elif then == "-":
            refused = "-"
        assert now == refused, f"refusal {number + 1}, now"
    assert reasons == set(row.unsayable) - {"end", "credentials end"}, (
        "unsayable has more than that"
    )
    said = f", {not_said} unsayable" if not_said else ""
    record_property("text", f"{len(REFUSED) - not_said} of {len(REFUSED)}{said}")


@pytest.mark.column("freed")
def test_tokens_are_given_back(row, answers, record_property):
    if not row.counted:
        record_property("text", "its own library")
        return
    generated = sum(line.startswith("0\t") for line in answers.lines)
    inspected, handed_out, given_back = answers.counts
    assert inspected == generated, "the driver uses another library"
    assert handed_out == given_back
    record_property("text", f"{handed_out} of {handed_out}" if handed_out else "none to free")


@pytest.mark.column("example")
def test_example(row, library, record_property):
    """It prints a token, what is in it, why a secret with a newline is refused, and a token of a
    provider for Claude Platform on AWS."""
    started = int(time.time())
    environment, counts = counting(row)
    output = row.run(row.example, env=environment)
    ended = int(time.time())
    token, about, refused, provided = output.splitlines()

    vector = Vector(0, (KEY, SECRET, None, b"eu-central-1"), 43200, 0, "")
    issued_at = library.issued_at(token)
    assert started <= issued_at <= ended
    assert token == library.generate_into(vector, issued_at)
    assert about == f"{KEY.decode()} eu-central-1 {issued_at + vector.expires}"
    assert refused == f"refused: {library.message(3)}"

    vector = Vector(1, (KEY, SECRET, None, b"us-west-2"), 43200, 0, "")
    issued_at = library.issued_at(provided)
    assert started <= issued_at <= ended
    assert provided == library.generate_into(vector, issued_at)

    inspected, handed_out, given_back = counts
    assert inspected == int(row.counted)
    assert handed_out == given_back
    if handed_out:
        record_property("text", f"ok, {given_back} of {handed_out} freed")


@pytest.mark.column("example")
@pytest.mark.parametrize("reason", ["No such file", "file too short"])
def test_library_cannot_be_loaded(row, tmp_path, reason):
    """The message has the system's reason, and advice where it fits."""
    if not row.counted or (row.linked and reason == "No such file"):
        return  # it brings its own, or its linker wrote down where it is
    if reason == "file too short":
        (tmp_path / "libbedrock_token.so.0").touch()  # before the one of the system
    done = row.bash(row.example, env={"LD_LIBRARY_PATH": str(tmp_path)})
    assert done.returncode != 0, "this system has the library"
    said = done.stdout + done.stderr
    assert f"libbedrock_token.so.0: cannot open shared object file: {reason}" in said or (
        f"libbedrock_token.so.0: {reason}" in said
    )
    if not row.linked:  # then the system's loader says it
        assert ("install bedrock-token, or add" in said) == (reason == "No such file")


@pytest.mark.column("own")
def test_its_own(row):
    row.run(row.own)
