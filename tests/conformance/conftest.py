"""Gets the library and the runtimes ready, and prints the table at the end."""

import subprocess

import pytest
from conformance import languages
from conformance.languages import COUNTING, LIBRARY, PREFIX, ROOT, Language
from conformance.vectors import Library
from project import run

TABLE = pytest.StashKey[dict[str, dict[str, str]]]()
COLUMNS = ("language", "folder", "runtime", "tokens", "refusals", "freed", "example", "renewals")
COLUMNS += ("own",)


def pytest_configure(config):
    config.stash[TABLE] = {}
    config.addinivalue_line("markers", "column(name): the column of the table that the test fills")


def pytest_generate_tests(metafunc):
    found = languages.find()
    column = metafunc.definition.get_closest_marker("column").args[0]
    key = column if column in languages.KEYS else "driver"
    found = [one for one in found if getattr(one, key)]  # not every language has all of them
    metafunc.parametrize("language", found, ids=lambda one: one.id, scope="session")


@pytest.fixture(scope="session")
def library():
    """Installs the library, and builds the one that counts."""
    run("make install", f"PREFIX={PREFIX}")
    COUNTING.mkdir(exist_ok=True)
    counted = ("generate", "generate_for", "provider_get", "inspect", "free")
    renamed = " ".join(f"--redefine-sym bedrock_token_{name}=real_{name}" for name in counted)
    run(f"objcopy {renamed}", PREFIX / "lib/libbedrock_token.a", COUNTING / "real.a")
    run(
        f"cc -Wall -Wextra -Werror -shared -fPIC -Wl,-soname,{LIBRARY.name} -I {PREFIX}/include",
        *(ROOT / "tests/conformance/counting.c", "-o", COUNTING / LIBRARY.name),
        *("-Wl,--whole-archive", COUNTING / "real.a", "-Wl,--no-whole-archive"),
    )
    return Library()


@pytest.fixture(scope="session")
def runtimes(request):
    """Installs the Debian packages that the selected rows miss, all at once, where it may."""
    parameters = [getattr(item, "callspec", None) for item in request.session.items]
    chosen = {one.params["language"] for one in parameters if one and "language" in one.params}
    packages = sorted({package for one in chosen for package in one.missing()})
    if packages:
        subprocess.run([ROOT / "tools/need.sh", *packages], check=False)


@pytest.fixture(scope="session")
def row(request, library, runtimes, language) -> Language:
    """A language whose programs are built."""
    if packages := language.missing():
        pytest.skip(f"needs {' '.join(packages)}")
    language.fetch()
    cells_of(request.config, language)["runtime"] = language.runtime()
    language.run(language.build)
    return language


def cells_of(config, language: Language) -> "dict[str, str]":
    """The language's row of the table, by column."""
    named = {"language": language.name, "folder": str(language.folder.relative_to(ROOT))}
    return config.stash[TABLE].setdefault(language.id, named)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    column = item.get_closest_marker("column").args[0]
    cells = cells_of(item.config, item.callspec.params["language"])
    if report.outcome != "passed":
        cells[column] = "skipped" if report.skipped else "FAILED"
    elif report.when == "call":
        cells[column] = dict(report.user_properties).get("text") or cells.get(column, "ok")
    return report


def pytest_terminal_summary(terminalreporter, config):
    rows = config.stash[TABLE].values()
    if not rows:
        return
    table = [COLUMNS, *([row.get(column, "") for column in COLUMNS] for row in rows)]
    widths = [max(map(len, cells)) for cells in zip(*table, strict=True)]
    table.insert(1, ["-" * width for width in widths])
    terminalreporter.section("languages")
    for cells in table:
        terminalreporter.line(f"| {' | '.join(map(str.ljust, cells, widths))} |")
