"""Every file of cli/uses does what docs/HELPER.md says, with the client itself where that can be had."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from cli.running import ACCESS_KEY, REGION, ROOT, run
from endpoint import server as services

USES = ROOT / "cli/uses"
HELLO = f"Hello from {REGION}"
NPM = ROOT / "target/cli-npm"
CLAUDE_CODE = "@anthropic-ai/claude-code@2.1.197"
CODEX = "@openai/codex@0.169.0"


def test_the_documentation_shows_every_file():
    """tests/readme.rs sees to it that it shows them as they are."""
    page = (ROOT / "docs/HELPER.md").read_text()
    shown = set(re.findall(r"^<!-- \.\./cli/uses/(.*) -->$", page, re.MULTILINE))
    assert shown == {file.name for file in USES.iterdir()}


def needs(*commands: str) -> None:
    for command in commands:
        if not shutil.which(command):
            pytest.skip(f"needs {command}")


@pytest.fixture(scope="session")
def python() -> Path:
    """A Python with the SDKs."""
    requirements = ROOT / "tests/cli/requirements.txt"
    return (
        Path(run(ROOT / "tools/venv.sh", "cli-clients", requirements, timeout=900).strip())
        / "python"
    )


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


@pytest.mark.parametrize("name", ["openai_sdk.py"])
def test_python_programs(name, online, python, server):
    assert run(python, USES / name, env=online).strip() == HELLO
    asked(server)


@pytest.mark.parametrize("name", ["anthropic_sdk.py", "litellm_sdk.py"])
def test_python_programs_under_exec(name, online, python, server):
    """The line that stands at their beginning."""
    line = (USES / name).read_text().splitlines()[0].removeprefix("# Run it with: ")
    line = line.replace("python3", str(python)).replace(name, str(USES / name))
    assert run("sh", "-c", line, env=online).strip().endswith(HELLO)
    asked(server)


def test_curl(online, server):
    needs("curl")
    answer = json.loads(run("sh", USES / "curl.sh", env=online))
    assert answer["choices"][0]["message"]["content"] == HELLO
    asked(server)


@pytest.fixture
def aws(online, aws_cli):
    """The AWS CLI finds the credentials in its environment."""
    return online | {"PATH": f"{aws_cli}:{online['PATH']}"}


@pytest.fixture
def claude_code(tmp_path):
    """Claude Code and its arguments, in an empty folder."""
    program = npm(CLAUDE_CODE) / "@anthropic-ai/claude-code-linux-x64/claude"

    def ask(*front: object, environment: dict[str, str], settings: Path | None = None) -> str:
        environment = environment | {"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}
        arguments = ["--settings", settings] if settings else []
        command = [*front, program, *arguments, "-p", "Hello"]
        return run(*command, env=environment, cwd=tmp_path, stdin=subprocess.DEVNULL).strip()

    return ask


WORKSPACE = {"ANTHROPIC_AWS_WORKSPACE_ID": "wrkspc_1"}
# By the name that stands in Claude Code's variables: the address, and what docs/HELPER.md adds.
CLAUDE_CODE_ON = {
    "BEDROCK": ("bedrock-runtime", "", {}),
    "MANTLE": ("bedrock-mantle", "", {}),
    "ANTHROPIC_AWS": ("aws-external-anthropic", " --service claude-platform", WORKSPACE),
}


def claude_code_settings(folder: Path, on: str) -> tuple[Path, Path]:
    """The settings of docs/HELPER.md for a service, and a file that counts runs of the command."""
    settings = json.loads((USES / "claude-code.json").read_text())
    _, option, more = CLAUDE_CODE_ON[on]
    runs = folder / "runs"
    settings["apiKeyHelper"] = f"echo >>{runs}; {settings['apiKeyHelper']}{option}"
    variables = {k.replace("BEDROCK", on): v for k, v in settings["env"].items()}
    settings["env"] = variables | more
    file = folder / "settings.json"
    file.write_text(json.dumps(settings))
    return file, runs


@pytest.mark.parametrize("on", CLAUDE_CODE_ON)
def test_claude_code(on, aws, server, claude_code, tmp_path):
    settings, runs = claude_code_settings(tmp_path, on)
    assert claude_code(environment=aws, settings=settings) == HELLO
    assert asked(server).endpoint == CLAUDE_CODE_ON[on][0]
    assert len(runs.read_text()) == 1


@pytest.mark.parametrize(("on", "expected"), [("BEDROCK", 1), ("MANTLE", 2), ("ANTHROPIC_AWS", 1)])
def test_claude_code_when_a_token_is_refused(on, expected, aws, server, claude_code, tmp_path):
    """It runs the command again after 401, which mantle alone answers. So the interval must stay."""
    settings, runs = claude_code_settings(tmp_path, on)
    server.world.refuse_next = 1
    assert claude_code(environment=aws, settings=settings) == HELLO
    assert len(runs.read_text()) == expected


def test_claude_code_on_bedrock(online, server, claude_code):
    front = ["bedrock-token", "exec", "--keep-credentials", "--region", REGION, "--"]
    environment = online | {"CLAUDE_CODE_USE_BEDROCK": "1"}
    assert claude_code(*front, environment=environment) == HELLO
    assert asked(server).endpoint == "bedrock-runtime"


def test_claude_code_on_claude_platform(online, server, claude_code):
    variables = {"CLAUDE_CODE_USE_ANTHROPIC_AWS": "1"} | WORKSPACE
    front = ["bedrock-token", "exec", "--service", "claude-platform", "--region", REGION, "--"]
    assert claude_code(*front, environment=online | variables) == HELLO
    assert asked(server).endpoint == "aws-external-anthropic"


def codex(
    environment: dict[str, str], folder: Path
) -> tuple[subprocess.CompletedProcess[str], int]:
    """What Codex answers, and how often it ran its command."""
    home = folder / "codex"
    home.mkdir()
    runs = folder / "runs"
    config = (USES / "codex.toml").read_text()
    (home / "config.toml").write_text(config.replace('"aws', f'"echo >>{runs}; aws'))
    program = npm(CODEX) / ".bin/codex"
    done = subprocess.run(
        [program, "exec", "--skip-git-repo-check", "-C", folder, "Hello"],
        env=environment | {"CODEX_HOME": str(home)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
    )
    return done, len(runs.read_text())


def test_codex(aws, server, tmp_path):
    done, runs = codex(aws, tmp_path)
    assert (done.stdout.strip(), runs) == ("Hello from us-east-2", 1), done.stdout + done.stderr
    assert asked(server, "us-east-2").api == "responses"


def test_codex_runs_its_command_again_after_401(aws, server, tmp_path):
    server.world.refuse_next = 1
    done, runs = codex(aws, tmp_path)
    assert (done.stdout.strip(), runs) == ("Hello from us-east-2", 2), done.stdout + done.stderr


def test_codex_does_not_run_it_again_after_403(aws, server, tmp_path, monkeypatch):
    """Why the documentation says to keep refresh_interval_ms."""

    def refuse(handler, *_):
        handler.answer(403, {"Message": "Bearer Token has expired"})

    monkeypatch.setattr(services.Handler, "refuse", refuse)
    server.world.refuse_next = 100
    done, runs = codex(aws, tmp_path)
    assert (done.returncode, runs) == (1, 1), done.stdout + done.stderr


def test_systemd(credentials, environment, tmp_path):
    """systemd itself does not run here. Its unit is read by systemd's own checker, and its command
    is run as systemd runs it: with %d filled in, and nothing in the environment."""
    unit = (USES / "bedrock-app.service").read_text()
    app = tmp_path / "bedrock-app"
    app.write_text("#!/bin/sh\nenv\n")
    app.chmod(0o755)
    (tmp_path / "aws").write_text(
        json.dumps(
            {
                "Version": 1,
                "AccessKeyId": credentials["AWS_ACCESS_KEY_ID"],
                "SecretAccessKey": credentials["AWS_SECRET_ACCESS_KEY"],
            }
        )
    )
    program = shutil.which("bedrock-token", path=environment["PATH"])
    started = re.search(r"^ExecStart=(.*)$", unit, re.MULTILINE)[1].replace("%d", str(tmp_path))
    started = started.replace("/usr/bin/bedrock-token", program)
    started = started.replace("/usr/bin/bedrock-app", str(app))
    printed = run(*started.split(), env={})
    variables = dict(line.split("=", 1) for line in printed.splitlines())
    assert variables["AWS_REGION"] == REGION
    inspected = run(program, "inspect", "-", input=variables["AWS_BEARER_TOKEN_BEDROCK"], env={})
    assert ACCESS_KEY in inspected
    assert "AWS_ACCESS_KEY_ID" not in variables

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
    assert ACCESS_KEY in run("bedrock-token", "inspect", token, env=env)


def test_docker(credentials, tmp_path):
    """Docker itself does not run here. A stand-in shows what it gets."""
    docker = tmp_path / "docker"
    docker.write_text('#!/bin/sh\necho "$@"\nenv\n')
    docker.chmod(0o755)
    env = credentials | {"PATH": f"{tmp_path}:{credentials['PATH']}"}
    printed = run("sh", USES / "docker.sh", env=env).splitlines()
    assert printed[0] == "run --rm --env AWS_BEARER_TOKEN_BEDROCK --env AWS_REGION IMAGE"
    variables = dict(line.split("=", 1) for line in printed[1:])
    assert variables["AWS_REGION"] == REGION
    assert ACCESS_KEY in run(
        "bedrock-token", "inspect", variables["AWS_BEARER_TOKEN_BEDROCK"], env=env
    )


def test_powershell(credentials):
    """PowerShell cannot be had here: only the line that it evaluates is looked at."""
    assert "--format powershell | Invoke-Expression" in (USES / "powershell.ps1").read_text()
    arguments = ["--region", REGION, "--format", "powershell"]
    line = run("bedrock-token", *arguments, env=credentials)
    assert re.fullmatch(r'\$Env:AWS_BEARER_TOKEN_BEDROCK="[A-Za-z0-9+/=-]+"\n', line)
