"""Functions a language model may call: what one is, and those written in Python.

Nothing that is passed or returned is logged.
"""

import asyncio
import importlib
import inspect
import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from livekit.agents import llm
from livekit.agents.llm.utils import prepare_function_arguments

from agent.errors import VisavisError

Schema = Mapping[str, Any]
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
"""What language models accept as a function's name."""
MAX_RESULT_CHARS = 8_000
"""Longer results are cut: they would crowd out the conversation."""


class BadTool(VisavisError):
    """A tool is declared wrongly."""

    code, status = "bad_tool", 422


class ToolFailed(VisavisError):
    """A tool did not do its work; the language model is told, and finds words for it."""

    code, status = "tool_failed", 502


class ToolTimeout(ToolFailed):
    """A tool took longer than it may."""

    code, status = "tool_timeout", 504


@dataclass(frozen=True, slots=True)
class Tool:
    """One function a language model may call.

    Attributes:
        name: Unique within a session.
        description: Tells the model when to call it.
        parameters: JSON schema of its arguments, an object.
        run: Takes the arguments as the model wrote them and returns what the model is told;
            raises `ToolFailed`.
    """

    name: str
    description: str
    parameters: Schema
    run: Callable[[dict[str, Any]], Awaitable[str]]

    @property
    def schema(self) -> dict[str, Any]:
        """The tool as the OpenAI protocol offers it."""
        function = {
            "name": self.name,
            "description": self.description,
            "parameters": dict(self.parameters),
        }
        return {"type": "function", "function": function}


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call the model asked for; `arguments` is the JSON text it wrote."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """A call and what came of it."""

    call: ToolCall
    result: str


@dataclass(frozen=True, slots=True)
class ToolUse:
    """The tools of one answer.

    Attributes:
        schemas: What may be called, as the OpenAI protocol offers it.
        called: Takes each call the model asks for.
        exchanges: What was called for this question already.
    """

    schemas: tuple[dict[str, Any], ...]
    called: Callable[[ToolCall], None]
    exchanges: tuple[Exchange, ...] = ()


def python_tools(paths: Sequence[str]) -> list[Tool]:
    """Returns the tools at import paths, "package.module:function".

    Raises:
        BadTool: One cannot be imported, is no function, or has untyped parameters; or two share
            a name.
    """
    tools = [python_tool(path) for path in paths]
    refuse_duplicates(tools)
    return tools


def python_tool(path: str) -> Tool:
    """Returns the tool at `path`. A plain function runs in a thread, a coroutine on the loop.

    Raises:
        BadTool: See `python_tools`.
    """
    function = _imported(path)
    untyped = [
        parameter.name
        for parameter in inspect.signature(function).parameters.values()
        if parameter.annotation is inspect.Parameter.empty
    ]
    if untyped:
        raise BadTool(f"The tool {path} has parameters without a type: {', '.join(untyped)}.")
    declared: Any = llm.function_tool(_awaitable(function))
    try:
        described = llm.ToolContext([declared]).parse_function_tools("openai", strict=False)[0]
    except Exception:
        raise BadTool(f"The parameters of the tool {path} have no JSON schema.") from None
    schema = described["function"]
    if not schema["description"]:
        raise BadTool(f"The tool {path} needs a docstring that tells the model when to call it.")

    async def run(arguments: dict[str, Any]) -> str:
        try:
            positional, named = prepare_function_arguments(fnc=declared, json_arguments=arguments)
        except llm.ToolError as error:
            raise ToolFailed(str(error.message)) from None
        return as_text(await declared(*positional, **named))

    return Tool(schema["name"], schema["description"].strip(), schema["parameters"], run)


def refuse_duplicates(tools: Sequence[Tool]) -> None:
    """Raises `BadTool` if two tools share a name."""
    names = [tool.name for tool in tools]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise BadTool(f"More than one tool is called {', '.join(twice)}.")


def as_text(result: object) -> str:
    """Returns what a tool returned as the model reads it: text as it is, all else as JSON."""
    text = result if isinstance(result, str) else json.dumps(result, default=str)
    return text if len(text) <= MAX_RESULT_CHARS else text[:MAX_RESULT_CHARS] + " …"


def _imported(path: str) -> Callable[..., Any]:
    module, _, name = path.partition(":")
    try:
        function = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError):
        raise BadTool(f"There is no tool {path}; write package.module:function.") from None
    if not callable(function) or inspect.isclass(function):
        raise BadTool(f"The tool {path} is not a function.")
    checked: Callable[..., Any] = function
    return checked


def _awaitable(function: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    if inspect.iscoroutinefunction(function):
        return function

    async def in_thread(*positional: Any, **named: Any) -> Any:
        return await asyncio.to_thread(function, *positional, **named)

    for attribute in ("__name__", "__doc__", "__module__", "__annotations__"):
        setattr(in_thread, attribute, getattr(function, attribute))
    in_thread.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    return in_thread
