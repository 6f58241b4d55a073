"""The packages of `make package`: checked by lintian, installed with apt, used, and removed."""

import os
import shutil

import pytest
from elf import needs_library
from project import CONSUMERS, ROOT, WAYS_TO_LINK, assert_published_token, needs, run, shell

PACKAGES = "libbedrock-token0 libbedrock-token-dev bedrock-token"
BUILT = ROOT / "build/package"
APT = {"DEBIAN_FRONTEND": "noninteractive"}


def purge():
    run(f"dpkg --purge {PACKAGES}")  # apt-get fails when they are gone already


@pytest.fixture(scope="module")
def installed():
    """The packages, installed. Gives the files and folders that only they have."""
    needs("apt-get", "pkg-config")
    if os.geteuid() != 0:
        pytest.skip("needs root")
    for package in PACKAGES.split():
        run(f"dpkg -s {package}", status=1)  # otherwise, these tests would remove the user's
    try:
        run("apt-get install -y --no-install-recommends", *BUILT.glob("*.deb"), env=APT)
        yield [path for path in run(f"dpkg -L {PACKAGES}").split() if "bedrock" in path]
    finally:
        purge()


def assert_command_works(command):
    credentials = {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AWS_SESSION_TOKEN": "",
    }
    token = run(command, "--region", "eu-central-1", env=credentials)
    assert "AKIAIOSFODNN7EXAMPLE" in run(command, "--inspect", "-", input=token)


def test_lintian_has_no_errors():
    needs("lintian")
    run("lintian --fail-on error --allow-root", *BUILT.glob("*.deb"))


@pytest.mark.parametrize("row", ["Debian packages", "pkg-config"])
def test_compile(row, installed, app):
    shell(WAYS_TO_LINK[row], cwd=app)
    assert needs_library(app / "app")
    assert_published_token(run(app / "app"))


def test_compile_with_cmake(installed, tmp_path):
    run("cmake", "-S", CONSUMERS / "cmake", "-B", tmp_path)
    run("cmake --build", tmp_path)
    assert_published_token(run(tmp_path / "app-shared"))
    assert_published_token(run(tmp_path / "app-static"))


def test_command_and_manual_page(installed):
    assert_command_works("/usr/bin/bedrock-token")
    assert "/usr/share/man/man1/bedrock-token.1.gz" in installed


def test_purge_leaves_nothing(installed):
    purge()
    assert not [path for path in installed if os.path.lexists(path)]
    assert not [name for name in os.listdir("/var/lib/dpkg/info") if "bedrock-token" in name]
    assert "bedrock_token" not in run("ldconfig -p")


def test_the_command_as_one_file(tmp_path):
    [file] = BUILT.glob("bedrock-token-*-linux")
    shutil.copy(file, tmp_path / "bedrock-token")
    assert_command_works(tmp_path / "bedrock-token")


def test_the_archive_unpacked_anywhere(app):
    [archive] = BUILT.glob("*.tar.gz")
    shutil.unpack_archive(archive, app)
    [prefix] = app.glob("bedrock-token-*")
    assert_command_works(prefix / "bin/bedrock-token")
    shell(WAYS_TO_LINK["pkg-config"], cwd=app, env={"PKG_CONFIG_PATH": prefix / "lib/pkgconfig"})
    assert_published_token(run(app / "app", env={"LD_LIBRARY_PATH": prefix / "lib"}))
