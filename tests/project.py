"""What the suites share: where things are, how commands are run, and the published token."""

import base64
import os
import re
import shlex
import shutil
import subprocess
import time
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TREE = ROOT / os.environ.get("BEDROCK_TOKEN_TREE", "build/release")
CONSUMERS = ROOT / "tests/install/consumers"
VERSION = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"]
TARGETS = tomllib.loads((ROOT / "packaging/targets.toml").read_text())
EXPORTED = ROOT / "tests/abi/exported-symbols.txt"  # and the version that each came with
# README's table of ways to link: the command or the line to write for each.
WAYS_TO_LINK = dict(re.findall(r"^\| (.+?) \| `(.+?)` \|$", (ROOT / "README.md").read_text(), re.M))


def targets_with(field):
    """The targets that have a field, and the field of each."""
    return {target: row[field] for target, row in TARGETS.items() if field in row}


def run(command, *arguments, status=0, env=None, cwd=ROOT, **options):
    """Runs a command and returns its output. Another exit status fails and shows the output.

    The command is split into words, as a shell does; the further arguments are not."""
    command = [*shlex.split(str(command)), *map(str, arguments)]
    env = {**os.environ, **{name: str(value) for name, value in (env or {}).items()}}
    done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=cwd, **options)
    if done.returncode != status:
        what = f"{shlex.join(command)}: exit status {done.returncode}"
        pytest.fail(f"{what}\n{done.stdout}{done.stderr}", pytrace=False)
    return done.stdout


def shell(script, **options):
    return run("bash -euo pipefail -c", script, **options)


def needs(*commands):
    """Skips the test when one of these commands is missing."""
    if missing := [command for command in commands if not shutil.which(command)]:
        pytest.skip(f"needs {' and '.join(missing)}")


def within(seconds: float, condition) -> bool:
    """Waits until a condition holds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.2)
    return False


def path_without(commands, folder):
    """A PATH that lacks the commands whose names begin so."""
    folder.mkdir()
    for directory in reversed(os.get_exec_path()):
        for command in os.scandir(directory) if os.path.isdir(directory) else []:
            if not command.name.startswith(commands):
                (folder / command.name).unlink(missing_ok=True)
                (folder / command.name).symlink_to(command.path)
    return folder


def exported_symbols():
    return EXPORTED.read_text().split()[::2]


def files(folder):
    """All files under a folder, relative to it."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


def assert_names_no_folder(*built):
    """The files name no folder of the machine that built them."""
    cargo = os.environ.get("CARGO_HOME", Path.home() / ".cargo")
    sysroot = run("rustc --print sysroot").strip()
    for file in built:
        for folder in (ROOT, Path.home(), cargo, sysroot):
            assert f"{folder}/".encode() not in file.read_bytes(), file


def copy_source(folder):
    """Copies the project's source, uncommitted changes included."""
    folder.mkdir(parents=True)
    listed = "git ls-files -z --cached --others --exclude-standard --deduplicate"
    shell(f"{listed} | xargs -0 cp --parents -t {shlex.quote(str(folder))}")
    return folder


def assert_published_token(output):
    """The first line is a token whose signature is the published one."""
    token = output.splitlines()[0].removeprefix("bedrock-api-key-")
    url = base64.b64decode(token, validate=True).decode()
    assert "=21a4d736cb5e62aa032abf76b9f4d156b4cefa6a7414be2fac99ae4822a48219&" in url
