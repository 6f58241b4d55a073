"""Against the official package, where it is installed beside ours."""

import base64
import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock, patch
from urllib.parse import parse_qsl

import pytest

from .needs import needs

needs("botocore")
needs("aws_bedrock_token_generator")

import aws_bedrock_token_generator as official
from botocore.credentials import Credentials, RefreshableCredentials

import bedrock_token
from bedrock_token import compat

KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


def parameters(token: str) -> "list[tuple[str, str]]":
    url = base64.b64decode(token.partition("-key-")[2]).decode()
    host, query = url.split("?")
    return [("host", host), *sorted(parse_qsl(query, strict_parsing=True))]


@pytest.mark.parametrize("session", [None, "FAKE/SESSION+TOKEN==", "with a <space>"])
@pytest.mark.parametrize("expires", [1, 3600, 43200])
def test_same_parameters_as_the_official_package(session: Any, expires: int) -> None:
    provider = Mock()
    provider.load.return_value = Credentials(KEY, SECRET, session)
    theirs = official.provide_token("eu-central-1", provider, timedelta(seconds=expires))
    at = bedrock_token.inspect(theirs).issued_at
    ours = bedrock_token.generate(KEY, SECRET, session, "eu-central-1", expires, at=at)
    assert parameters(ours) == parameters(theirs)


@pytest.mark.parametrize("session", [None, "FAKE/SESSION+TOKEN=="])
def test_same_parameters_as_the_official_package_of_claude_platform(session: Any) -> None:
    needs("token_generator_for_aws_external_anthropic")
    from token_generator_for_aws_external_anthropic import get_token

    credentials = Credentials(KEY, SECRET, session)
    theirs = get_token(credentials=credentials, region="us-west-2", expiry=timedelta(seconds=3600))
    info = bedrock_token.inspect(theirs)
    assert info.service == "claude-platform"
    ours = bedrock_token.generate(
        KEY, SECRET, session, "us-west-2", 3600, at=info.issued_at, service=info.service
    )
    assert parameters(ours) == parameters(theirs)
    assert ours.partition("-key-")[0] == theirs.partition("-key-")[0]


def test_the_default_chain() -> None:
    environment = {
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_SESSION_TOKEN": "FAKE/SESSION+TOKEN==",
        "AWS_REGION": "ap-northeast-1",
    }
    with patch.dict(os.environ, environment, clear=True):
        info = bedrock_token.inspect(bedrock_token.provide_token(expiry=timedelta(minutes=5)))
    assert (info.access_key, info.region, info.has_session) == (KEY, "ap-northeast-1", True)
    assert info.expires_at - info.issued_at == 300


def test_each_call_looks_anew(tmp_path: Path) -> None:
    """As the official one does, at any change of the environment or of a file."""
    file = tmp_path / "credentials"
    files = {"AWS_SHARED_CREDENTIALS_FILE": str(file), "AWS_CONFIG_FILE": "/nowhere"}
    for number in (1, 2):
        key = f"AKIAIOSFODNN7EXAMPL{number}"
        file.write_text(f"[default]\naws_access_key_id={key}\naws_secret_access_key={SECRET}\n")
        with patch.dict(os.environ, files, clear=True):
            assert bedrock_token.inspect(compat.provide_token("eu-central-1")).access_key == key
        environment = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": SECRET}
        with patch.dict(os.environ, environment, clear=True):
            assert bedrock_token.inspect(compat.provide_token("eu-central-1")).access_key == key


def test_no_credentials() -> None:
    environment = {"AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nowhere"}
    with (
        patch.dict(os.environ, environment, clear=True),
        pytest.raises(RuntimeError, match="No AWS credentials found"),
    ):
        compat.provide_token("eu-central-1")


def test_refreshable_credentials_are_read_at_one_moment() -> None:
    frozen = Mock(access_key=KEY, secret_key=SECRET, token="t")
    credentials = Mock(spec=RefreshableCredentials)
    credentials.get_frozen_credentials.return_value = frozen
    bedrock_token.BedrockTokenGenerator().get_token(credentials, "eu-central-1")
    credentials.get_frozen_credentials.assert_called_once_with()


def test_what_the_service_would_refuse_is_a_value_error() -> None:
    for credentials in (Credentials(KEY, SECRET + "\n"), Credentials("ASIAIOSFODNN7EXAMPLE", "x")):
        with pytest.raises(ValueError, match=r"^(secret|session)") as raised:
            compat.BedrockTokenGenerator().get_token(credentials, "eu-central-1")
        assert SECRET not in str(raised.value)


def test_top_level_names_are_the_same() -> None:
    assert bedrock_token.provide_token is compat.provide_token
    assert bedrock_token.BedrockTokenGenerator is compat.BedrockTokenGenerator
