"""What the tests of the files in dist/ share."""

import shutil

import pytest
from dist.artifacts import User


@pytest.fixture
def user(tmp_path) -> User:
    path = "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"
    for tool in ("cargo", "rustc"):
        assert not shutil.which(tool, path=path), f"{tool} is in {path}"
    return User(tmp_path, {"HOME": str(tmp_path), "PATH": path, "LC_ALL": "C.UTF-8"})
