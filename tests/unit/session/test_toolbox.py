"""The tools of a session: what its client declares and answers."""

import asyncio
from typing import Any

import pytest
from livekit.agents import Agent, llm

from agent.errors import BadRequest, Unavailable
from agent.events import Event, RegisterToolsEvent, ToolCallEvent, ToolDeclaration, ToolResultEvent
from agent.mind.tools.tool import BadTool, Tool
from agent.session.toolbox import Toolbox
from agent.settings import MindSettings

SHOW = ToolDeclaration(name="show", description="Shows.", parameters={"type": "object"})


async def look(arguments: dict[str, Any]) -> str:
    return "looked"


OWN = Tool("look", "Looks.", {"type": "object"}, look)


def toolbox(sent: list[Event], base_url: str | None = "http://x/v1") -> Toolbox:
    return Toolbox(MindSettings(base_url=base_url), [OWN], (), sent.append)


def names(agent: Agent) -> list[str]:
    return [tool.info.name for tool in agent.tools if isinstance(tool, llm.RawFunctionTool)]


async def test_a_client_declares_answers_and_replaces_its_tools() -> None:
    sent: list[Event] = []
    box = toolbox(sent)
    agent = Agent(instructions="", tools=box.offered())
    assert names(agent) == ["look"]
    await box.handle_event(RegisterToolsEvent(tools=[SHOW]), agent)
    assert names(agent) == ["look", "show"]
    show = next(t for t in agent.tools if isinstance(t, llm.RawFunctionTool) and t.id == "show")
    running = asyncio.ensure_future(show(raw_arguments={"a": 1}, context=None))
    await asyncio.sleep(0.01)
    (call,) = sent
    assert isinstance(call, ToolCallEvent)
    assert (call.name, call.arguments) == ("show", {"a": 1})
    await box.handle_event(ToolResultEvent(call=call.call, result="shown"), agent)
    assert await running == "shown"
    await box.handle_event(RegisterToolsEvent(tools=[]), agent)
    assert names(agent) == ["look"]


async def test_a_bad_declaration_changes_nothing() -> None:
    box = toolbox([])
    agent = Agent(instructions="", tools=box.offered())
    await box.handle_event(RegisterToolsEvent(tools=[SHOW]), agent)
    twin = ToolDeclaration(name="look", description="d", parameters={"type": "object"})
    with pytest.raises(BadTool, match="called look"):
        await box.handle_event(RegisterToolsEvent(tools=[twin]), agent)
    assert names(agent) == ["look", "show"]
    with pytest.raises(BadRequest):
        await box.handle_event(ToolResultEvent(call="call_9", result="x"), agent)


async def test_without_a_language_model_there_are_no_tools() -> None:
    box = toolbox([], base_url=None)
    assert box.offered() == []
    with pytest.raises(Unavailable, match="base_url"):
        await box.handle_event(RegisterToolsEvent(tools=[SHOW]), Agent(instructions=""))
