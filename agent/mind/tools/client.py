"""Functions that run at the client: it declares them, is asked, and answers.

One object per session; nothing here knows how events travel.
"""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jsonschema  # type: ignore[import-untyped]

from agent.errors import BadRequest
from agent.mind.tools.tool import (
    NAME,
    BadTool,
    Schema,
    Tool,
    ToolFailed,
    as_text,
    refuse_duplicates,
)

MAX_TOOLS = 32
MAX_DESCRIPTION_CHARS = 1_000


@dataclass(frozen=True, slots=True)
class Declared:
    """What a client declares: name, description, and the JSON schema of the arguments."""

    name: str
    description: str
    parameters: Schema


class ClientTools:
    """The tools of one client.

    Args:
        ask: Sends a call to the client: its id, the tool's name and the arguments. Never blocks.
    """

    def __init__(self, ask: Callable[[str, str, dict[str, Any]], None]) -> None:
        self._ask = ask
        self._ids = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[str]] = {}

    def declare(self, tools: Sequence[Declared]) -> list[Tool]:
        """Returns the client's tools; earlier ones are no longer offered.

        Raises:
            BadTool: Too many, a bad name, no description, or a schema that is none.
        """
        if len(tools) > MAX_TOOLS:
            raise BadTool(f"A client may declare at most {MAX_TOOLS} tools.")
        made = [self._tool(declared) for declared in tools]
        refuse_duplicates(made)
        return made

    def answer(self, call: str, result: str | None, error: str | None) -> None:
        """Takes the client's answer to a call: what came of it, or why nothing did.

        Raises:
            BadRequest: No such call is waiting, or the answer is neither or both.
        """
        if (result is None) == (error is None):
            raise BadRequest("A tool_result holds either a result or an error.")
        waiting = self._waiting.pop(call, None)
        if waiting is None or waiting.done():
            raise BadRequest("No tool call of this id is waiting.")
        if result is not None:
            waiting.set_result(as_text(result))
        else:
            waiting.set_exception(ToolFailed(as_text(error)))

    def aclose(self) -> None:
        """Fails what is still waiting: the client has gone."""
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(ToolFailed("The client has gone."))
        self._waiting.clear()

    def _tool(self, declared: Declared) -> Tool:
        if not NAME.fullmatch(declared.name):
            raise BadTool("A tool's name has up to 64 letters, digits, hyphens and underscores.")
        if not 0 < len(declared.description.strip()) <= MAX_DESCRIPTION_CHARS:
            raise BadTool(f"The tool {declared.name} needs a description of at most 1000 letters.")
        validator = _validator(declared)

        async def run(arguments: dict[str, Any]) -> str:
            faults = [fault.message for fault in validator.iter_errors(arguments)]
            if faults:
                raise ToolFailed(f"Bad arguments for {declared.name}: {'; '.join(faults[:3])}")
            return await self._call(declared.name, arguments)

        return Tool(declared.name, declared.description, declared.parameters, run)

    async def _call(self, name: str, arguments: dict[str, Any]) -> str:
        call = f"call_{next(self._ids)}"
        waiting: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting[call] = waiting
        try:
            self._ask(call, name, arguments)
            return await waiting
        finally:
            self._waiting.pop(call, None)


def _validator(declared: Declared) -> Any:
    kind = jsonschema.Draft202012Validator
    if declared.parameters.get("type") != "object":
        raise BadTool(f"The parameters of {declared.name} must be a JSON schema of type object.")
    try:
        kind.check_schema(declared.parameters)
    except jsonschema.SchemaError:
        raise BadTool(f"The parameters of {declared.name} are not a JSON schema.") from None
    if "$ref" in str(declared.parameters):
        raise BadTool(f"The parameters of {declared.name} must not refer to other schemas.")
    return kind(declared.parameters)
