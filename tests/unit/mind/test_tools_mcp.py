"""MCP servers, real ones: one started over stdio, one called over HTTP."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from agent.mind.tools.mcp import McpTools, McpUnavailable
from agent.mind.tools.tool import ToolFailed
from agent.settings import McpServerSettings

SAMPLE = str(Path(__file__).with_name("mcp_sample.py"))
STDIO = McpServerSettings(command=(sys.executable, SAMPLE))


@asynccontextmanager
async def shop(port: int) -> AsyncIterator[str]:
    server = await asyncio.create_subprocess_exec(
        sys.executable, SAMPLE, str(port), stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(20):
            while not await listens(port):  # noqa: ASYNC110 (another process decides)
                await asyncio.sleep(0.05)
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        server.kill()
        await server.wait()


async def listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def check(settings: McpServerSettings) -> None:
    servers = McpTools({"shop": settings}, call_seconds=10)
    await servers.start()
    try:
        (stock,) = servers.tools
        assert (stock.name, list(stock.parameters["properties"])) == ("stock", ["item"])
        assert "in stock" in stock.description
        assert "3 lamps" in await stock.run({"item": "lamps"})
        with pytest.raises(ToolFailed):
            await stock.run({"item": "ghosts"})
        with pytest.raises(ToolFailed):
            await stock.run({"thing": "lamps"})
    finally:
        await servers.aclose()


async def test_a_server_over_stdio() -> None:
    await check(STDIO)


async def test_a_server_over_http(port: int) -> None:
    async with shop(port) as url:
        await check(McpServerSettings(url=url))


async def test_a_server_that_was_started_again_is_found_again(port: int) -> None:
    settings = McpServerSettings(url=f"http://127.0.0.1:{port}/mcp")
    servers = McpTools({"shop": settings}, call_seconds=5)
    async with shop(port):
        await servers.start()
    (stock,) = servers.tools
    with pytest.raises(McpUnavailable, match="shop did not answer"):
        await stock.run({"item": "lamps"})
    with pytest.raises(McpUnavailable, match="shop cannot be reached"):
        await stock.run({"item": "lamps"})
    async with shop(port):
        assert "3 lamps" in await stock.run({"item": "lamps"})
        await servers.aclose()


async def test_a_server_that_is_not_there() -> None:
    servers = McpTools({"shop": McpServerSettings(url="http://127.0.0.1:9/mcp")}, call_seconds=5)
    with pytest.raises(McpUnavailable, match="server shop cannot be reached"):
        await servers.start()
    await servers.aclose()


def test_a_server_has_one_way_in() -> None:
    with pytest.raises(ValueError, match="either a command or a url"):
        McpServerSettings()
    with pytest.raises(ValueError, match="either a command or a url"):
        McpServerSettings(command=("x",), url="http://x/mcp")
