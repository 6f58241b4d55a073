"""Gets the library and the runtimes ready, and prints the table at the end."""

import subprocess
from dataclasses import dataclass, field

import languages
import pytest
from languages import LIBRARY, PREFIX, ROOT, WORK, Language
from vectors import Library

ROWS = pytest.StashKey[dict[str, dict[str, str]]]()
COLUMNS = ("language", "folder", "runtime", "example", "tokens", "refusals", "freed")


def pytest_configure(config):
    config.stash[ROWS] = {}


def pytest_generate_tests(metafunc):
    if "language" in metafunc.fixturenames:
        found = languages.find()
        if metafunc.function.__name__ == "test_example":
            found = [one for one in found if one.example]
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


@dataclass
class Row:
    """A language whose driver is built."""

    language: Language
    #: A line of the table, for what the tests find out.
    cells: "dict[str, str]" = field(default_factory=dict)


@pytest.fixture(scope="session")
def row(request, library, runtimes, language):
    cells = {"language": language.name, "folder": str(language.folder.relative_to(ROOT))}
    request.config.stash[ROWS][language.id] = cells
    if packages := language.missing():
        pytest.skip(f"needs {' '.join(packages)}")
    language.fetch()
    cells["runtime"] = language.runtime()
    language.run(language.build)
    return Row(language, cells)


def pytest_terminal_summary(terminalreporter, config):
    rows = [{column: column for column in COLUMNS}, *config.stash[ROWS].values()]
    if len(rows) == 1:
        return
    widths = [max(len(row.get(column, "")) for row in rows) for column in COLUMNS]
    rows.insert(1, {column: "-" * width for column, width in zip(COLUMNS, widths, strict=True)})
    terminalreporter.section("languages")
    for row in rows:
        cells = (row.get(c, "").ljust(width) for c, width in zip(COLUMNS, widths, strict=True))
        terminalreporter.line(f"| {' | '.join(cells)} |")
