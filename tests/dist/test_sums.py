"""SHA256SUMS and the SBOMs: each file of dist/ has its own."""

import hashlib
import json

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from dist.artifacts import DIST

SBOMS = DIST / "sbom"


@pytest.fixture
def files():
    if not DIST.exists():
        pytest.skip("needs dist/: make dist")
    return {path.name for path in DIST.iterdir() if path.is_file()} - {"SHA256SUMS"}


def test_sums(files):
    lines = (DIST / "SHA256SUMS").read_text().splitlines()
    sums = {name: checksum for checksum, name in (line.split("  ") for line in lines)}
    assert {name for name in sums if "/" not in name} == files
    assert {name for name in sums if "/" in name} == {
        f"sbom/{path.name}" for path in SBOMS.iterdir()
    }
    for name, checksum in sums.items():
        assert hashlib.sha256((DIST / name).read_bytes()).hexdigest() == checksum, name


def test_sboms(files):
    assert {path.name.removesuffix(".cdx.json") for path in SBOMS.iterdir()} == files
    valid = JsonStrictValidator(SchemaVersion.V1_5)
    for path in SBOMS.iterdir():
        text = path.read_text()
        assert valid.validate_str(text) is None, path.name
        bom = json.loads(text)
        assert bom["metadata"]["component"]["name"] == path.name.removesuffix(".cdx.json")
        assert bom["components"], path.name
