"""The package in places where something is missing, and the README's programs in it. tests/endpoint runs
sdks.py."""

import os
import runpy
import shutil
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

import pytest

import bedrock_token
from bedrock_token import _library
from shared import KEY, SECRET, key_of, needs

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
PACKAGE = Path(bedrock_token.__file__).parent


def run(*command: object, **environment: str) -> str:
    """What a program prints; it may fail."""
    done = subprocess.run(
        list(map(str, command)),
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )
    return done.stdout.rstrip("\n")


@pytest.mark.parametrize(
    ("how", "advice"),
    [
        ("another system", "it is not built for this system ("),
        ("missing", "install the package with pip"),
        ("frozen", "the program was frozen without it. PyInstaller"),
        ("zip", "a system cannot load a library out of a zip file"),
    ],
)
def test_the_library_cannot_be_loaded(tmp_path: Path, how: str, advice: str) -> None:
    package = tmp_path / "bedrock_token"  # before the installed one
    shutil.copytree(PACKAGE, package)
    library = package / _library.NAME
    library.write_bytes(b"MZ") if how == "another system" else library.unlink()
    path = tmp_path
    if how == "frozen":  # Nuitka marks each module in this way
        module = package / "_library.py"
        module.write_text(f"__compiled__ = 1\n{module.read_text()}")
    elif how == "zip":
        path = Path(shutil.make_archive(str(tmp_path / "all"), "zip", tmp_path, "bedrock_token"))
    said = run(sys.executable, "-c", "import bedrock_token", PYTHONPATH=str(path))
    assert f"\nImportError: cannot load {path / 'bedrock_token' / _library.NAME}: {advice}" in said


@pytest.mark.parametrize("name", ["provide_token", "from_session()"])
def test_no_botocore(name: str) -> None:
    program = (
        "import sys; sys.modules['botocore'] = None\n"  # importing it fails from now on
        f"import bedrock_token; bedrock_token.{name}"
    )
    said = run(sys.executable, "-c", program)
    advice = "botocore is needed to find credentials: pip install bedrock-token[botocore]"
    assert said.endswith(f"\nImportError: {advice}")


def test_frozen_with_pyinstaller(tmp_path: Path) -> None:
    needs("PyInstaller")
    freeze = ("-m", "PyInstaller", "--noconfirm", "--log-level=ERROR", EXAMPLES / "generate.py")
    run(sys.executable, *freeze, *(f"--{p}path={tmp_path / p}" for p in ("dist", "work", "spec")))
    program = tmp_path / "dist" / "generate" / "generate"
    assert key_of(run(program).partition("\n")[0]) == KEY
    (library,) = program.parent.rglob(_library.NAME)
    library.unlink()
    assert "PyInstaller takes it by itself if it runs in" in run(program)


def build(tmp_path: Path, **environment: str) -> str:
    """What building a wheel out of this folder says."""
    needs("hatchling")
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check")
    options = ("--no-build-isolation", "--no-deps", f"--wheel-dir={tmp_path / 'dist'}")
    said = run(*pip, *options, ROOT, **{"BEDROCK_TOKEN_LIBRARY": "", **environment})
    assert "Traceback" not in said
    return said


def test_a_wheel_without_a_library_or_cargo(tmp_path: Path) -> None:
    missing = str(tmp_path / "libbedrock_token.so")
    assert "is no shared library" in build(tmp_path, BEDROCK_TOKEN_LIBRARY=missing)
    said = build(tmp_path, PATH=str(tmp_path))
    assert "is built with cargo, which is not there" in said


def test_example_of_a_provider(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    needs("boto3")
    import boto3
    from botocore.session import Session
    from botocore.stub import Stubber

    sts = Session().create_client(
        "sts", "eu-central-1", aws_access_key_id=KEY, aws_secret_access_key=SECRET
    )
    monkeypatch.setattr(boto3, "client", lambda *_, **_options: sts)
    role = {
        "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
        "SecretAccessKey": SECRET,
        "SessionToken": "FAKE/SESSION+TOKEN==",
        "Expiration": datetime(2096, 1, 1, tzinfo=timezone.utc),
    }
    with Stubber(sts) as stub:
        stub.add_response("assume_role", {"Credentials": role})
        runpy.run_path(str(EXAMPLES / "provider.py"))
    assert key_of(capsys.readouterr().out.rstrip()) == role["AccessKeyId"]
