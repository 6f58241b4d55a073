"""Files of dist/, and a user who installs them."""

import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from conformance.languages import ROOT
from dist.native import DIST

GO_MODULE = "github.com/bedrock-token/bedrock-token/bindings/go"


def need(*tools: str) -> None:
    """tools: COMMAND or COMMAND=DEBIAN-PACKAGE, as tools/need.sh takes them."""
    done = subprocess.run([ROOT / "tools/need.sh", *tools], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"needs {' '.join(tools)}")


@dataclass
class User:
    """Somebody who has no Rust and no source tree."""

    home: Path
    environment: "dict[str, str]" = field(default_factory=dict)

    def run(self, *command: object, cwd: "Path | None" = None, input: str = "", **more: str) -> str:
        done = subprocess.run(
            list(map(str, command)),
            cwd=cwd or self.home,
            env=self.environment | more,
            input=input,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}"
        return done.stdout

    def add_to_path(self, programs: "Path | str") -> None:
        self.environment["PATH"] = f"{programs}:{self.environment['PATH']}"

    def add_program(self, name: str, script: str) -> None:
        program = self.home / "bin" / name
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        self.add_to_path(program.parent)

    def get_rust(self) -> None:
        self.add_to_path(Path(shutil.which("cargo")).parent)
        rustup = subprocess.check_output(["rustup", "show", "home"], text=True).strip()
        self.environment["RUSTUP_HOME"] = rustup


def artifact(pattern: str) -> Path:
    found = sorted(DIST.glob(pattern))
    if not found:
        pytest.skip(f"needs dist/{pattern}: make dist")
    (path,) = found
    return path


def go_modules(user: User) -> None:
    """Gives the user Go, and the modules of dist/ as its proxy."""
    with tarfile.open(artifact("bedrock-token-*-go-modules.tar.gz")) as file:
        file.extractall(user.home / "proxy", filter="data")
    go = subprocess.check_output([ROOT / "tools/go.sh"], text=True).strip()
    asked = subprocess.check_output([f"{go}/go", "env", "GOPROXY", "GOSUMDB"], text=True)
    proxy, sums = asked.split()
    user.add_to_path(go)
    user.environment |= {
        # The modules that ours need come from the usual one.
        "GOPROXY": f"file://{user.home}/proxy,{proxy}",
        "GOSUMDB": sums,
        "GONOSUMDB": GO_MODULE,
        "GOFLAGS": "-modcacherw",
    }


def library(target: str) -> bytes:
    """The shared library in the archive for a target. Packages carry the same, so what is tested of the
    archive holds for them, also where no runtime of the language is to be had."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.unpack_archive(artifact(f"bedrock-token-*-{target}.[tz]*"), folder)
        libraries = (f"*/{file}" for file in ("bin/*.dll", "lib/*_token.so", "lib/*_token.dylib"))
        (path,) = (path for pattern in libraries for path in Path(folder).glob(pattern))
        return path.read_bytes()
