"""Credentials as the real AWS CLI prints them."""

import json
import subprocess
from pathlib import Path

import pytest
from cli.running import ACCESS_KEY, REGION, ROOT, SECRET, run

# Newer ones than Debian's also know fish: cli/tests/credentials.rs has that form.
FORMS = ["process", "env", "env-no-export", "powershell", "windows-cmd"]
SESSION = "FAKE/SESSION+TOKEN=="
END = "2099-01-01T00:00:00Z"


@pytest.fixture
def environment(environment: dict[str, str], aws_cli: Path) -> dict[str, str]:
    return environment | {"PATH": f"{aws_cli}:{environment['PATH']}"}


@pytest.fixture
def temporary(environment: dict[str, str]) -> dict[str, str]:
    return environment | {
        "AWS_ACCESS_KEY_ID": "ASIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_SESSION_TOKEN": SESSION,
        "AWS_CREDENTIAL_EXPIRATION": END,
    }


def export(form: str, environment: dict[str, str]) -> str:
    command = f"aws configure export-credentials --format {form}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("form", FORMS)
def test_every_form(form: str, temporary, environment):
    """Long-term and temporary credentials, out of the environment of the AWS CLI."""
    long_term = environment | {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
    for keys in (long_term, temporary):
        exported = export(form, keys)
        generate = ["bedrock-token", "--credentials", "-", "--region", REGION, "--json"]
        made = json.loads(run(*generate, input=exported, env=environment))
        found = json.loads(
            run("bedrock-token", "inspect", "-", "--json", input=made["token"], env=environment)
        )
        assert found["access_key"] in exported
        assert found["has_session"] == (SESSION in exported)


def test_out_of_the_file_of_a_profile(environment, tmp_path: Path):
    """A credential_process of the AWS CLI's configuration, through the pipe of the documentation."""
    (tmp_path / ".aws").mkdir()
    process = {"Version": 1, "AccessKeyId": ACCESS_KEY, "SecretAccessKey": SECRET}
    (tmp_path / "process.json").write_text(json.dumps(process))
    config = (
        f"[profile work]\nregion = {REGION}\ncredential_process = cat {tmp_path}/process.json\n"
    )
    (tmp_path / ".aws/config").write_text(config)
    pipe = (
        "aws configure export-credentials --profile work --format process |"
        f" bedrock-token --credentials - --region {REGION} --json"
    )
    made = json.loads(run("bash", "-o", "pipefail", "-c", pipe, env=environment))
    assert made["region"] == REGION
    inspected = run("bedrock-token", "inspect", made["token"], env=environment)
    assert ACCESS_KEY in inspected


def test_credentials_that_end_soon(environment, temporary):
    """The end that is reported is the credentials', which the AWS CLI passes on."""
    exported = export("process", temporary | {"AWS_CREDENTIAL_EXPIRATION": END})
    soon = json.loads(exported)
    assert soon["Expiration"].startswith("2099-01-01T00:00:00")
    ended = json.dumps(soon | {"Expiration": "2020-01-01T00:00:00+00:00"})
    command = ["bedrock-token", "--credentials", "-", "--region", REGION]
    run(*command, status=3, input=ended, env=environment)


def test_exec_is_nobody_else(environment, tmp_path: Path):
    """A profile in the home of the user is not used in the place of the credentials that exec hides."""
    (tmp_path / ".aws").mkdir()
    other = f"[default]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = {SECRET}\n"
    (tmp_path / ".aws/credentials").write_text(other)
    mine = environment | {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
    asked = ["aws", "configure", "export-credentials", "--format", "env-no-export"]
    assert "AKIAOTHER" in run(*asked, env=environment)
    generate = ["bedrock-token", "exec", "--region", REGION]
    done = subprocess.run([*generate, "--", *asked], capture_output=True, text=True, env=mine)
    assert done.returncode != 0
    assert "Unable to retrieve credentials" in done.stderr
    assert ACCESS_KEY in run(*generate, "--keep-credentials", "--", *asked, env=mine)


def test_no_credentials_in_the_aws_cli(environment):
    """It prints nothing then, and the command says so."""
    pipe = f"aws configure export-credentials | bedrock-token --credentials - --region {REGION}"
    done = subprocess.run(["sh", "-c", pipe], capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith(
        "bedrock-token: credentials: the input is empty; did the command that writes it fail?\n"
    )


def test_the_first_token_of_the_readme(environment):
    long_term = environment | {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
    token = run("sh", ROOT / "cli/uses/first-token.sh", env=long_term).strip()
    assert ACCESS_KEY in run("bedrock-token", "inspect", token, env=environment)
