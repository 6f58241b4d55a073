"""Gets the library and the runtimes ready, and prints the table at the end."""

import subprocess

import pytest
from conformance import languages
from conformance.languages import LIBRARY, PREFIX, ROOT, WORK, Language
from conformance.vectors import Library

RUNTIMES = pytest.StashKey[dict[str, str]]()
COLUMNS = ("language", "folder", "runtime", "tokens", "refusals", "freed", "example", "renewals")
COLUMNS += ("own",)


def pytest_configure(config):
    config.stash[RUNTIMES] = {}
    config.addinivalue_line("markers", "column(name): the column of the table that the test fills")


def pytest_generate_tests(metafunc):
    found = languages.find()
    column = metafunc.definition.get_closest_marker("column").args[0]
    key = column if column in languages.KEYS else "driver"
    found = [one for one in found if getattr(one, key)]  # not every language has all of them
    metafunc.parametrize("language", found, ids=lambda one: one.id, scope="session")


@pytest.fixture(scope="session")
def library():
    """Installs the library, and counting.c to stand before it."""
    subprocess.run(["make", "-C", ROOT, "install", f"PREFIX={PREFIX}"], check=True)
    counting = WORK / "counting"
    counting.mkdir(exist_ok=True)
    subprocess.run(
        f"cc -Wall -Wextra -Werror -shared -fPIC -Wl,-soname,{LIBRARY.name} -I '{PREFIX}/include'"
        f" '{ROOT}/tests/conformance/counting.c' -o '{counting}/{LIBRARY.name}' -ldl",
        shell=True,
        check=True,
    )
    return Library()


@pytest.fixture(scope="session")
def runtimes(request):
    """Installs the Debian packages that the selected rows miss, all at once, where it may."""
    chosen = {
        one.id: one
        for item in request.session.items
        if (one := getattr(item, "callspec", None) and item.callspec.params.get("language"))
    }
    packages = sorted({package for one in chosen.values() for package in one.missing()})
    if packages:
        subprocess.run([ROOT / "tools/need.sh", *packages], check=False)


@pytest.fixture(scope="session")
def row(request, library, runtimes, language) -> Language:
    """A language whose programs are built."""
    if packages := language.missing():
        pytest.skip(f"needs {' '.join(packages)}")
    language.fetch()
    request.config.stash[RUNTIMES][language.id] = language.runtime()
    language.run(language.build)
    return language


def pytest_collection_modifyitems(items):
    """Notes for the table which cell a test is for."""
    for item in items:
        column = item.get_closest_marker("column").args[0]
        item.user_properties.append(("cell", (item.callspec.params["language"].id, column)))


def pytest_terminal_summary(terminalreporter, config):
    cells = {}
    for outcome in ("passed", "skipped", "failed", "error"):
        for report in terminalreporter.getreports(outcome):
            properties = dict(getattr(report, "user_properties", ()))
            if not properties:  # of a file that could not be read
                continue
            language, column = properties["cell"]
            row = cells.setdefault(language, {})
            if outcome != "passed":
                row[column] = "skipped" if outcome == "skipped" else "FAILED"
            elif report.when == "call":
                row[column] = properties.get("text") or row.get(column, "ok")
    if not cells:
        return
    rows = [
        {
            "language": one.name,
            "folder": str(one.folder.relative_to(ROOT)),
            "runtime": config.stash[RUNTIMES].get(one.id, ""),
            **cells[one.id],
        }
        for one in languages.find()
        if one.id in cells
    ]
    widths = {c: max(len(c), *(len(row.get(c, "")) for row in rows)) for c in COLUMNS}
    terminalreporter.section("languages")
    for row in [
        dict(zip(COLUMNS, COLUMNS, strict=True)),
        {c: "-" * w for c, w in widths.items()},
        *rows,
    ]:
        terminalreporter.line(
            f"| {' | '.join(row.get(c, '').ljust(w) for c, w in widths.items())} |"
        )
