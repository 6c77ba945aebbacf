"""Functions of this program that the avatar's language model may call."""

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from visavis_client.event_types import (
    ToolCall,
)
from visavis_client.session import Connection, Session


@dataclass(frozen=True, slots=True)
class Tool:
    """A function the avatar may call.

    Attributes:
        description: When to call it, told to the language model.
        parameters: JSON schema of its arguments, an object.
        run: Gets the arguments; what it returns (or resolves to) is told to the language model,
            what it raises likewise.
    """

    description: str
    parameters: Mapping[str, Any]
    run: Callable[[dict[str, Any]], Any]


def offer_tools(session: Session, tools: Mapping[str, Tool]) -> Callable[[], None]:
    """Offers tools, by name, on every connection anew; returns what takes them back.

    The server answers with an `error` event if a declaration cannot be used, or if no language
    model is set up there.
    """
    declared = [
        {"name": name, "description": tool.description, "parameters": dict(tool.parameters)}
        for name, tool in tools.items()
    ]

    def declare(connection: Connection) -> None:
        if connection.state == "connected":
            session.send("register_tools", tools=declared)

    async def answer(event: ToolCall) -> None:
        if (tool := tools.get(event.name)) is None:
            return
        try:
            result = tool.run(event.arguments)
            if inspect.isawaitable(result):
                result = await result
            told = "done" if result is None else result
            text = told if isinstance(told, str) else _compact(told)
        except Exception as error:
            reason = str(error) or "it failed"
            session.send("tool_result", call=event.call, result=None, error=reason)
            return
        session.send("tool_result", call=event.call, result=text, error=None)

    ends = [session.on("connection", declare), session.on(ToolCall, answer)]
    declare(session.connection)

    def take_back() -> None:
        for end in ends:
            end()
        session.send("register_tools", tools=[])

    return take_back


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
