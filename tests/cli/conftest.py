"""The command, and the services that its users' clients call."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli.running import ACCESS_KEY, REGION, SECRET, run
from endpoint import server as services
from endpoint.token_check import Tenant
from project import TREE


@pytest.fixture(scope="session")
def program() -> Path:
    return TREE / "bedrock-token"


@pytest.fixture(scope="session")
def aws_cli(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the AWS CLI. Version 1, which may stand before it, exports no credentials."""
    for folder in [*os.environ["PATH"].split(":"), "/usr/bin"]:
        aws = Path(folder) / "aws"
        if aws.exists() and run(aws, "--version").startswith("aws-cli/2."):
            only_it = tmp_path_factory.mktemp("aws-cli")
            (only_it / "aws").symlink_to(aws)
            return only_it
    pytest.skip("needs the AWS CLI, version 2")


@pytest.fixture
def environment(program: Path, aws_cli: Path, tmp_path: Path) -> dict[str, str]:
    """Of a newcomer: both commands on the PATH, an empty home, no AWS variable."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    return environment | {
        "HOME": str(tmp_path),
        "PATH": f"{program.parent}:{aws_cli}:{environment['PATH']}",
        # Else the AWS CLI asks the network whether it runs in AWS.
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@pytest.fixture
def credentials(environment: dict[str, str]) -> dict[str, str]:
    """The environment with credentials in it."""
    return environment | {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[services.Server]:
    with services.serving(tmp_path_factory.mktemp("server"), REGION, "us-east-2") as server:
        yield server


@pytest.fixture
def online(server: services.Server, credentials: dict[str, str]) -> dict[str, str]:
    """The environment with credentials, in which the services' addresses lead to the server."""
    server.world = services.World({ACCESS_KEY: Tenant(SECRET)})
    proxies = dict.fromkeys(("HTTPS_PROXY", "https_proxy"), server.url)
    authority = ("CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
    return credentials | proxies | dict.fromkeys(authority, str(server.authority_file))
