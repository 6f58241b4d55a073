"""The table of the files in dist/, and how each was tested."""

import shutil

import pytest
from dist.artifacts import Row, User

COLUMNS = ("artifact", "kB", "installed by", "vectors", "result")


@pytest.fixture
def user(tmp_path) -> User:
    path = "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"
    for tool in ("cargo", "rustc"):
        assert not shutil.which(tool, path=path), f"{tool} is in {path}"
    return User(tmp_path, {"HOME": str(tmp_path), "PATH": path, "LC_ALL": "C.UTF-8"})


@pytest.fixture
def row(record_property) -> Row:
    return Row(record_property)


def pytest_terminal_summary(terminalreporter):
    rows = []
    for outcome in ("passed", "skipped", "failed", "error"):
        for report in terminalreporter.getreports(outcome):
            row = dict(getattr(report, "user_properties", ()))
            if "artifact" in row and (report.when == "call" or outcome != "passed"):
                rows.append(row | {"result": outcome})
    if not rows:
        return
    rows.sort(key=lambda row: row["artifact"])
    table = [dict(zip(COLUMNS, COLUMNS, strict=True)), *rows]
    widths = {c: max(len(row.get(c, "")) for row in table) for c in COLUMNS}
    terminalreporter.section("dist")
    for row in table:
        line = " | ".join(row.get(c, "").ljust(width) for c, width in widths.items())
        terminalreporter.line(f"| {line} |")
