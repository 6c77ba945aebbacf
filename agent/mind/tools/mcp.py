"""Tools of MCP servers, connected once and shared by all sessions.

A server that is down is tried again whenever one of its tools is called.
"""

import asyncio
import logging
from typing import Any

from livekit.agents import llm
from livekit.agents.llm import mcp

from agent.mind.tools.tool import NAME, BadTool, Tool, ToolFailed, as_text, refuse_duplicates
from agent.settings import McpServerSettings

log = logging.getLogger(__name__)

START_SECONDS = 15.0
STOP_SECONDS = 5.0


class McpUnavailable(ToolFailed):
    """An MCP server cannot be reached, or offers what nobody can call."""

    code, status = "mcp_unavailable", 503


class McpTools:
    """The MCP servers of the settings.

    Args:
        servers: By the name that errors and logs call them.
        call_seconds: How long one call may take.
    """

    def __init__(self, servers: dict[str, McpServerSettings], call_seconds: float) -> None:
        self._servers = {name: _client(each, call_seconds) for name, each in servers.items()}
        self.tools: tuple[Tool, ...] = ()

    async def start(self) -> None:
        """Connects to all servers and learns their tools.

        Raises:
            McpUnavailable: One of them cannot be reached.
            BadTool: Two tools share a name, or a name cannot be called.
        """
        found: list[Tool] = []
        for name, server in self._servers.items():
            await self._connect(name, server)
            found += [self._tool(name, server, tool) for tool in await server.list_tools()]
            log.info("MCP server %s: connected", name)
        refuse_duplicates(found)
        self.tools = tuple(found)

    async def aclose(self) -> None:
        """Hangs up; servers that were started for us end."""
        for name, server in self._servers.items():
            await _hang_up(name, server)

    async def _connect(self, name: str, server: mcp.MCPServer) -> None:
        try:
            async with asyncio.timeout(START_SECONDS):
                await server.initialize()
        except Exception as error:
            log.warning("MCP server %s: %s", name, type(error).__name__)
            raise McpUnavailable(f"The MCP server {name} cannot be reached.") from None

    def _tool(self, name: str, server: mcp.MCPServer, tool: llm.RawFunctionTool[..., Any]) -> Tool:
        schema = tool.info.raw_schema
        if not NAME.fullmatch(schema["name"]):
            raise BadTool(f"A tool of the MCP server {name} has a name no model can call.")

        async def run(arguments: dict[str, Any]) -> str:
            if not server.initialized:
                await self._connect(name, server)
            try:
                return as_text(await tool(raw_arguments=arguments))
            except llm.ToolError as error:
                raise ToolFailed(str(error.message)) from None
            except Exception as error:
                log.warning("MCP server %s: %s", name, type(error).__name__)
                await _hang_up(name, server)
                raise McpUnavailable(f"The MCP server {name} did not answer.") from None

        return Tool(schema["name"], schema["description"] or "", schema["parameters"], run)


async def _hang_up(name: str, server: mcp.MCPServer) -> None:
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await server.aclose()
    except Exception as error:
        log.warning("MCP server %s did not end well: %s", name, type(error).__name__)


def _client(server: McpServerSettings, seconds: float) -> mcp.MCPServer:
    if server.url is not None:
        headers = {name: value.get_secret_value() for name, value in server.headers.items()}
        return mcp.MCPServerHTTP(
            server.url,
            allowed_tools=list(server.tools) or None,
            headers=headers,
            client_session_timeout_seconds=seconds,
        )
    return mcp.MCPServerStdio(
        server.command[0],
        list(server.command[1:]),
        env=dict(server.env) or None,
        client_session_timeout_seconds=seconds,
    )
