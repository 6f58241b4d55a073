"""The Conan recipe, which builds from source, so here is a Rust."""

import os
import subprocess

import pytest
from conformance.languages import ROOT


@pytest.mark.parametrize("shared", [False, True])
def test_create(tmp_path_factory, shared):
    programs = subprocess.check_output(
        [ROOT / "tools/venv.sh", "conan", ROOT / "packaging/conan/requirements.txt"], text=True
    ).strip()
    home = tmp_path_factory.getbasetemp() / "conan"
    environment = os.environ | {"CONAN_HOME": str(home)}
    conan = f"{programs}/conan"
    subprocess.run([conan, "profile", "detect", "--exist-ok"], env=environment, check=True)
    command = [
        conan,
        "create",
        ROOT / "packaging/conan",
        "--no-remote",
        "--options",
        f"&:shared={shared}",
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\nbedrock-api" + "-key-" in done.stdout + done.stderr
