"""The providers that are written in a language keep to the library's rules. README.md has the
protocol."""

import pytest
from conformance.vectors import PREFIXES, read

pytestmark = pytest.mark.column("renewals")

START = 1_800_000_000
END = START + 43_200


def steps(row, script: "list[tuple]") -> "list[list[str]]":
    lines = "".join("\t".join(map(str, step)) + "\n" for step in script)
    answers = row.run(row.renewals, input=lines).splitlines()
    assert len(answers) == len(script)
    return [answer.split("\t") for answer in answers]


def check(row, script: "list[tuple[tuple, list]]") -> None:
    answers = steps(row, [step for step, _ in script])
    for number, ((step, expected), answer) in enumerate(zip(script, answers, strict=True)):
        assert answer == list(map(str, expected)), f"step {number + 1}: {step}"


def test_a_kept_token_is_renewed_in_time(row):
    """Every case of renewal.tsv, first when there are no credentials."""
    script = []
    for issued_at, ends, asked_at, happens in read("renewal.tsv"):
        asked = 0 if happens == "kept" else 1
        answer = "status 12" if happens == "ended" else issued_at
        script += [
            (("new",), [0]),
            (("get", issued_at, ends), [1, issued_at]),
            (("get", asked_at, "nothing"), [asked, answer]),
        ]
    check(row, script)


def test_callers_share_a_renewal(row):
    """Every case of renewal.tsv, when several ask at the same time."""
    script, expected = [], []
    for issued_at, ends, asked_at, happens in read("renewal.tsv"):
        if happens != "kept":
            script += [("new",), ("get", issued_at, ends), ("together", asked_at, 0)]
            expected.append((asked_at, {asked_at, issued_at} if happens == "renew" else {asked_at}))
    answers = steps(row, script)[2::3]
    for (asked_at, tokens), (asked, *answered) in zip(expected, answers, strict=True):
        assert set(answered) == tokens, asked_at
        assert asked == "1", asked_at


def test_a_failure_is_not_repeated_at_once(row):
    check(
        row,
        [
            (("new",), [0]),
            (("get", START, 0), [1, START]),
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
    )


def test_credentials_that_have_ended_are_refused(row):
    check(
        row,
        [
            (("new",), [0]),
            (("get", START, START), [1, "status 13"]),
            (("get", START, START - 1), [1, "status 13"]),
            (("get", START, START + 1), [1, START]),
        ],
    )


def test_milliseconds_are_refused(row):
    """An end after the year 9999. Some languages have a type for times that knows none."""
    answer = "-" if "end" in row.unsayable else "status 8"
    check(
        row,
        [
            (("new",), [0]),
            (("get", START, (START + 900) * 1000), [1, answer]),
            (("get", START, 253_402_300_800), [1, answer]),
            (("get", START, 253_402_300_799), [1, START]),
        ],
    )


def test_an_invalidated_token_is_dropped(row):
    check(
        row,
        [
            (("new",), [0]),
            (("get", START, 0), [1, START]),
            (("invalidate",), [0]),
            (("get", START + 1, "nothing"), [1, "status 12"]),
            (("get", START + 2, 0), [1, START + 2]),
        ],
    )


def test_what_is_shown_has_no_secrets(row):
    """As text, for a log or a debugger: the provider, then the credentials."""
    answers = steps(row, [("new",), ("get", START, 0), ("show", START, 0)])
    _, provider, *credentials = answers[-1]
    for text in (provider, *credentials):
        assert text
        assert "wJalrXUtnFEMI" not in text
        assert PREFIXES[0] not in text


def test_a_source_that_asks_for_the_token_is_refused(row):
    """It would wait for itself."""
    check(
        row,
        [
            (("new",), [0]),
            (("reenter", START, 0), [1, START, "status 16"]),
            (("reenter", END - 300, 0), [1, END - 300, "status 16"]),
        ],
    )


@pytest.mark.parametrize("fails", ["nothing", "raise", "throw"])
def test_callers_share_a_failure(row, fails):
    """Those who wait get the failure that they waited for, or the kept token if it still holds."""
    failed = "status 12" if fails == "nothing" else "raised"
    check(
        row,
        [
            (("new",), [0]),
            (("together", START, fails), [1, failed]),
            (("get", START, 0), [1, START]),
            (("together", END - 10, fails), [1, START]),
            (("together", END, fails), [1, failed]),
        ],
    )


def test_a_callers_own_limit_ends_its_call(row):
    """And nothing else: the provider works on, and no failure is noted."""
    script = [("new",), ("deadline", START, 0), ("failure",)]
    script += [("deadline", END - 10, 0), ("failure",), ("get", END, 0)]
    _, first, no_failure, second, still_none, last = steps(row, script)
    assert first[1:] == ["deadline", "deadline", str(START)]
    assert second[1:] == ["deadline", "deadline", str(END - 10)]
    # An abandoned renewal goes on, or another caller begins a new one.
    assert {first[0], second[0]} <= {"1", "2"}
    assert no_failure == still_none == ["0", "ok"]
    assert last == ["0", str(END - 10)]


def test_a_refused_token_is_renewed_once(row):
    check(
        row,
        [
            (("new",), [0]),
            (("get", START, 0), [1, START]),
            (("refused", START + 1, 0), [1, START + 1]),
            (("get", START + 2, "nothing"), [0, START + 1]),
        ],
    )


def test_a_task_of_the_source_that_asks_for_the_token_is_refused(row):
    check(
        row,
        [
            (("new",), [0]),
            (("child", START, 0), [1, START, "status 16"]),
            (("child", END - 300, 0), [1, END - 300, "status 16"]),
        ],
    )


def test_a_failed_renewal_is_seen(row):
    """Its reason too, also while callers still get the kept token."""
    script = [(("new",), [0]), (("failure",), [0, "ok"])]
    time = END - 300
    for end, failure in ("nothing", "status 12"), ("raise", "raised"), ("throw", "raised"):
        script += [(("get", START, 0), [1, START]), (("get", time, end), [1, START])]
        script += [(("failure",), [0, failure]), (("get", time + 1, 0), [0, START])]
        script += [(("failure",), [0, failure]), (("new",), [0])]
    script += [(("get", START, "raise"), [1, "raised"]), (("failure",), [0, "raised"])]
    script += [(("get", START, 0), [1, START]), (("failure",), [0, "ok"])]
    check(row, script)


def test_a_providers_arguments_are_checked(row):
    """When it is made, not when its first token is due."""
    check(
        row,
        [
            (("new", "us-east-1a", 43_200), [0, "status 6"]),
            (("new", "", 43_200), [0, "status 6"]),
            (("new", "eu-central-1", 0), [0, "status 7"]),
            (("new", "eu-central-1", 43_201), [0, "status 7"]),
            (("new", "eu-central-1", 60), [0]),
            (("get", START, 0), [1, START]),
            (("get", START + 59, "raise"), [1, START]),
            (("get", START + 60, 0), [1, START + 60]),
        ],
    )
