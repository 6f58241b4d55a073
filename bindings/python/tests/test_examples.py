"""The README's snippets, run as they are."""

import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from bedrock_token import inspect

from .needs import needs

EXAMPLES = Path(__file__).parent.parent / "examples"


def run(name: str, **environment: str) -> str:
    return subprocess.run(  # noqa: S603
        [sys.executable, str(EXAMPLES / name)],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    ).stdout


def test_mint() -> None:
    token, info = run("mint.py").splitlines()
    assert inspect(token).expires_at == inspect(token).issued_at + 3600
    assert info == repr(inspect(token))


class SecurityTokenService(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 900))
        body = f"""<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
            <AssumeRoleResult><Credentials>
              <AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId>
              <SecretAccessKey>wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY</SecretAccessKey>
              <SessionToken>FAKE/SESSION+TOKEN==</SessionToken><Expiration>{end}</Expiration>
            </Credentials></AssumeRoleResult></AssumeRoleResponse>""".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def test_provider() -> None:
    needs("botocore")
    with HTTPServer(("127.0.0.1", 0), SecurityTokenService) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            output = run(
                "provider.py",
                AWS_ENDPOINT_URL_STS=f"http://127.0.0.1:{server.server_port}",
                AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE",
                AWS_SECRET_ACCESS_KEY="x",
            )
        finally:
            server.shutdown()
    assert inspect(output.strip()).access_key == "ASIAIOSFODNN7EXAMPLE"
