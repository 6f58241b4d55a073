"""Builds a wheel for this machine and the source distribution into target/python/dist, and tests both as
their users install them. test.sh runs it. `-s full -P 3.13` takes another Python."""

import re
import shutil
import tarfile
from pathlib import Path

import nox

ROOT = Path(__file__).parents[2]
WORK = ROOT / "target" / "python"
DIST = WORK / "dist"

# What the package works with.
OTHERS = [
    *("boto3", "eventlet", "gevent", "hatchling", "httpx", "httpx2; python_version >= '3.11'"),
    *("pyinstaller", "pyright", "pytest", "trio"),
]

nox.options.envdir = str(WORK / "nox")
nox.options.default_venv_backend = "venv"
nox.options.sessions = ["build", "types", "bare", "full", "pypy", "sdist"]


def built(pattern: str) -> str:
    (path,) = DIST.glob(pattern)
    return str(path)


def install(session: nox.Session, extra: str, *packages: str) -> None:
    """The wheel, and packages: at the versions of requirements.txt, or for another Python those that pip
    chooses."""
    pinned = () if session.python else ("--constraint", "requirements.txt")
    session.install("--quiet", *pinned, built("*.whl") + extra, *packages)


def pytest(session: nox.Session, *arguments: str, **env: str) -> None:
    session.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments, env=env)


@nox.session(python=False)
def build(session: nox.Session) -> None:
    """As pip does it for a user. The packages of a release, which pack.sh makes, are tested in tests/dist."""
    session.run("make", "-C", str(ROOT), "library")
    shutil.rmtree(DIST, ignore_errors=True)
    library = str(ROOT / "build/release/lib/libbedrock_token.so")
    command = ("python", "-m", "build", "--installer=pip", "--outdir", str(DIST))
    session.run(*command, env={"BEDROCK_TOKEN_LIBRARY": library})
    session.run("pyroma", "--min=10", built("*.tar.gz"))


@nox.session(python=False)
def types(session: nox.Session) -> None:
    """Types; `make lint` checks the style."""
    session.run("mypy", "src", "tests", "examples", "hatch_build.py", "noxfile.py", "renewals.py")


@nox.session
def bare(session: nox.Session) -> None:
    """The wheel, with nothing else installed; a user's program sees its types."""
    install(session, "", "pytest", "mypy", "trio")
    pytest(session, CI="")  # where CI is set, a module that is missing is a failure
    session.run("mypy", "--strict", "examples/generate.py")


@nox.session
def full(session: nox.Session) -> None:
    """The wheel, beside everything that it works with; how much a user's type checker knows of it; the
    official package's own tests, against bedrock_token.compat."""
    install(session, "[botocore]", *OTHERS)
    pytest(session)
    verify = ("pyright", "--verifytypes", "bedrock_token", "--ignoreexternal")
    said = str(session.run(*verify, silent=True))
    if float(re.findall(r"completeness score: ([0-9.]+)%", said)[0]) < 98:
        session.error(said)

    folder = Path(session.create_tmp())
    download = ("download", "--quiet", "--no-deps", "--no-binary=:all:", "--dest", str(folder))
    pinned = ("--constraint", "requirements.txt", "aws-bedrock-token-generator")
    session.run("python", "-m", "pip", *download, *pinned)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        file.extractall(folder, filter="data")
    (tests,) = folder.glob("*/tests")
    for test in tests.glob("*.py"):
        text = test.read_text().replace("aws_bedrock_token_generator", "bedrock_token.compat")
        test.write_text(text)
    with session.chdir(tests.parent):
        pytest(session, "tests")


@nox.session(python="pypy3")
def pypy(session: nox.Session) -> None:
    """The wheel under PyPy."""
    install(session, "[botocore]", "boto3", "pytest", "trio")
    pytest(session, CI="")


@nox.session
def sdist(session: nox.Session) -> None:
    """The source distribution, built with cargo."""
    target = {"CARGO_TARGET_DIR": str(ROOT / "target")}
    session.install("--quiet", built("*.tar.gz"), env=target)
    session.run("python", "examples/generate.py")
