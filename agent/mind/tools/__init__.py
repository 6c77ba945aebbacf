"""What a language model may call: Python functions, functions of the page, MCP servers."""
