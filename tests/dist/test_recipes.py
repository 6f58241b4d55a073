"""The recipes of package managers that are not to be had here: their syntax, and their checksums."""

import hashlib
import re
import tarfile

import pytest
from conformance.languages import ROOT
from dist.artifacts import DIST, need


@pytest.fixture
def recipes(row, user):
    with tarfile.open(row.artifact("bedrock-token-*-recipes.tar.gz")) as file:
        file.extractall(user.home, filter="data")
    (folder,) = user.home.glob("bedrock-token-*-recipes")
    return folder


def test_checksums(row, recipes):
    """Each file that a recipe downloads is in dist/, with the checksum that stands beside it."""
    row.installed_by("(checksums)")
    version = recipes.name.split("-")[2]
    for name, downloads in {
        "homebrew/bedrock-token.rb": 4,
        "alpine/APKBUILD": 1,
        "vcpkg/portfile.cmake": 1,
    }.items():
        text = (recipes / name).read_text()
        assert not re.search(r"@[\w:]+.*@", text)
        text = text.replace("${VERSION}", version).replace("$pkgver", version)
        urls = re.findall(rf"/releases/download/v{re.escape(version)}/([^\"\s]+)\"", text)
        sums = re.findall(r"\b(?:[0-9a-f]{64}|[0-9a-f]{128})\b", text)
        assert len(urls) == len(sums) == downloads
        for file, checksum in zip(urls, sums, strict=True):
            content = (DIST / file).read_bytes()
            kind = hashlib.sha256 if len(checksum) == 64 else hashlib.sha512
            assert kind(content).hexdigest() == checksum, file


def test_syntax(row, user, recipes):
    row.installed_by("(syntax)")
    need("ruby", "cmake", "nix-instantiate=nix-bin")
    user.run("ruby", "-wc", recipes / "homebrew/bedrock-token.rb")
    user.run("sh", "-n", recipes / "alpine/APKBUILD")
    user.run("nix-instantiate", "--parse", ROOT / "packaging/nix/package.nix")
    # CMake has no option for this. It reads a whole file before it runs the first line.
    port = (recipes / "vcpkg/portfile.cmake").read_text()
    (user.home / "port.cmake").write_text(f"return()\n{port}")
    user.run("cmake", "-P", user.home / "port.cmake")
