"""Every file of cli/uses does what docs/HELPER.md says, with the client itself where that can be had."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from cli.running import ACCESS_KEY, REGION, ROOT, SECRET, assert_token, run
from endpoint import server as services
from project import needs

USES = ROOT / "cli/uses"
HELLO = f"Hello from {REGION}"
NPM = ROOT / "target/cli-npm"
CLAUDE_CODE = "@anthropic-ai/claude-code@2.1.197"
CODEX = "@openai/codex@0.169.0"


def test_the_documentation_shows_every_file():
    """Or names it. tests/copies.rs sees to it that it shows them as they are."""
    page = (ROOT / "docs/HELPER.md").read_text()
    shown = set(re.findall(r"\.\./cli/uses/([\w.-]+)", page))
    assert shown == {file.name for file in USES.iterdir()}


@pytest.fixture(scope="session")
def python() -> Path:
    """A Python with the SDKs."""
    requirements = ROOT / "tests/cli/requirements.txt"
    programs = run(ROOT / "tools/venv.sh", "cli-clients", requirements, timeout=900)
    return Path(programs.strip()) / "python"


def npm(package: str) -> Path:
    """Installs a program from npm; the folder of its files."""
    needs("npm")
    folder = NPM / package.rpartition("@")[0].rpartition("/")[2]
    if not folder.exists():
        run("npm", "install", "--silent", "--no-save", "--prefix", folder, package, timeout=900)
    return folder / "node_modules"


def asked(server: services.Server, region: str = REGION) -> services.Call:
    """The last call that the services got; its token was good."""
    assert server.world.calls, "nothing was called"
    call = server.world.calls[-1]
    assert (call.refused, call.access_key, call.region) == (None, ACCESS_KEY, region)
    return call


@pytest.mark.parametrize("name", ["anthropic_sdk.py", "curl.sh", "litellm_sdk.py", "openai_sdk.py"])
def test_programs(name, online, python, server):
    """Run as the line at their beginning says, if they have one."""
    line = re.match(r"# Run it with: (.*)|", (USES / name).read_text())[1]
    line = line or f"{'sh' if name.endswith('.sh') else 'python3'} {name}"
    line = line.replace("python3", str(python)).replace(name, str(USES / name))
    assert HELLO in run("sh", "-c", line, env=online)
    asked(server)


def claude_code(folder: Path, environment: dict[str, str], *front: object, options=()) -> str:
    """What Claude Code answers, in an empty folder."""
    program = npm(CLAUDE_CODE) / "@anthropic-ai/claude-code-linux-x64/claude"
    environment = environment | {"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}
    command = [*front, program, *options, "-p", "Hello"]
    return run(*command, env=environment, cwd=folder, stdin=subprocess.DEVNULL).strip()


# By the name that stands in Claude Code's variables: the address, and what docs/HELPER.md adds.
CLAUDE_CODE_ON = {
    "BEDROCK": ("bedrock-runtime", "", {}),
    "MANTLE": ("bedrock-mantle", "", {}),
    "ANTHROPIC_AWS": (
        "aws-external-anthropic",
        " --service claude-platform",
        {"ANTHROPIC_AWS_WORKSPACE_ID": "wrkspc_1"},
    ),
}


@pytest.mark.parametrize("on", CLAUDE_CODE_ON)
@pytest.mark.parametrize("refused", [0, 1])
def test_claude_code(refused, on, online, server, tmp_path):
    """It runs the command again after 401, which mantle alone answers. So the interval must stay."""
    endpoint, option, more = CLAUDE_CODE_ON[on]
    settings = json.loads((USES / "claude-code.json").read_text())
    settings["apiKeyHelper"] = f"echo >>{tmp_path}/runs; {settings['apiKeyHelper']}{option}"
    settings["env"] = {k.replace("BEDROCK", on): v for k, v in settings["env"].items()} | more
    (tmp_path / "settings.json").write_text(json.dumps(settings))
    server.world.refuse_next = refused
    options = ["--settings", tmp_path / "settings.json"]
    assert claude_code(tmp_path, online, options=options) == HELLO
    assert asked(server).endpoint == endpoint
    assert len((tmp_path / "runs").read_text()) == (2 if refused and on == "MANTLE" else 1)


@pytest.mark.parametrize("on", ["BEDROCK", "ANTHROPIC_AWS"])
def test_claude_code_under_exec(on, online, server, tmp_path):
    endpoint, option, more = CLAUDE_CODE_ON[on]
    keep = ["--keep-credentials"] if on == "BEDROCK" else []
    front = ["bedrock-token", "exec", *keep, "--region", REGION, *option.split(), "--"]
    environment = online | more | {f"CLAUDE_CODE_USE_{on}": "1"}
    assert claude_code(tmp_path, environment, *front) == HELLO
    assert asked(server).endpoint == endpoint


@pytest.mark.parametrize(
    ("refused", "forbidden", "runs"), [(0, False, 1), (1, False, 2), (100, True, 1)]
)
def test_codex(refused, forbidden, runs, online, server, tmp_path, monkeypatch):
    """It runs its command again after 401, and not after 403: so the documentation says to keep
    refresh_interval_ms."""

    def forbid(handler, *_):
        handler.answer(403, {"Message": "Bearer Token has expired"})

    if forbidden:
        monkeypatch.setattr(services.Handler, "refuse", forbid)
    server.world.refuse_next = refused
    home = tmp_path / "codex"
    home.mkdir()
    counted = (USES / "codex.toml").read_text().replace('"aws', f'"echo >>{tmp_path}/runs; aws')
    (home / "config.toml").write_text(counted)
    done = subprocess.run(
        [npm(CODEX) / ".bin/codex", "exec", "--skip-git-repo-check", "-C", tmp_path, "Hello"],
        env=online | {"CODEX_HOME": str(home)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
    )
    answer = (1, "") if forbidden else (0, "Hello from us-east-2")
    assert (done.returncode, done.stdout.strip()) == answer, done.stdout + done.stderr
    assert len((tmp_path / "runs").read_text()) == runs
    if not forbidden:
        assert asked(server, "us-east-2").api == "responses"


def script(file: Path, text: str) -> Path:
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return file


def assert_region_and_token(printed: list[str], environment: dict[str, str]) -> None:
    """`env` printed them."""
    variables = dict(line.split("=", 1) for line in printed)
    assert variables["AWS_REGION"] == REGION
    assert_token(variables["AWS_BEARER_TOKEN_BEDROCK"], environment)
    assert "AWS_ACCESS_KEY_ID" not in variables


def test_systemd(environment, tmp_path):
    """systemd itself does not run here. Its unit is read by systemd's own checker, and its command
    is run as systemd runs it: with %d filled in, and nothing in the environment."""
    unit = (USES / "bedrock-app.service").read_text()
    app = script(tmp_path / "bedrock-app", "env")
    keys = {"Version": 1, "AccessKeyId": ACCESS_KEY, "SecretAccessKey": SECRET}
    (tmp_path / "aws").write_text(json.dumps(keys))
    program = shutil.which("bedrock-token", path=environment["PATH"])
    started = re.search(r"^ExecStart=(.*)$", unit, re.MULTILINE)[1].replace("%d", str(tmp_path))
    started = started.replace("/usr/bin/bedrock-token", program)
    started = started.replace("/usr/bin/bedrock-app", str(app))
    printed = run(*started.split(), env={})
    assert_region_and_token(printed.splitlines(), environment)

    needs("systemd-analyze")
    (tmp_path / "checked.service").write_text(unit.replace("/usr/bin/bedrock-token", program))
    done = subprocess.run(
        ["systemd-analyze", "verify", tmp_path / "checked.service"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "checked.service" not in done.stderr


def test_github_actions(credentials, tmp_path):
    """The step in which the token is generated, run as the runner does. actionlint reads the rest
    (make lint)."""
    workflow = (USES / "github-actions.yml").read_text()
    step = re.search(r"name: Generate.*\n +run: \|\n((?: {10}.*\n)+)", workflow)[1]
    file = tmp_path / "environment"
    env = credentials | {"AWS_REGION": REGION, "GITHUB_ENV": str(file)}
    log = run("bash", "-eo", "pipefail", "-c", step, env=env)
    name, token = file.read_text().strip().split("=", 1)
    assert name == "AWS_BEARER_TOKEN_BEDROCK"
    assert log == f"::add-mask::{token}\n"
    assert_token(token, env)


def test_docker(credentials, tmp_path):
    """Docker itself does not run here. A stand-in shows what it gets."""
    script(tmp_path / "docker", 'echo "$@"; env')
    env = credentials | {"PATH": f"{tmp_path}:{credentials['PATH']}"}
    printed = run("sh", USES / "docker.sh", env=env).splitlines()
    assert printed[0] == "run --rm --env AWS_BEARER_TOKEN_BEDROCK --env AWS_REGION IMAGE"
    assert_region_and_token(printed[1:], env)


def test_powershell(credentials):
    """PowerShell cannot be had here: the line that it evaluates is looked at."""
    pipe = (USES / "powershell.ps1").read_text().removesuffix("| Invoke-Expression\n")
    line = run("sh", "-c", pipe, env=credentials)
    assert re.fullmatch(r'\$Env:AWS_BEARER_TOKEN_BEDROCK="[A-Za-z0-9+/=-]+"\n', line)
