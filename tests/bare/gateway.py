"""gateway.py ROOT PYTHON COMMAND...: in a network of its own, where the services' names lead to the test's
server: the resolver is at 127.0.0.53, as in the shipped configuration. COMMAND starts nginx in ROOT. PYTHON
has the SDKs."""

import os
import socketserver
import subprocess
import sys
import threading
from pathlib import Path

from endpoint.server import World, serving
from endpoint.token_check import Tenant

KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
OPENAI = """
import openai, os
client = openai.OpenAI(base_url="http://127.0.0.1:8080/team-a/openai/v1", api_key=os.environ["KEY"])
messages = [{"role": "user", "content": "Hello"}]
model = "openai.gpt-oss-120b-1:0"
for chunk in client.chat.completions.create(model=model, messages=messages, stream=True):
    print(chunk.choices[0].delta.content or "", end="")
"""
ANTHROPIC = """
import anthropic, os
client = anthropic.Anthropic(base_url="http://127.0.0.1:8080/team-b", api_key=os.environ["KEY"])
messages = [{"role": "user", "content": "Hello"}]
with client.messages.stream(model="claude-sonnet-5", max_tokens=9, messages=messages) as stream:
    for text in stream.text_stream:
        print(text, end="")
"""


class Names(socketserver.BaseRequestHandler):
    """A DNS server. Each name has the address 127.0.0.1, and no other."""

    def handle(self) -> None:
        query, socket = self.request
        end = query.index(b"\0", 12) + 5  # of the question: a name, a type, a class
        answer = b""
        if query[end - 4 : end - 2] == b"\0\1":  # the name of the question, A, IN, 1 s, 4 bytes
            answer = b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4\x7f\0\0\1"
        header = query[:2] + b"\x81\x80\0\1\0" + bytes([bool(answer)]) + bytes(4)
        socket.sendto(header + query[12:end] + answer, self.client_address)


def answer(tenant: str, *client: str) -> str:
    """What a client without AWS credentials is told."""
    key = Path(f"{root}/etc/bedrock-gateway/{tenant}.key").read_text().strip()
    environment = {"PATH": os.environ["PATH"], "KEY": key}
    return subprocess.check_output(client, text=True, env=environment, timeout=120)


def ask_with_each_client() -> None:
    streamed = answer("team-a", "sh", f"{root}/source/docs/gateway/chat.sh")
    assert '"Hel"' in streamed, streamed
    assert streamed.endswith("data: [DONE]\n\n"), streamed
    assert answer("team-a", python, "-c", OPENAI) == "Hello from eu-central-1"
    assert answer("team-b", python, "-c", ANTHROPIC) == "Hello from us-west-2"


root, python, *command = sys.argv[1:]
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
names = socketserver.ThreadingUDPServer(("127.0.0.53", 53), Names)
threading.Thread(target=names.serve_forever, daemon=True).start()
authorities = Path(f"{root}/usr/local/share/ca-certificates")
with serving(authorities, "eu-central-1", "us-west-2", https_port=443) as server:
    server.authority_file.rename(server.authority_file.with_suffix(".crt"))
    server.world = World({KEY: Tenant(SECRET)})
    nginx = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    while (line := nginx.stdout.readline()) != "ready\n":
        assert line, "nginx did not start"
    try:
        ask_with_each_client()
    finally:
        print(Path(f"{root}/var/log/nginx/error.log").read_text())
        nginx.communicate("")
    assert [(call.stream, call.access_key) for call in server.world.calls] == [(True, KEY)] * 3
