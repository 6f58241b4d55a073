"""The Debian packages: installed in a clean Debian, where they are used and removed. Those for arm64 are
installed there beside those for amd64, as packages of another processor."""

import platform
import shutil

import pytest
from bare.machine import Machine
from conformance.languages import ROOT
from dist.artifacts import DIST, artifact, need
from dist.native import CREDENTIALS, check_vectors
from project import CONSUMERS, VERSION, WAYS_TO_LINK, assert_published_token, targets_with

# The processor, as GNU calls it, of each architecture.
ARCHITECTURES = {name: target.split("-")[0] for target, name in targets_with("debian").items()}
PACKAGES = ("libbedrock-token0", "libbedrock-token-dev", "bedrock-token")
NEEDED = ("g++", "libc6-dev", "pkg-config", "cmake", "make", "qemu-user-static")
NEEDED += ("gcc-aarch64-linux-gnu", "libc6-dev:arm64", "libgcc-s1:arm64")


@pytest.fixture(scope="session")
def debian(tmp_path_factory):
    """A clean Debian with compilers, and the programs to link."""
    need("qemu-aarch64-static=qemu-user-static")
    machine = Machine(tmp_path_factory.mktemp("debian"), "amd64,arm64", *NEEDED)
    shutil.copytree(ROOT / "bindings/c", machine.home / "driver")
    shutil.copytree(CONSUMERS, machine.home / "consumers")
    machine.run("! command -v cargo && ! command -v rustc")
    return machine


@pytest.fixture(params=ARCHITECTURES)
def architecture(request):
    return request.param


@pytest.fixture
def installed(debian, architecture):
    """The packages, installed. Gives the command that runs a script there, and their files."""
    for name in PACKAGES:
        debian.get(f"{name}_{VERSION}-1_{architecture}.deb")
    debian.run(f"apt-get install -y --no-install-recommends ./*_{architecture}.deb")
    packages = " ".join(f"{name}:{architecture}" for name in PACKAGES)
    files = [path for path in debian.run(f"dpkg -L {packages}").split() if "bedrock" in path]
    yield debian.run, files, packages
    debian.run(f"dpkg --purge {packages}")


def test_vectors(installed, architecture):
    run, files, packages = installed
    processor = ARCHITECTURES[architecture]
    emulator = "" if processor == platform.machine() else f"qemu-{processor}-static "
    options = "-std=c99 -D_POSIX_C_SOURCE=200809L"
    run(f"{processor}-linux-gnu-gcc {options} driver/conformance.c -lbedrock_token -o app")
    check_vectors(lambda vectors: run(f"{emulator}./app", input=vectors))

    variables = " ".join(f"{name}={value}" for name, value in CREDENTIALS.items())
    token = run(f"{variables} {emulator}/usr/bin/bedrock-token --region=eu-central-1")
    assert "AKIAIOSFODNN7EXAMPLE" in run(f"{emulator}/usr/bin/bedrock-token inspect -", input=token)
    assert "/usr/share/man/man1/bedrock-token.1.gz" in files

    run(f"dpkg --purge {packages}")
    # The folders of other packages may stay.
    for path in files:
        run(f"test ! -e {path}")
    assert "bedrock-token" not in run("ls /var/lib/dpkg/info")
    assert "bedrock_token" not in run("ldconfig -p")


@pytest.mark.parametrize("architecture", ["amd64"])
def test_ways_to_link(installed, architecture):
    run, _, _ = installed
    for row in ("Debian packages", "pkg-config"):
        assert_published_token(run(f"cd consumers; {WAYS_TO_LINK[row]}; ./app"))
    run("cmake -S consumers/cmake -B build && cmake --build build")
    for program in ("app-shared", "app-static"):
        assert_published_token(run(f"build/{program}"))


def test_source_package_is_the_source_archive(user):
    """Debian's tools unpack it. All that differs is their own folders."""
    need("dpkg-source=dpkg-dev")
    description = artifact(f"bedrock-token_{VERSION}-1.dsc")
    user.run("dpkg-source", "--no-check", "-x", description, "unpacked")
    shutil.unpack_archive(DIST / f"bedrock-token-{VERSION}.tar.gz", user.home, filter="data")
    options = ("-r", "--exclude=debian", "--exclude=.pc", "--exclude=vendor")
    assert user.run("diff", *options, "unpacked", f"bedrock-token-{VERSION}") == ""
