"""Plays Amazon Bedrock and Claude Platform on AWS, and refuses tokens as they do.

It is an HTTP proxy, so that clients use the services' real addresses: over TLS with CONNECT, or over
plain HTTP. What it answers to a good request is the least that the services' own clients accept.
"""

import binascii
import json
import re
import ssl
import struct
import sys
import threading
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import trustme
from endpoint import models
from endpoint.token_check import Refused, Tenant, check

HELLO = ("Hel", "lo from ")


@dataclass(frozen=True)
class Endpoint:
    """An address, which takes tokens that are signed for the SigV4 name."""

    name: str
    domain: str
    sigv4_name: str
    paths: str

    def region(self, host: str) -> str | None:
        """The region in a host, if it is one of this endpoint."""
        name, _, rest = host.partition(".")
        region, _, domain = rest.partition(".")
        return region if (name, domain) == (self.name, self.domain) else None


ENDPOINTS = [
    Endpoint(
        "bedrock-runtime",
        "amazonaws.com",
        "bedrock",
        r"/model/[^/]+/(converse|converse-stream|invoke|invoke-with-response-stream)"
        r"|/openai/v1/(?:chat/(completions)|(responses))|/anthropic/v1/(messages)",
    ),
    Endpoint(
        "bedrock-mantle",
        "api.aws",
        "bedrock",
        r"/(?:openai/)?v1/(?:chat/(completions)|(responses))|/anthropic/v1/(messages)",
    ),
    Endpoint("aws-external-anthropic", "api.aws", "aws-external-anthropic", r"/v1/(messages)"),
]


@dataclass
class Call:
    """A request, and why it was refused, if it was."""

    endpoint: str
    scheme: str
    region: str
    api: str
    stream: bool = False
    access_key: str | None = None
    refused: str | None = None


@dataclass
class World:
    """What the tests change: whom the service knows, its clock, and the way to it."""

    tenants: dict[str, Tenant] = field(default_factory=dict)
    region: str | None = None
    """Of every endpoint; None: the one in its address."""
    clock_ahead: timedelta = timedelta()
    on_the_way: Callable[[str], str] = lambda token: token
    refuse_next: int = 0
    calls: list[Call] = field(default_factory=list)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.clock_ahead


@dataclass
class Stream:
    """An answer that comes in pieces."""

    content_type: str
    pieces: Iterable[bytes]


def sse(*events: tuple[str | None, Any]) -> Stream:
    """Server-sent events."""
    pieces = []
    for name, data in events:
        text = data if isinstance(data, str) else json.dumps(data)
        pieces.append((f"event: {name}\n" if name else "").encode() + f"data: {text}\n\n".encode())
    return Stream("text/event-stream", pieces)


def event_stream(*events: tuple[str, Any]) -> Stream:
    """AWS's binary events, each with two checksums."""
    pieces = []
    for name, data in events:
        payload = json.dumps(data).encode()
        about = {":event-type": name, ":content-type": "application/json", ":message-type": "event"}
        headers = b""
        for key, value in about.items():
            headers += struct.pack("!B", len(key)) + key.encode()
            headers += struct.pack("!BH", 7, len(value)) + value.encode()
        prelude = struct.pack("!II", 16 + len(headers) + len(payload), len(headers))
        message = prelude + struct.pack("!I", binascii.crc32(prelude)) + headers + payload
        pieces.append(message + struct.pack("!I", binascii.crc32(message)))
    return Stream("application/vnd.amazon.eventstream", pieces)


def converse(_model: str, words: list[str], stream: bool) -> Any:
    usage = {"inputTokens": 1, "outputTokens": len(words), "totalTokens": 1 + len(words)}
    metadata = {"usage": usage, "metrics": {"latencyMs": 1}}
    block, ending = {"contentBlockIndex": 0}, {"stopReason": "end_turn"}
    if stream:
        return event_stream(
            ("messageStart", {"role": "assistant"}),
            *(("contentBlockDelta", {**block, "delta": {"text": w}}) for w in words),
            ("contentBlockStop", block),
            ("messageStop", ending),
            ("metadata", metadata),
        )
    message = {"role": "assistant", "content": [{"text": "".join(words)}]}
    return {"output": {"message": message}, **ending, **metadata}


def completions(model: str, words: list[str], stream: bool) -> Any:
    about = {"id": "chatcmpl-1", "created": 1, "model": model}
    if stream:
        about["object"] = "chat.completion.chunk"
        deltas = [{"role": "assistant", "content": ""}, *({"content": w} for w in words)]
        chunks = [{"index": 0, "delta": d, "finish_reason": None} for d in deltas]
        chunks.append({"index": 0, "delta": {}, "finish_reason": "stop"})
        return sse(*((None, {**about, "choices": [c]}) for c in chunks), (None, "[DONE]"))
    message = {"role": "assistant", "content": "".join(words)}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {**about, "object": "chat.completion", "choices": [choice]}


def responses(model: str, words: list[str], stream: bool) -> Any:
    content = [{"type": "output_text", "text": "".join(words), "annotations": []}]
    item = {"id": "msg_1", "type": "message", "role": "assistant", "content": content}
    usage = {"input_tokens": 1, "output_tokens": len(words), "total_tokens": 1 + len(words)}
    response = {"id": "resp_1", "object": "response", "model": model, "status": "completed"}
    response |= {"output": [item], "usage": usage}
    if stream:
        events: list[tuple[str, dict[str, Any]]] = [
            ("response.created", {"response": {**response, "output": [], "status": "in_progress"}}),
            ("response.output_item.done", {"output_index": 0, "item": item}),
            ("response.completed", {"response": response}),
        ]
        return sse(*((name, {"type": name, **data}) for name, data in events))
    return response


def messages(model: str, words: list[str], stream: bool) -> Any:
    usage = {"input_tokens": 1, "output_tokens": len(words)}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": model}
    message |= {"content": [], "stop_reason": None, "stop_sequence": None, "usage": usage}
    ending = {"stop_reason": "end_turn", "stop_sequence": None}
    if stream:
        events: list[tuple[str, dict[str, Any]]] = [
            ("message_start", {"message": message}),
            ("content_block_start", {"index": 0, "content_block": {"type": "text", "text": ""}}),
            *(
                ("content_block_delta", {"index": 0, "delta": {"type": "text_delta", "text": w}})
                for w in words
            ),
            ("content_block_stop", {"index": 0}),
            ("message_delta", {"delta": ending, "usage": usage}),
            ("message_stop", {}),
        ]
        return sse(*((name, {"type": name, **data}) for name, data in events))
    return {**message, **ending, "content": [{"type": "text", "text": "".join(words)}]}


def invoke(model: str, words: list[str], stream: bool) -> Any:
    """Anthropic's models: the events of their messages, each in one of AWS's."""
    answer = messages(model, words, stream)
    if not stream:
        return answer
    events = [piece.partition(b"data: ")[2].strip() for piece in answer.pieces]
    return event_stream(*(("chunk", {"bytes": b64encode(e).decode()}) for e in events))


APIS: dict[str, Callable[[str, list[str], bool], Any]] = {
    "converse": converse,
    "completions": completions,
    "responses": responses,
    "messages": messages,
    "invoke": invoke,
}


class Forbidden(Refused):
    """The token is good, and its owner may not use it here."""

    def __init__(self, endpoint: Endpoint):
        name = {"bedrock-runtime": "bedrock"}.get(endpoint.name, endpoint.name)
        self.said = f"not authorized to perform: {name}:CallWithBearerToken"
        super().__init__(self.said)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Server"
    scheme = "http"

    def do_CONNECT(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.request = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.setup()
        self.scheme = "https"
        self.close_connection = False  # also when CONNECT came in HTTP/1.0, as Python sends it

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        url = urlsplit(self.path)
        host = (url.netloc or self.headers.get("Host", "")).removesuffix(":443")
        for endpoint in ENDPOINTS:
            region = endpoint.region(host)
            path = re.fullmatch(endpoint.paths, unquote(url.path))
            if region and path:
                break
        else:
            return self.answer(404, {"message": f"nothing is at {host}{url.path}"})
        named = path[path.lastindex]
        api, _, _ = named.partition("-")
        region = self.server.world.region or region
        call = Call(endpoint.name, self.scheme, region, named)
        self.server.world.calls.append(call)
        try:
            self.authenticate(endpoint, call)
        except Refused as refused:
            call.refused = str(refused)
            return self.refuse(endpoint, refused)
        try:
            asked = json.loads(body)
            in_path = api in ("converse", "invoke")
            model = unquote(url.path.split("/")[2]) if in_path else asked["model"]
            call.stream = path[0].endswith("-stream") or bool(asked.get("stream"))
            said = asked["input" if api == "responses" else "messages"]
            of_anthropic = api in ("messages", "invoke")
            if not (model and said and (not of_anthropic or asked["max_tokens"])):
                raise ValueError("empty")
        except (ValueError, KeyError) as error:
            return self.answer(400, {"message": f"not a request: {error!r}"})
        if wrong := models.refusal(endpoint.name, url.path, model):
            return self.answer(400, {"message": wrong, "error": {"message": wrong}})
        return self.answer(200, APIS[api](model, [*HELLO, call.region], call.stream))

    def authenticate(self, endpoint: Endpoint, call: Call) -> None:
        world = self.server.world
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer":
            token = self.headers.get("x-api-key", "") if call.api == "messages" else ""
        if world.refuse_next:
            world.refuse_next -= 1
            raise Refused("told to refuse")
        call.access_key = check(
            world.on_the_way(token), endpoint.sigv4_name, call.region, world.tenants, world.now()
        )
        if not world.tenants[call.access_key].may_call_with_bearer_token:
            raise Forbidden(endpoint)
        if endpoint.name == "aws-external-anthropic" and not self.headers.get(
            "anthropic-workspace-id"
        ):
            raise Refused("no anthropic-workspace-id")

    def refuse(self, endpoint: Endpoint, refused: Refused) -> None:
        """In Bedrock's words, as its users have reported them. Those of Claude Platform on AWS are
        not known; these are of the form that Anthropic's API has."""
        if endpoint.name == "bedrock-runtime":
            headers = {"x-amzn-ErrorType": "AccessDeniedException"}
            return self.answer(403, {"Message": refused.said}, headers)
        if endpoint.name == "bedrock-mantle" and not isinstance(refused, Forbidden):
            error = {"code": "invalid_api_key", "type": "authentication_error"}
            return self.answer(401, {"error": {**error, "message": "Invalid bearer token"}})
        error = {"type": "permission_error", "message": refused.said}
        return self.answer(403, {"type": "error", "error": error})

    def answer(
        self, status: int, content: dict[str, Any] | Stream, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if isinstance(content, dict):
            body = json.dumps(content).encode()
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return
        self.send_header("Content-Type", content.content_type)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in chain(content.pieces, [b""]):
            self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing: the tests read World.calls."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, tls: ssl.SSLContext, port: int = 0):
        super().__init__(("127.0.0.1", port), Handler)
        self.tls = tls
        self.world = World()
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no error; any other is in the answer that it does not get."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


@contextmanager
def serving(folder: Path, *regions: str, https_port: int | None = None) -> Iterator[Server]:
    """The hosts of these regions. Clients trust the authority whose file is in the folder. With
    https_port (0: any), for clients that do not go through a proxy."""
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    domains = ("amazonaws.com", "api.aws")
    hosts = [f"*.{region}.{domain}" for region in regions for domain in domains]
    authority.issue_cert(*hosts).configure_cert(tls)
    server = Server(tls, https_port or 0)
    if https_port is not None:
        server.socket.listen(128)
        # Each connection shakes hands in a thread of its own.
        options = {"server_side": True, "do_handshake_on_connect": False}
        server.socket = tls.wrap_socket(server.socket, **options)
    server.authority_file = folder / "authority.pem"
    authority.cert_pem.write_to_path(server.authority_file)
    yield server
    server.shutdown()
    server.server_close()
