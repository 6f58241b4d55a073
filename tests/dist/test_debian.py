"""The Debian packages: installed in a clean Debian, where they are used and removed. Those for arm64 are
installed there beside those for amd64, as packages of another processor."""

import os
import platform
import shutil
import subprocess

import pytest
from conformance.languages import ROOT
from dist.artifacts import DIST, artifact, need
from dist.native import check_vectors
from project import CONSUMERS, VERSION, WAYS_TO_LINK, assert_published_token, targets_with

# The processor, as GNU calls it, of each architecture.
ARCHITECTURES = {name: target.split("-")[0] for target, name in targets_with("debian").items()}
PACKAGES = ("libbedrock-token0", "libbedrock-token-dev", "bedrock-token")
CREDENTIALS = (
    "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE"
    " AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY AWS_REGION=eu-central-1"
)


@pytest.fixture(scope="session")
def debian(tmp_path_factory):
    """A command that runs a script in a clean Debian, and the folder that it is in."""
    if os.geteuid() != 0:
        pytest.skip("needs root")
    need("mmdebstrap", "qemu-aarch64-static=qemu-user-static")
    root = tmp_path_factory.mktemp("debian")
    packages = (
        "g++,libc6-dev,pkg-config,cmake,make"
        ",gcc-aarch64-linux-gnu,libc6-dev:arm64,libgcc-s1:arm64,qemu-user-static"
    )
    options = ("--quiet", "--variant=apt", "--architectures=amd64,arm64", f"--include={packages}")
    tar = ROOT / "target/dist/debian.tar"
    if not tar.exists():
        tar.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["mmdebstrap", *options, "bookworm", tar.with_suffix(".new.tar")], check=True
        )
        tar.with_suffix(".new.tar").rename(tar)
    subprocess.run(["tar", "-xf", tar, "-C", root], check=True)
    shutil.copytree(ROOT / "bindings/c", root / "driver")
    shutil.copytree(CONSUMERS, root / "consumers")

    def run(script: str, input: str = "") -> str:
        environment = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "LC_ALL": "C.UTF-8",
        }
        done = subprocess.run(
            ["chroot", root, "sh", "-euc", script],
            input=input,
            capture_output=True,
            text=True,
            env=environment | {"DEBIAN_FRONTEND": "noninteractive"},
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
        return done.stdout

    run("! command -v cargo && ! command -v rustc")
    return run, root


@pytest.fixture
def installed(debian, architecture):
    """The packages, installed. Gives the command that runs a script there, and their files."""
    run, root = debian
    names = [artifact(f"{name}_{VERSION}-1_{architecture}.deb").name for name in PACKAGES]
    for name in names:
        shutil.copy(DIST / name, root)
    files = " ".join(f"/{name}" for name in names)
    run(f"apt-get install -y --no-install-recommends {files}")
    packages = " ".join(f"{name}:{architecture}" for name in PACKAGES)
    yield run, [path for path in run(f"dpkg -L {packages}").split() if "bedrock" in path], packages
    run(f"dpkg --purge {packages}")


@pytest.fixture(params=ARCHITECTURES)
def architecture(request):
    return request.param


def test_vectors(installed, architecture):
    run, files, packages = installed
    processor = ARCHITECTURES[architecture]
    emulator = "" if processor == platform.machine() else f"qemu-{processor}-static "
    options = "-std=c99 -D_POSIX_C_SOURCE=200809L"
    run(f"{processor}-linux-gnu-gcc {options} /driver/conformance.c -lbedrock_token -o /app")
    check_vectors(lambda vectors: run(f"{emulator}/app", input=vectors))

    token = run(f"{CREDENTIALS} {emulator}/usr/bin/bedrock-token")
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
        assert_published_token(run(f"cd /consumers; {WAYS_TO_LINK[row]}; ./app"))
    run("cmake -S /consumers/cmake -B /build && cmake --build /build")
    assert_published_token(run("/build/app-shared"))
    assert_published_token(run("/build/app-static"))


def test_source_package_is_the_source_archive(user):
    """Debian's tools unpack it. All that differs is their own folders."""
    need("dpkg-source=dpkg-dev")
    description = artifact(f"bedrock-token_{VERSION}-1.dsc")
    user.run("dpkg-source", "--no-check", "-x", description, "unpacked")
    shutil.unpack_archive(DIST / f"bedrock-token-{VERSION}.tar.gz", user.home, filter="data")
    options = ("-r", "--exclude=debian", "--exclude=.pc", "--exclude=vendor")
    assert user.run("diff", *options, "unpacked", f"bedrock-token-{VERSION}") == ""
