"""The rows of the table: each language.toml in the tree is one. README.md says what may be in it."""

import functools
import os
import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "target/conformance"
PREFIX = WORK / "prefix"
LIBRARY = PREFIX / "lib/libbedrock_token.so.0"
COUNTING = WORK / "counting"  # a folder with the library that counts

# How the packages of a registry get into the work folder of a row, and what that needs.
REGISTRIES = {
    "pypi": (
        {},
        f"rm -rf pypi && {shlex.quote(sys.executable)} -m pip install --quiet"
        " --disable-pip-version-check --target pypi {}",
    ),
    "npm": (
        {"npm --version": "npm"},
        "npm install --silent --no-save --no-audit --no-fund --ignore-scripts --prefix . {}",
    ),
    "maven": (
        {"mvn --version": "maven"},
        "for artifact in {}; do mvn --batch-mode --quiet dependency:copy"
        " -Dartifact=$artifact -DoutputDirectory=maven; done",
    ),
}


# Keys for tests of which a language may have none.
KEYS = ("example", "renewals", "own")


@dataclass(eq=False)
class Language:
    """A language.toml. Its fields are the keys of the file."""

    folder: Path
    name: str
    version: str
    build: str = ":"
    driver: str = ""
    example: str = ""
    renewals: str = ""
    own: str = ""
    counted: bool = True
    linked: bool = False
    schedule: bool = False
    unsayable: list[str] = field(default_factory=list)
    needs: dict[str, str] = field(default_factory=dict)
    pypi: list[str] = field(default_factory=list)
    npm: list[str] = field(default_factory=list)
    maven: list[str] = field(default_factory=list)

    @property
    def work(self) -> Path:
        return WORK / self.id

    @property
    def id(self) -> str:
        return "-".join(self.folder.relative_to(ROOT / "bindings").parts)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "LC_ALL": "C.UTF-8",
            "HERE": str(self.folder),
            "ROOT": str(ROOT),
            "PREFIX": str(PREFIX),
            "PKG_CONFIG_PATH": str(PREFIX / "lib/pkgconfig"),
            "LD_LIBRARY_PATH": str(PREFIX / "lib"),
            "LIBRARY_PATH": str(PREFIX / "lib"),
            "NODE_PATH": str(self.work / "node_modules"),
        }

    def bash(self, command: str, **options) -> "subprocess.CompletedProcess[str]":
        """Runs a command of the language.toml in the work folder of the row."""
        self.work.mkdir(parents=True, exist_ok=True)
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=self.work,
            env={**self.environment, **options.pop("env", {})},
            capture_output=True,
            text=True,
            timeout=1200,
            **({"stdin": subprocess.DEVNULL} if "input" not in options else {}),
            **options,
        )

    def run(self, command: str, **options) -> str:
        done = self.bash(command, **options)
        assert done.returncode == 0, (
            f"{' '.join(command.split())}: exit {done.returncode}\n"
            f"{(done.stdout + done.stderr).strip()[-2000:]}"
        )
        return done.stdout

    def registries(self) -> dict[str, list[str]]:
        return {name: getattr(self, name) for name in REGISTRIES if getattr(self, name)}

    def missing(self) -> list[str]:
        """The Debian packages that have what this row needs and the system has not."""
        needs = dict(self.needs)
        for name in self.registries():
            needs |= REGISTRIES[name][0]
        return [
            package
            for command, packages in needs.items()
            if self.bash(command).returncode != 0
            for package in packages.split()
        ]

    def fetch(self) -> None:
        """Gets the packages of the registries, once."""
        for name, packages in self.registries().items():
            stamp = self.work / f"{name}.fetched"
            wanted = shlex.join(packages)
            if not stamp.exists() or stamp.read_text() != wanted:
                self.run(REGISTRIES[name][1].format(wanted))
                stamp.write_text(wanted)

    def runtime(self) -> str:
        version = re.search(r"\d+\.\d+[\w.]*", self.run(self.version))
        assert version, f"no version in the output of {self.version}"
        return version[0]


@functools.cache
def find() -> list[Language]:
    files = sorted(ROOT.glob("bindings/**/language.toml"))
    return [Language(file.parent, **tomllib.loads(file.read_text())) for file in files]
