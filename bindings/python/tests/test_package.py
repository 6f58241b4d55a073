"""The package in places where something is missing."""

import importlib.util
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import bedrock_token
from bedrock_token import _library

from .needs import needs

ROOT = Path(__file__).parent.parent
PACKAGE = Path(bedrock_token.__file__).parent


def python(*arguments: str, path: "Path | None" = None) -> str:
    """What a program prints; it may fail."""
    environment = {**os.environ, "PYTHONPATH": str(path)} if path else None
    return subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    ).stdout


def last_line(output: str) -> str:
    return output.rstrip().rpartition("\n")[2]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The package in a folder of its own, which is before the installed one."""
    shutil.copytree(PACKAGE, tmp_path / "bedrock_token")
    return tmp_path


def test_no_library(copied: Path) -> None:
    (copied / "bedrock_token" / _library.NAME).unlink()
    said = last_line(python("-c", "import bedrock_token", path=copied))
    assert said.startswith("ImportError: cannot load ")
    assert _library.NAME in said
    assert "install the package with pip" in said


def test_compiled_with_nuitka_and_without_the_library(copied: Path) -> None:
    """Nuitka marks each module in this way."""
    (copied / "bedrock_token" / _library.NAME).unlink()
    module = copied / "bedrock_token" / "_library.py"
    module.write_text(f"__compiled__ = 1\n{module.read_text()}")
    said = last_line(python("-c", "import bedrock_token", path=copied))
    assert "the program was frozen without it" in said
    assert "Nuitka: copy it" in said


def test_a_library_of_another_system(copied: Path) -> None:
    (copied / "bedrock_token" / _library.NAME).write_bytes(b"MZ")
    said = last_line(python("-c", "import bedrock_token", path=copied))
    assert said.startswith("ImportError: cannot load ")
    assert "not built for this system" in said


def test_out_of_a_zip_file(copied: Path) -> None:
    archive = copied / "all.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in (copied / "bedrock_token").rglob("*"):
            file.write(path, path.relative_to(copied))
    said = last_line(python("-c", "import bedrock_token", path=archive))
    assert said.startswith(f"ImportError: cannot load {archive}")
    assert "unpack" in said


@pytest.mark.parametrize("name", ["provide_token", "from_session()"])
def test_no_botocore(name: str) -> None:
    said = last_line(
        python(
            "-c",
            "import sys; sys.modules['botocore'] = None\n"  # importing it fails from now on
            "import bedrock_token\n"
            "bedrock_token.generate('AKIAIOSFODNN7EXAMPLE', 'x', None, 'eu-central-1')\n"
            f"bedrock_token.{name}",
        )
    )
    assert said == (
        "ImportError: botocore is needed to find credentials: pip install bedrock-token[botocore]"
    )


def test_frozen_with_pyinstaller(tmp_path: Path) -> None:
    needs("PyInstaller")
    program = tmp_path / "program.py"
    shutil.copy(ROOT / "examples" / "generate.py", program)
    freeze = ("-m", "PyInstaller", "--noconfirm", "--log-level=ERROR", str(program))
    places = (f"--{name}path={tmp_path / name}" for name in ("dist", "work", "spec"))
    python(*freeze, *places)
    frozen = tmp_path / "dist" / "program"

    def run() -> str:
        return subprocess.run(
            [str(frozen / "program")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ).stdout

    assert "TokenInfo(access_key='AKIAIOSFODNN7EXAMPLE'" in run()
    (library,) = frozen.rglob(_library.NAME)
    library.unlink()
    said = [line for line in run().splitlines() if line.startswith("ImportError")]
    assert len(said) == 1
    assert "the program was frozen without it" in said[0]


def build(tmp_path: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Builds a wheel out of this folder."""
    needs("hatchling")
    without = {k: v for k, v in os.environ.items() if k != "BEDROCK_TOKEN_LIBRARY"}
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check")
    return subprocess.run(
        [
            *pip,
            "--no-build-isolation",
            "--no-deps",
            "--wheel-dir",
            str(tmp_path / "dist"),
            str(ROOT),
        ],
        env={**without, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )


def test_a_wheel_out_of_a_library_with_a_version_in_its_name(tmp_path: Path) -> None:
    library = tmp_path / "libbedrock_token.so.0.1.0"
    shutil.copy(PACKAGE / _library.NAME, library)
    done = build(tmp_path, BEDROCK_TOKEN_LIBRARY=str(library))
    assert done.returncode == 0, done.stdout
    (wheel,) = (tmp_path / "dist").iterdir()
    with zipfile.ZipFile(wheel) as file:
        file.extractall(tmp_path / "unpacked")
    there = "import bedrock_token; print(bedrock_token.__file__)"
    assert str(tmp_path) in python("-c", there, path=tmp_path / "unpacked")


def test_a_library_that_is_not_there(tmp_path: Path) -> None:
    done = build(tmp_path, BEDROCK_TOKEN_LIBRARY=str(tmp_path / "libbedrock_token.so"))
    assert done.returncode != 0
    assert "is no shared library" in done.stdout
    assert "Traceback" not in done.stdout


def test_no_cargo(tmp_path: Path) -> None:
    done = build(tmp_path, PATH=str(tmp_path))
    assert done.returncode != 0
    assert "is built with cargo, which is not there" in done.stdout
    assert "Traceback" not in done.stdout


def test_types_are_published() -> None:
    specification = importlib.util.find_spec("bedrock_token")
    assert specification is not None
    assert (PACKAGE / "py.typed").is_file()
