"""Our tools as livekit-agents' function tools, with words for the time a slow one takes.

livekit runs a tool only once the turn is the person's for certain, tells the model what came of it,
and lets the person interrupt.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from livekit.agents import RunContext, llm

from agent.errors import VisavisError
from agent.mind.tools.tool import Tool, ToolTimeout

log = logging.getLogger(__name__)


def livekit_tools(
    tools: Sequence[Tool], *, bridge: Sequence[str], bridge_after: float, seconds: float
) -> list[llm.Tool | llm.Toolset]:
    """Returns `tools` as livekit wants them.

    Args:
        tools: What the model may call.
        bridge: Said, one after the other, while a slow tool runs; empty for silence.
        bridge_after: Seconds a tool may take before the first of them is said.
        seconds: Seconds after which a tool has failed.
    """
    return [_livekit_tool(tool, tuple(bridge), bridge_after, seconds) for tool in tools]


def _livekit_tool(
    tool: Tool, bridge: tuple[str, ...], bridge_after: float, seconds: float
) -> llm.Tool:
    async def call(raw_arguments: dict[str, Any], context: RunContext[Any]) -> str:
        if not bridge:
            return await _checked(tool, raw_arguments, seconds)
        line = bridge[context.speech_handle.num_steps % len(bridge)]
        async with context.with_filler(line, delay=bridge_after):
            return await _checked(tool, raw_arguments, seconds)

    schema = {
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.parameters),
    }
    return llm.function_tool(call, raw_schema=schema)


async def _checked(tool: Tool, arguments: dict[str, Any], seconds: float) -> str:
    """Runs the tool; what goes wrong becomes an error the model is told about."""
    try:
        async with asyncio.timeout(seconds):
            return await tool.run(arguments)
    except TimeoutError:
        error: VisavisError = ToolTimeout(f"The tool {tool.name} took too long.")
    except VisavisError as failure:
        error = failure
    except Exception as failure:
        log.warning("the tool %s raised %s", tool.name, type(failure).__name__)
        error = VisavisError(f"The tool {tool.name} failed.")
    log.info("the tool %s failed: %s", tool.name, error.code)
    raise llm.ToolError(f"{error.code}: {error.message}")
