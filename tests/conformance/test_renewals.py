"""The providers that are written in a language keep to the library's rules. README.md has the
protocol."""

import pytest
from conformance.languages import Language
from conformance.vectors import PREFIXES, read

pytestmark = pytest.mark.column("renewals")

START = 1_800_000_000
END = START + 43_200

#: A step, and what its answers are. A set has those of which each is right.
Script = list[tuple[tuple, list]]

NEW = ("new",), [0]
KEPT = ("get", START, 0), [1, START]
CASES = read("renewal.tsv")


def in_time() -> Script:
    """Every case of renewal.tsv, first when there are no credentials."""
    script: Script = []
    for issued_at, ends, asked_at, happens in CASES:
        asked = 0 if happens == "kept" else 1
        answer = "status 12" if happens == "ended" else issued_at
        script += [NEW, (("get", issued_at, ends), [1, issued_at])]
        script += [(("get", asked_at, "nothing"), [asked, answer])]
    return script


def together() -> Script:
    """Every case of renewal.tsv, when several ask at the same time."""
    script: Script = []
    for issued_at, ends, asked_at, happens in CASES:
        if happens != "kept":
            one = {asked_at, issued_at}
            tokens = [one, one] if happens == "renew" else [asked_at]
            script += [NEW, (("get", issued_at, ends), [1, issued_at])]
            script += [(("together", asked_at, 0), [1, *tokens])]
    return script


def a_failure_is_seen() -> Script:
    """Its reason too, also while callers still get the kept token."""
    script: Script = [NEW, (("failure",), [0, "ok"])]
    time = END - 300
    for end, failure in ("nothing", "status 12"), ("raise", "raised"), ("throw", "raised"):
        script += [KEPT, (("get", time, end), [1, START]), (("failure",), [0, failure])]
        script += [(("get", time + 1, 0), [0, START]), (("failure",), [0, failure]), NEW]
    return [
        *script,
        *((("get", START, "raise"), [1, "raised"]), (("failure",), [0, "raised"])),
        *(KEPT, (("failure",), [0, "ok"])),
    ]


def callers_share_a_failure(fails: str, failed: str) -> Script:
    """Those who wait get the failure that they waited for, or the kept token if it still holds."""
    return [
        NEW,
        (("together", START, fails), [1, failed]),
        KEPT,
        (("together", END - 10, fails), [1, START]),
        (("together", END, fails), [1, failed]),
    ]


def a_source_that_asks(step: str, later: object = "status 16") -> Script:
    """Itself or in a task of its own, it would wait for itself."""
    return [
        NEW,
        ((step, START, 0), [1, START, "status 16"]),
        ((step, END - 300, 0), [1, END - 300, later]),
    ]


def milliseconds(answer: str) -> Script:
    """An end after the year 9999."""
    return [
        NEW,
        (("get", START, (START + 900) * 1000), [1, answer]),
        (("get", START, 253_402_300_800), [1, answer]),
        (("get", START, 253_402_300_799), [1, START]),
    ]


SCRIPTS: "dict[str, Script]" = {
    "in time": in_time(),
    "together": together(),
    "milliseconds": milliseconds("status 8"),
    "ended credentials": [
        NEW,
        (("get", START, START), [1, "status 13"]),
        (("get", START, START - 1), [1, "status 13"]),
        (("get", START, START + 1), [1, START]),
    ],
    "a failure is not repeated at once": [
        *(NEW, KEPT),
        # The kept token holds, so it serves. A tenth of the 300 seconds that it has left passes.
        (("get", END - 300, "raise"), [1, START]),
        (("get", END - 271, 0), [0, START]),
        (("get", END - 270, "nothing"), [1, START]),
        # Shortly before the end, that is a second.
        (("get", END - 2, "raise"), [1, START]),
        (("get", END - 2, 0), [0, START]),
        (("get", END - 1, "raise"), [1, START]),
        # It has ended.
        (("get", END, "raise"), [1, "raised"]),
        (("get", END, "nothing"), [1, "status 12"]),
        (("get", END, 0), [1, END]),
    ],
    "a failure is seen": a_failure_is_seen(),
    "callers share having nothing": callers_share_a_failure("nothing", "status 12"),
    "callers share a failure": callers_share_a_failure("raise", "raised"),
    "callers share an unusual failure": callers_share_a_failure("throw", "raised"),
    # It ends nothing else. An abandoned renewal goes on, or another caller begins a new one.
    "a caller's own limit": [
        NEW,
        (("deadline", START, 0), [{1, 2}, "deadline", "deadline", START]),
        (("failure",), [0, "ok"]),
        (("deadline", END - 10, 0), [{1, 2}, "deadline", "deadline", END - 10]),
        (("failure",), [0, "ok"]),
        (("get", END, 0), [0, END - 10]),
    ],
    "a dropped token": [
        *(NEW, KEPT),
        (("invalidate",), [0]),
        (("get", START + 1, "nothing"), [1, "status 12"]),
        (("get", START + 2, 0), [1, START + 2]),
    ],
    "a refused token": [
        *(NEW, KEPT),
        (("refused", START + 1, 0), [1, START + 1]),
        (("get", START + 2, "nothing"), [0, START + 1]),
    ],
    "a source that asks": a_source_that_asks("reenter"),
    "a task of the source that asks": a_source_that_asks("child", {"status 16", START}),
    # When the provider is made, not when its first token is due.
    "arguments": [
        (("new", "us-east-1a", 43_200), [0, "status 6"]),
        (("new", "", 43_200), [0, "status 6"]),
        (("new", "eu-central-1", 0), [0, "status 7"]),
        (("new", "eu-central-1", 43_201), [0, "status 7"]),
        (("new", "eu-central-1", 60), [0]),
        KEPT,
        (("get", START + 59, "raise"), [1, START]),
        (("get", START + 60, 0), [1, START + 60]),
    ],
}
SHOW: "list[tuple]" = [("new",), ("get", START, 0), ("show", START, 0)]


@pytest.fixture(scope="session")
def answered(row: Language) -> "list[list[str]]":
    """The answers to all scripts, of one process."""
    asked = [*(step for script in SCRIPTS.values() for step, _ in script), *SHOW]
    lines = "".join("\t".join(map(str, step)) + "\n" for step in asked)
    answers = row.run(row.renewals, input=lines).splitlines()
    assert len(answers) == len(asked)
    return [answer.split("\t") for answer in answers]


@pytest.mark.parametrize("name", SCRIPTS)
def test_renewals(row, answered, name):
    before = sum(len(SCRIPTS[other]) for other in list(SCRIPTS)[: list(SCRIPTS).index(name)])
    script = SCRIPTS[name]
    if name == "milliseconds" and {"end", "credentials end"} & {*row.unsayable}:
        script = milliseconds("-")  # the language's type for times knows none
    for (step, expected), answer in zip(script, answered[before:], strict=False):
        right = [{str(e) for e in one} if isinstance(one, set) else {str(one)} for one in expected]
        assert len(answer) == len(right), (step, answer)
        assert all(a in r for a, r in zip(answer, right, strict=True)), (step, answer)


def test_what_is_shown_has_no_secrets(answered):
    """As text, for a log or a debugger: the provider, then the credentials."""
    _, provider, *credentials = answered[-1]
    for text in (provider, *credentials):
        assert text
        assert "wJalrXUtnFEMI" not in text
        assert PREFIXES[0] not in text
