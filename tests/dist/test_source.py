"""The archives of the source: unpacked over each other, they build without a network."""

import os
import shutil

import pytest
from dist.artifacts import DIST, need
from project import VERSION


def test_builds_without_a_network(row, user):
    if os.geteuid() != 0:
        pytest.skip("needs root, to be without a network")
    need("cc=gcc", "cmake", "unshare=util-linux")
    row.artifact(f"bedrock-token-{VERSION}-vendor.tar.gz")
    row.installed_by("cmake, in the unpacked source, without a network")
    for name in ("", "-vendor"):
        shutil.unpack_archive(
            DIST / f"bedrock-token-{VERSION}{name}.tar.gz", user.home, filter="data"
        )
    user.get_rust()
    user.environment |= {"CARGO_HOME": f"{user.home}/cargo", "CARGO_NET_OFFLINE": "true"}
    options = ("-DCMAKE_BUILD_TYPE=Debug", "-DBUILD_TESTING=OFF")
    source = f"bedrock-token-{VERSION}"
    user.run("unshare", "--net", "cmake", "-S", source, "-B", "build", *options)
    user.run("unshare", "--net", "cmake", "--build", "build")
    assert VERSION in user.run("build/bedrock-token", "--version")
