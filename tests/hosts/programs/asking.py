"""What the Python hosts share: a provider that is renewing whenever the host forks."""

import asyncio
import json
import os
import threading
import urllib.request

from bedrock_token import Credentials, Provider

PRELOADED_IN = os.getpid()
renewing = threading.Event()


def source() -> Credentials:
    if os.getpid() == PRELOADED_IN:
        renewing.set()
        threading.Event().wait()
    return Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")


# Tokens of two seconds, so that the workers renew again and again.
provider = Provider(source, "eu-central-1", expires=2)
threading.Thread(target=provider.get, daemon=True).start()
renewing.wait()

BODY = {"model": "openai.gpt-oss-120b-1:0", "messages": [{"role": "user", "content": "Hello"}]}


def ask(token: str) -> str:
    """This process, and what the service answers."""
    headers = {
        "Host": "bedrock-runtime.eu-central-1.amazonaws.com",
        "Authorization": f"Bearer {token}",
    }
    address = f"{os.environ['SERVICE']}/openai/v1/chat/completions"
    request = urllib.request.Request(address, json.dumps(BODY).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        return f"{os.getpid()} {answer.read().decode()}"


def wsgi(_environ, start_response):
    """For gunicorn's own workers."""
    start_response("200 OK", [])
    return [ask(provider.get()).encode()]


async def asgi(scope, _receive, send):
    """For uvicorn's workers in gunicorn, on uvloop."""
    assert scope["type"] == "http"
    loop = asyncio.get_running_loop()
    assert type(loop).__module__ == "uvloop"
    answer = await loop.run_in_executor(None, ask, await provider.get_async())
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": answer.encode()})
