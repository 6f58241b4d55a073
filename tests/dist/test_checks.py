"""What others' tools say of the files. (abi3audit has nothing to read: no wheel has an extension module.)"""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conformance.languages import ROOT
from dist.artifacts import DIST, artifact, need
from elf import dynamic
from project import VERSION, targets_with

ARCHIVE = f"$DIST/bedrock-token-{VERSION}-x86_64-unknown-linux-gnu.2.17.tar.gz"
# Lintian's remarks on uploads to Debian's own archive, and on functions of C that Rust does not call.
NOT_OURS = (
    "initial-upload-closes-no-bugs,debian-watch-file-is-missing,hardening-no-fortify-functions"
)
# What must be installed, and the command. Python's tools are in tests/requirements.txt.
CHECKS = {
    "lintian": (
        ("lintian",),
        "lintian --fail-on=error,warning,info --display-info --allow-root"
        f" --suppress-tags={NOT_OURS} $DIST/*.deb $DIST/*.dsc",
    ),
    "twine": ((), "twine check --strict $DIST/bedrock_token-*.whl $DIST/bedrock_token-*.tar.gz"),
    # PyInstaller names its hook so that no program can import it: W004.
    "check-wheel-contents": ((), "check-wheel-contents --ignore=W004 $DIST/*.whl"),
    "pkg-config": (
        ("pkg-config",),
        f"tar -xzf {ARCHIVE}; PKG_CONFIG_PATH=$(echo */lib/pkgconfig) pkg-config --validate bedrock_token",
    ),
    "publint, attw, types": (
        ("node=nodejs", "npm"),
        f"TARBALL=$(echo $DIST/*-npm.tgz) {ROOT}/bindings/javascript/test.sh types.test.mjs",
    ),
}
LINUX = {target: tags for target, tags in targets_with("python").items() if "linux" in tags}


@pytest.mark.parametrize(("needed", "command"), CHECKS.values(), ids=CHECKS)
def test_check(needed, command, tmp_path):
    need(*needed)
    if not DIST.exists():
        pytest.skip("needs dist/: make dist")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = os.environ | {"DIST": str(DIST), "PATH": path}
    command = ["bash", "-eo", "pipefail", "-c", command]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("target", "tags"), LINUX.items())
def test_wheel_needs_no_more_than_its_name_says(user, target, tags):
    wheel = artifact(f"bedrock_token-*-{tags}.whl")
    if "musl" in tags:  # auditwheel knows musl by the name that Alpine gives it, and not as libc.so
        with zipfile.ZipFile(wheel) as file:
            file.extract("bedrock_token/libbedrock_token.so", user.home)
        assert dynamic(user.home / "bedrock_token/libbedrock_token.so")["NEEDED"] == ["libc.so"]
    else:
        said = user.run(Path(sys.executable).with_name("auditwheel"), "show", wheel)
        assert f'tag: "{tags.partition(".")[0]}"' in said.replace("\n", " ")
