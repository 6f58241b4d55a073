"""Secrets do not stay in the command's memory, and leave it in no other way."""

import fcntl
import json
import os
import resource
import signal
import subprocess
import time
from pathlib import Path

import pytest
from cli.running import ACCESS_KEY, REGION, SECRET

# Not AWS's example, so that nothing else has it in memory.
OWN_SECRET = SECRET.replace("EXAMPLEKEY", "0123456789")


def start(*command: object, **options: object) -> subprocess.Popen:
    """Starts a program in which SIGQUIT dumps core. A shell's background jobs ignore it."""

    def dump_core():
        signal.signal(signal.SIGQUIT, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (-1, -1))

    return subprocess.Popen(command, preexec_fn=dump_core, **options)


def dumps_core(process: subprocess.Popen) -> bool:
    process.send_signal(signal.SIGQUIT)
    _, status = os.waitpid(process.pid, 0)
    assert os.WIFSIGNALED(status)
    return os.WCOREDUMP(status)


@pytest.fixture
def stopped(program: Path, tmp_path: Path):
    """The command with its token generated, in the middle of writing it: its output is a pipe that is
    full."""
    keys = {"Version": 1, "AccessKeyId": ACCESS_KEY, "SecretAccessKey": OWN_SECRET}
    # PHP and others write / in this way. It costs the reader of JSON a copy.
    (tmp_path / "keys").write_text(json.dumps(keys).replace("/", "\\/"))
    reader, writer = os.pipe()
    os.write(writer, b"x" * fcntl.fcntl(writer, fcntl.F_GETPIPE_SZ))
    options = ["--credentials", tmp_path / "keys", "--region", REGION]
    # A core dump would be written into this folder.
    process = start(program, *options, stdout=writer, cwd=tmp_path, env={})
    for _ in range(200):
        if "pipe_write" in Path(f"/proc/{process.pid}/wchan").read_text():
            break
        time.sleep(0.02)
    yield process
    process.kill()
    process.wait()
    os.close(reader)
    os.close(writer)


def test_the_heap_holds_no_secret(stopped):
    if os.geteuid() != 0:
        pytest.skip("needs root: nobody else may look into this process")
    heap = b""
    with open(f"/proc/{stopped.pid}/mem", "rb", buffering=0) as mem:
        for line in Path(f"/proc/{stopped.pid}/maps").read_text().splitlines():
            where, access, *_, name = [*line.split(maxsplit=5), ""][:6]
            if "w" in access and name.strip() in ("", "[heap]"):
                start, end = (int(part, 16) for part in where.split("-"))
                mem.seek(start)
                heap += mem.read(end - start)
    assert b"bedrock-api" in heap, "the token, which is being written"
    for secret in (OWN_SECRET, OWN_SECRET.replace("/", "\\/")):
        for part in (secret[:20], secret[-20:]):
            assert part.encode() not in heap


def test_no_core_dump(stopped, tmp_path):
    assert not dumps_core(stopped)
    # Else this test could not fail.
    other = start("sleep", "60", cwd=tmp_path)
    time.sleep(0.2)
    if not dumps_core(other):
        pytest.skip("needs a kernel that writes core dumps")
