"""Plays, on this machine, the services that the examples and the tests call."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable

ROLE = "ASIAIOSFODNN7EXAMPLE"


def assumed_role() -> str:
    end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 900))
    return f"""<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
        <AssumeRoleResult><Credentials>
          <AccessKeyId>{ROLE}</AccessKeyId>
          <SecretAccessKey>wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY</SecretAccessKey>
          <SessionToken>FAKE/SESSION+TOKEN==</SessionToken><Expiration>{end}</Expiration>
        </Credentials></AssumeRoleResult></AssumeRoleResponse>"""


CONVERSED: Any = {
    "output": {"message": {"role": "assistant", "content": [{"text": "Hello."}]}},
    "stopReason": "end_turn",
    "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
    "metrics": {"latencyMs": 1},
}
RESPONSE: Any = {
    "id": "resp_1",
    "object": "response",
    "created_at": 0,
    "model": "m",
    "output": [
        {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "status": "completed",
            "content": [{"type": "output_text", "text": "Hello.", "annotations": []}],
        }
    ],
    "parallel_tool_calls": False,
    "tool_choice": "auto",
    "tools": [],
}


class Server(ThreadingHTTPServer):
    """Answers; keeps the Authorization of each request, and may refuse the first ones."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.authorizations: list[list[str]] = []
        self.refuse: list[int] = []  # the statuses of the next answers
        self.on_request: Callable[[], object] = lambda: None

    def tokens(self) -> "list[str]":
        return [authorization[len("Bearer ") :] for (authorization,) in self.authorizations]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.authorizations.append(self.headers.get_all("Authorization") or [])
        status = 200
        self.server.on_request()
        if self.server.refuse:
            status, body = self.server.refuse.pop(0), "{}"
        elif self.path == "/":
            body = assumed_role()
        elif self.path.endswith("/converse"):
            body = json.dumps(CONVERSED)
        elif self.path.endswith("/responses"):
            body = json.dumps(RESPONSE)
        else:
            status, body = 404, "{}"
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if body[0] == "{" else "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def serve() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
