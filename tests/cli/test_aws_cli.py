"""Credentials as the real AWS CLI prints them."""

import json
import subprocess
from pathlib import Path

import pytest
from cli.running import ACCESS_KEY, REGION, ROOT, SECRET, assert_token, run

# Newer ones than Debian's also know fish: cli/tests/command/credentials.rs has that form.
FORMS = ["process", "env", "env-no-export", "powershell", "windows-cmd"]
EXPORT = "aws configure export-credentials"


@pytest.fixture
def temporary(credentials: dict[str, str]) -> dict[str, str]:
    return credentials | {
        "AWS_ACCESS_KEY_ID": "ASIAIOSFODNN7EXAMPLE",
        "AWS_SESSION_TOKEN": "FAKE/SESSION+TOKEN==",
        "AWS_CREDENTIAL_EXPIRATION": "2099-01-01T00:00:00Z",
    }


@pytest.mark.parametrize("form", FORMS)
def test_every_form(form: str, credentials, temporary, environment):
    """Long-term and temporary credentials, out of the environment of the AWS CLI."""
    for keys in (credentials, temporary):
        exported = run(*EXPORT.split(), "--format", form, env=keys)
        generate = ["bedrock-token", "--credentials", "-", "--region", REGION, "--json"]
        made = json.loads(run(*generate, input=exported, env=environment))
        inspect = ["bedrock-token", "inspect", "-", "--json"]
        found = json.loads(run(*inspect, input=made["token"], env=environment))
        assert found["access_key"] == keys["AWS_ACCESS_KEY_ID"]
        assert found["has_session"] == (keys is temporary)


def test_out_of_the_file_of_a_profile(environment, tmp_path: Path):
    """A credential_process of the AWS CLI's configuration, through the pipe of the documentation."""
    (tmp_path / ".aws").mkdir()
    process = {"Version": 1, "AccessKeyId": ACCESS_KEY, "SecretAccessKey": SECRET}
    (tmp_path / "process.json").write_text(json.dumps(process))
    config = f"[profile work]\ncredential_process = cat {tmp_path}/process.json\n"
    (tmp_path / ".aws/config").write_text(config)
    pipe = f"{EXPORT} --profile work | bedrock-token --credentials - --region {REGION}"
    assert_token(run("sh", "-c", pipe, env=environment), environment)


def test_exec_is_nobody_else(environment, credentials, tmp_path: Path):
    """A profile in the home of the user is not used in the place of the credentials that exec hides."""
    (tmp_path / ".aws").mkdir()
    other = f"[default]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = {SECRET}\n"
    (tmp_path / ".aws/credentials").write_text(other)
    asked = [*EXPORT.split(), "--format", "env-no-export"]
    assert "AKIAOTHER" in run(*asked, env=environment)
    generate = ["bedrock-token", "exec", "--region", REGION]
    done = subprocess.run(
        [*generate, "--", *asked], capture_output=True, text=True, env=credentials
    )
    assert done.returncode != 0
    assert "Unable to retrieve credentials" in done.stderr
    assert ACCESS_KEY in run(*generate, "--keep-credentials", "--", *asked, env=credentials)


def test_no_credentials_in_the_aws_cli(environment):
    """It prints nothing then, and the command says so."""
    pipe = f"{EXPORT} | bedrock-token --credentials - --region {REGION}"
    done = subprocess.run(["sh", "-c", pipe], capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stdout) == (1, "")
    end = "bedrock-token: credentials: the input is empty; did the command that writes it fail?\n"
    assert done.stderr.endswith(end)


def test_the_first_token_of_the_readme(credentials):
    assert_token(run("sh", ROOT / "cli/uses/first-token.sh", env=credentials), credentials)
