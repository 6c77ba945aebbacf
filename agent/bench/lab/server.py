"""A server of our own for a benchmark, in its own process."""

import asyncio
import os
import re
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from agent.settings import Settings

READY_SECONDS = 120
READY = re.compile(r"ready after ([\d.]+) s: (\S+)")


@dataclass(frozen=True, slots=True)
class Served:
    """A running server.

    Attributes:
        url: Of its page.
        ready_s: Seconds from its start to its first answer.
        pid: Its process.
    """

    url: str
    ready_s: float
    pid: int


@asynccontextmanager
async def served(settings: Settings, **environment: str) -> AsyncIterator[Served]:
    """Runs `visavis serve` on a free port for the length of the block.

    Args:
        settings: Whose port is replaced.
        environment: Further `VISAVIS_*` variables.

    Raises:
        RuntimeError: It did not become ready.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "agent.cli",
        "serve",
        "--port",
        str(port),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
    )
    try:
        yield await asyncio.wait_for(_ready(process), READY_SECONDS)
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 15)
            except TimeoutError:
                process.kill()
                await process.wait()


async def _ready(process: asyncio.subprocess.Process) -> Served:
    assert process.stdout is not None
    async for line in process.stdout:
        if found := READY.search(line.decode()):
            return Served(found[2], float(found[1]), process.pid)
    raise RuntimeError("The server ended before it was ready.")
