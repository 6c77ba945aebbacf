"""Tools in Python and at the client: schemas, checks, errors."""

import asyncio
import json
from typing import Any

import pytest

from agent.errors import BadRequest
from agent.mind.tools.client import MAX_TOOLS, ClientTools, Declared
from agent.mind.tools.tool import MAX_RESULT_CHARS, BadTool, ToolFailed, as_text, python_tool
from agent.mind.tools.tool import python_tools as load

COLOUR = {
    "type": "object",
    "properties": {"colour": {"type": "string", "enum": ["red", "blue"]}},
    "required": ["colour"],
    "additionalProperties": False,
}


def test_a_signature_becomes_a_schema() -> None:
    tool = python_tool("tool_samples:weather")
    assert (tool.name, tool.description) == ("weather", "Tells the weather in a town.")
    properties = tool.parameters["properties"]
    assert properties["town"]["type"] == "string"
    assert properties["town"]["description"] == "Its name."
    assert properties["unit"]["enum"] == ["celsius", "fahrenheit"]
    assert tool.parameters["required"] == ["town"]
    assert tool.schema["function"]["parameters"] == tool.parameters


async def test_coroutines_and_plain_functions_run() -> None:
    weather = await python_tool("tool_samples:weather").run({"town": "Ulm"})
    assert json.loads(weather) == {"town": "Ulm", "sky": "clear", "unit": "celsius"}
    assert await python_tool("tool_samples:add").run({"a": 2, "b": 3}) == "5"


@pytest.mark.parametrize(
    "arguments", [{}, {"town": "Ulm", "unit": "kelvin"}, {"town": ["Ulm"]}], ids=str
)
async def test_arguments_are_checked(arguments: dict[str, Any]) -> None:
    with pytest.raises(ToolFailed, match="weather"):
        await python_tool("tool_samples:weather").run(arguments)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("tool_samples:missing", "no tool"),
        ("nowhere.at_all:f", "no tool"),
        ("tool_samples", "no tool"),
        ("tool_samples:answer", "not a function"),
        ("tool_samples:untyped", "without a type: a"),
        ("tool_samples:silent", "docstring"),
    ],
)
def test_what_is_no_tool(path: str, reason: str) -> None:
    with pytest.raises(BadTool, match=reason):
        python_tool(path)


def test_a_name_is_taken_once() -> None:
    with pytest.raises(BadTool, match="called add"):
        load(["tool_samples:add", "tool_samples:add"])


def test_long_results_are_cut() -> None:
    assert len(as_text("x" * 20_000)) < MAX_RESULT_CHARS + 5
    assert as_text({"a": [1]}) == '{"a": [1]}'


class Client:
    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.tools = ClientTools(lambda *call: self.asked.append(call))


async def test_the_client_is_asked_and_answers() -> None:
    client = Client()
    (paint,) = client.tools.declare([Declared("paint", "Paints the page.", COLOUR)])
    running = asyncio.ensure_future(paint.run({"colour": "red"}))
    await asyncio.sleep(0)
    ((call, name, arguments),) = client.asked
    assert (name, arguments) == ("paint", {"colour": "red"})
    client.tools.answer(call, "painted", None)
    assert await running == "painted"
    with pytest.raises(BadRequest, match="No tool call"):
        client.tools.answer(call, "painted", None)


async def test_the_client_may_fail_or_leave() -> None:
    client = Client()
    (paint,) = client.tools.declare([Declared("paint", "Paints the page.", COLOUR)])
    failing = asyncio.ensure_future(paint.run({"colour": "red"}))
    leaving = asyncio.ensure_future(paint.run({"colour": "blue"}))
    await asyncio.sleep(0)
    client.tools.answer(client.asked[0][0], None, "no paint left")
    client.tools.aclose()
    with pytest.raises(ToolFailed, match="no paint left"):
        await failing
    with pytest.raises(ToolFailed, match="gone"):
        await leaving


async def test_a_cancelled_call_waits_no_more() -> None:
    client = Client()
    (paint,) = client.tools.declare([Declared("paint", "Paints the page.", COLOUR)])
    running = asyncio.ensure_future(paint.run({"colour": "red"}))
    await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    with pytest.raises(BadRequest):
        client.tools.answer(client.asked[0][0], "late", None)


async def test_the_model_must_keep_to_the_clients_schema() -> None:
    client = Client()
    (paint,) = client.tools.declare([Declared("paint", "Paints the page.", COLOUR)])
    with pytest.raises(ToolFailed, match="'green' is not one of"):
        await paint.run({"colour": "green"})
    assert client.asked == []


@pytest.mark.parametrize("answer", [(None, None), ("a", "b")])
async def test_an_answer_is_one_of_both(answer: tuple[str | None, str | None]) -> None:
    with pytest.raises(BadRequest, match="either"):
        Client().tools.answer("call_1", *answer)


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        (Declared("two words", "d", COLOUR), "name"),
        (Declared("f", " ", COLOUR), "description"),
        (Declared("f", "d", {"type": "string"}), "type object"),
        (Declared("f", "d", {"type": "object", "required": 3}), "not a JSON schema"),
        (
            Declared("f", "d", {"type": "object", "properties": {"a": {"$ref": "http://x"}}}),
            "must not refer",
        ),
    ],
)
def test_bad_declarations(declared: Declared, reason: str) -> None:
    with pytest.raises(BadTool, match=reason):
        Client().tools.declare([declared])


def test_too_many_or_twice() -> None:
    with pytest.raises(BadTool, match="at most"):
        Client().tools.declare([Declared(f"f{n}", "d", COLOUR) for n in range(MAX_TOOLS + 1)])
    with pytest.raises(BadTool, match="called f"):
        Client().tools.declare([Declared("f", "d", COLOUR)] * 2)
