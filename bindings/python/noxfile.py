"""Builds what is published, a wheel and a source distribution, into target/python/dist, and tests
both as their users install them. test.sh runs it. `-s full -P 3.13` takes another Python."""

import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import nox

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WORK = ROOT / "target" / "python"
DIST = WORK / "dist"

# Tests that need nothing else than pytest.
BARE = [f"tests/test_{name}.py" for name in ("async", "hosts", "provider", "token")]
# What the package works with.
OTHERS = [
    *("boto3", "eventlet", "gevent", "hatchling", "httpx", "httpx2; python_version >= '3.11'"),
    *("pyinstaller", "pyright", "pytest", "trio"),
]

nox.options.envdir = str(WORK / "nox")
nox.options.default_venv_backend = "venv"
nox.options.sessions = ["build", "types", "bare", "official", "full", "pypy", "sdist"]


def wheel(extra: str = "") -> str:
    (path,) = DIST.glob("*.whl")
    return f"{path}{extra}"


def install(session: nox.Session, *packages: str) -> None:
    """At the versions of requirements.txt; another Python takes those that are for it."""
    pinned = () if session.python else ("--constraint", "requirements.txt")
    session.install("--quiet", *pinned, *packages)


def pytest(session: nox.Session, *arguments: str, **env: str) -> None:
    session.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments, env=env)


@nox.session(python=False)
def build(session: nox.Session) -> None:
    """The wheel, with the library in it, and the source distribution."""
    said = subprocess.run(["rustc", "-vV"], stdout=subprocess.PIPE, check=True, text=True).stdout
    (host,) = (line[6:] for line in said.splitlines() if line.startswith("host: "))
    # zig links against the symbols of an old glibc, so that the wheel is good for old systems, too.
    target = ("--target", f"{host}.2.17")
    with session.chdir(ROOT):
        session.run("cargo-zigbuild", "zigbuild", "--release", "--locked", "--lib", *target)
    built = WORK / "built"
    for folder in (built, DIST):
        shutil.rmtree(folder, ignore_errors=True)
    # A license file by its name, for hatchling: the wheel has the Rust packages in it.
    with (HERE / "NOTICE").open("w") as notice:
        session.run(str(ROOT / "packaging" / "third-party.sh"), stdout=notice, external=True)
    library = str(ROOT / "target" / host / "release" / "libbedrock_token.so")
    command = ("python", "-m", "build", "--installer=pip", "--outdir", str(built))
    session.run(*command, env={"BEDROCK_TOKEN_LIBRARY": library})
    (sdist,) = built.glob("*.tar.gz")
    (linux_wheel,) = built.glob("*.whl")
    # Fails when the wheel needs more of a system than it says.
    plat = f"manylinux_2_17_{host.partition('-')[0]}"
    session.run("auditwheel", "repair", "--plat", plat, "--wheel-dir", str(DIST), str(linux_wheel))
    shutil.copy(sdist, DIST)
    session.run("twine", "check", "--strict", *map(str, DIST.iterdir()))
    session.run("pyroma", "--min=10", str(DIST / sdist.name))


@nox.session(python=False)
def types(session: nox.Session) -> None:
    """Types; `make lint` checks the style."""
    session.run("mypy", "src", "tests", "examples", "hatch_build.py", "noxfile.py", "renewals.py")


@nox.session
def bare(session: nox.Session) -> None:
    """The wheel, with nothing else installed; a user's program sees its types."""
    install(session, wheel(), "pytest", "mypy", "trio")
    pytest(session, *BARE, CI="")  # where CI is set, a module that is missing is a failure
    with session.chdir("examples"):
        session.run("mypy", "--strict", "generate.py")


@nox.session
def official(session: nox.Session) -> None:
    """The official package's own tests, against bedrock_token.compat."""
    install(session, wheel("[botocore]"), "pytest")
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


@nox.session
def full(session: nox.Session) -> None:
    """The wheel, beside everything that it works with; how much a user's type checker knows of it."""
    install(session, wheel("[botocore]"), *OTHERS)
    pytest(session)
    verify = ("pyright", "--verifytypes", "bedrock_token", "--ignoreexternal")
    said = str(session.run(*verify, silent=True))
    if float(re.findall(r"completeness score: ([0-9.]+)%", said)[0]) < 98:
        session.error(said)


@nox.session(python="pypy3")
def pypy(session: nox.Session) -> None:
    """The wheel under PyPy."""
    install(session, wheel("[botocore]"), "boto3", "pytest", "trio")
    pytest(session, *BARE, "tests/test_botocore.py", CI="")


@nox.session
def sdist(session: nox.Session) -> None:
    """The source distribution, built with cargo."""
    (path,) = DIST.glob("*.tar.gz")
    session.install("--quiet", str(path), env={"CARGO_TARGET_DIR": str(ROOT / "target")})
    session.run("python", "examples/generate.py")
