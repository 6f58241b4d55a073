"""For uvicorn's workers in gunicorn, on uvloop."""

import asyncio

import uvloop
from asking import ask, provider


async def application(scope, _receive, send):
    assert scope["type"] == "http"
    loop = asyncio.get_running_loop()
    assert isinstance(loop, uvloop.Loop)
    answer = await loop.run_in_executor(None, ask, await provider.get_async())
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": answer.encode()})
