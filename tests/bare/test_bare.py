"""Bare machines: Debians with next to nothing, where a missing step shows. One has Rust and builds a fresh
clone; the other has no Rust and gets the files of dist/. arm64 runs under emulation."""

import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bare.machine import MACHINES, Machine
from dist.artifacts import need
from endpoint.token_check import Tenant, check
from project import ROOT, run

BINFMT = Path("/proc/sys/fs/binfmt_misc")
# Debian's name of each processor, and GNU's.
PROCESSORS = {"amd64": "x86_64", "arm64": "aarch64"}


@pytest.fixture(scope="module", params=PROCESSORS)
def architecture(request) -> Iterator[str]:
    """The kernel starts programs for arm64 with qemu, in every root."""
    if os.geteuid() != 0:
        pytest.skip("needs root")
    if PROCESSORS[request.param] == platform.machine():
        yield request.param
        return
    need("qemu-aarch64-static=qemu-user-static")
    if not (BINFMT / "register").exists():
        subprocess.run(["mount", "-t", "binfmt_misc", "none", BINFMT], check=False)
    if not (BINFMT / "register").exists():
        pytest.skip("needs binfmt_misc")
    # The first 20 bytes of a program for Linux on arm64, and the bits of them that count. F: the kernel
    # opens qemu now, so that it is found inside the roots.
    magic = rb"\x7fELF\x02\x01\x01" + rb"\x00" * 9 + rb"\x02\x00\xb7\x00"
    mask = rb"\xff" * 7 + rb"\x00" + rb"\xff" * 8 + rb"\xfe\xff\xff\xff"
    qemu = shutil.which("qemu-aarch64-static").encode()
    handler = BINFMT / "bedrock-token-aarch64"
    if not handler.exists():
        line = b":%s:M::%s:%s:%s:F" % (handler.name.encode(), magic, mask, qemu)
        (BINFMT / "register").write_bytes(line)
    yield request.param
    if handler.exists():  # another run may have removed it
        handler.write_text("-1")


def test_a_fresh_clone(tmp_path, architecture):
    """`make demo` and `make test` need make, gcc, git and Rust, and get the rest by themselves."""
    need("rustup")
    machine = Machine(tmp_path, architecture, "make", "gcc", "git")
    version = run("rustc --version").split()[1]
    toolchain = f"{version}-{PROCESSORS[architecture]}-unknown-linux-gnu"
    options = "--profile=minimal --force-non-host --no-self-update"
    run("rustup toolchain install", toolchain, *options.split(), env={"RUSTUP_HOME": MACHINES})
    shutil.copytree(MACHINES / "toolchains" / toolchain, machine.root / "opt/rust", symlinks=True)
    run("git clone --quiet --no-local", ROOT, machine.home / "bedrock-token")
    enter = "cd bedrock-token"
    if PROCESSORS[architecture] != platform.machine():
        # qemu sometimes hangs a child that cargo forks while cargo's other threads are busy.
        enter += " && export CARGO_BUILD_JOBS=1"
    assert "X-Amz-Signature=" in machine.run(f"{enter} && make demo")
    assert "100% tests passed" in machine.run(f"{enter} && make test")
    assert machine.run(f"{enter} && git status --porcelain") == ""


# What a user gets: the files of dist/, what else the user needs of Debian, the commands that install the
# files, and the command that prints a token.
KINDS = {
    "Debian packages": (
        ("libbedrock-token0_*_{debian}.deb", "libbedrock-token-dev_*_{debian}.deb"),
        "gcc libc6-dev",
        "apt-get install -y ./*.deb; cc generate.c -lbedrock_token -o generate",
        "./generate",
    ),
    "Debian's command": (
        ("bedrock-token_*_{debian}.deb",),
        "",
        "apt-get install -y ./*.deb",
        "bedrock-token",
    ),
    "archive": (
        ("bedrock-token-*-{gnu}-unknown-linux-gnu.2.17.tar.gz",),
        "gcc libc6-dev",
        "tar -xzf *.tar.gz; sh compile.sh",
        "./generate",
    ),
    "command": (
        ("bedrock-token-*-{gnu}-unknown-linux-musl",),
        "",
        "chmod +x bedrock-token-*",
        "./bedrock-token-*",
    ),
    "wheel": (
        ("bedrock_token-*-manylinux*_{gnu}.whl",),
        "python3-venv",
        "python3 -m venv venv; venv/bin/pip install --no-index *.whl",
        "venv/bin/python generate.py",
    ),
    "gem": (
        ("bedrock_token-*-{gnu}-linux.gem",),
        "ruby ruby-ffi",
        "gem install --local --no-document *.gem; sed -i s/_relative// example.rb",
        "ruby example.rb",
    ),
}
EXAMPLES = (
    "bindings/python/examples/generate.py",
    "bindings/ruby/example.rb",
    "docs/compile.sh",
    "examples-c/generate.c",
)
KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


@pytest.mark.parametrize("kind", KINDS)
def test_a_release(kind, tmp_path, architecture):
    files, packages, install, command = KINDS[kind]
    machine = Machine(tmp_path, architecture)
    for name in files:
        machine.get(name.format(debian=architecture, gnu=PROCESSORS[architecture]))
    for example in EXAMPLES:
        shutil.copy(ROOT / example, machine.home)
    machine.run("! command -v cargo && ! command -v gcc && ! command -v python3")
    machine.run(f"apt-get update; apt-get install -y --no-install-recommends {packages}; {install}")
    environment = f"AWS_ACCESS_KEY_ID={KEY} AWS_SECRET_ACCESS_KEY={SECRET} AWS_REGION=eu-central-1"
    token = machine.run(f"{environment} {command}").split()[0]
    known = {KEY: Tenant(SECRET)}
    assert check(token, "bedrock", "eu-central-1", known, datetime.now(UTC)) == KEY


def test_the_page_of_the_gateway(tmp_path):
    """docs/GATEWAY.md, typed as printed, up to a streamed answer. See gateway.py."""
    need("ip=iproute2", "curl")
    (own,) = (name for name, gnu in PROCESSORS.items() if gnu == platform.machine())
    machine = Machine(tmp_path, own)
    source = machine.root / "source"
    for folder in ("bindings/lua", "docs/gateway"):
        shutil.copytree(ROOT / folder, source / folder)
    (source / "dist").mkdir()
    machine.get(f"libbedrock-token0_*_{own}.deb")
    machine.run("mv *.deb /source/dist")
    (setup,) = re.findall("^RUN (.*)", (source / "docs/gateway/Containerfile").read_text(), re.M)
    machine.run(f"cd /source; {setup}")
    # In place of the AWS CLI, and of systemd, which is not in a bare root.
    credentials = json.dumps({"Version": 1, "AccessKeyId": KEY, "SecretAccessKey": SECRET})
    for name, script in (("aws", f"echo '{credentials}'"), ("systemctl", "exec nginx")):
        program = machine.root / "usr/local/bin" / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    typed = machine.command("""
        update-ca-certificates
        cd /source/docs/gateway
        sh tenant.sh
        sed s/team-a/team-b/ tenant.sh | sh
        nginx -t && systemctl reload nginx
        echo ready
        cat
    """)
    sdks = run(ROOT / "tools/venv.sh", "endpoint", ROOT / "tests/endpoint/requirements.txt").strip()
    program = Path(__file__).with_name("gateway.py")
    arguments = ("unshare", "--net", sys.executable, program, machine.root, f"{sdks}/python")
    run("env", *arguments, *typed, env={"PYTHONPATH": ROOT / "tests"})
