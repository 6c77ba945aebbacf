"""A tiny MCP server: `python mcp_sample.py` speaks over stdio, with a port over HTTP."""

import sys

from mcp.server.mcpserver import MCPServer

server = MCPServer("sample")


@server.tool()
def stock(item: str) -> str:
    """Tells how many of an item are in stock."""
    if item == "ghosts":
        raise ValueError("there are no ghosts")
    return f"3 {item}"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        server.run(transport="streamable-http", host="127.0.0.1", port=int(sys.argv[1]))
    else:
        server.run(transport="stdio")
