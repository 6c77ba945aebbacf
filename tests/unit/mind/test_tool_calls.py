"""Tools in a conversation: livekit's session, our mind, an endpoint that streams real tool calls.

Text in, text out; what is asserted is the order of what happens, never how long it takes.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from livekit.agents import Agent, AgentSession, llm
from mind_fakes import FakeLlm, WordEmbedder, calling, fake_llm
from test_mind import prompts
from watchers import AnswerWatcher

from agent.mind.mind import Mind
from agent.mind.tools.client import ClientTools, Declared
from agent.mind.tools.livekit_tools import livekit_tools
from agent.mind.tools.tool import Tool, python_tools
from agent.session.llm import MindLLM
from agent.settings import MindSettings

BRIDGE = ("One moment.",)


class Talk:
    """One conversation: what was said and called, in order."""

    def __init__(self, session: AgentSession[None], server: FakeLlm) -> None:
        self.session, self.server = session, server
        self.log: list[tuple[str, str]] = []
        self.answered = asyncio.Event()
        session.on("conversation_item_added", self._item)

    def _item(self, event: Any) -> None:
        if isinstance(event.item, llm.ChatMessage):
            self.log.append((event.item.role, event.item.text_content or ""))

    async def ask(self, question: str) -> None:
        async with asyncio.timeout(20):
            await self.session.generate_reply(user_input=question)

    def asked(self, number: int) -> list[dict[str, Any]]:
        messages = self.server.requests[number]["messages"]
        assert isinstance(messages, list)
        return messages


@asynccontextmanager
async def talk(
    path: Path, tools: list[Tool], *, bridge_after: float = 5.0, seconds: float = 10.0
) -> AsyncIterator[Talk]:
    async with fake_llm() as server:
        settings = MindSettings(persona="ann", prompts_dir=prompts(path), base_url=server.base_url)
        mind = Mind(settings, embedder=WordEmbedder)
        await mind.start()
        brain = MindLLM(partial(mind.answer, persona="ann"), "Sorry.", AnswerWatcher())
        session: AgentSession[None] = AgentSession(llm=brain, user_away_timeout=None)
        offered = livekit_tools(tools, bridge=BRIDGE, bridge_after=bridge_after, seconds=seconds)
        conversation = Talk(session, server)
        await session.start(Agent(instructions="", tools=offered))
        try:
            yield conversation
        finally:
            await session.aclose()
            await mind.aclose()


async def test_the_model_calls_and_answers_with_what_came_of_it(tmp_path: Path) -> None:
    async with talk(tmp_path, python_tools(["tool_samples:weather"])) as it:
        it.server.script = [calling("weather", '{"tow', 'n": "Ulm"}')]
        it.server.pieces = ["It is clear ", "in Ulm."]
        await it.ask("How is the weather in Ulm?")
        assert it.log == [
            ("user", "How is the weather in Ulm?"),
            ("assistant", "It is clear in Ulm."),
        ]
        offered = it.server.requests[0]["tools"]
        assert isinstance(offered, list)
        assert offered[0]["function"]["name"] == "weather"
        *_, question, called, result = it.asked(1)
        assert question == {"role": "user", "content": "How is the weather in Ulm?"}
        assert called["tool_calls"][0]["id"] == result["tool_call_id"] == "c1"
        assert '"sky": "clear"' in result["content"]


async def test_two_calls_at_once(tmp_path: Path) -> None:
    async with talk(tmp_path, python_tools(["tool_samples:weather", "tool_samples:add"])) as it:
        both = calling("add", '{"a": 1, "b": 2}') + calling(
            "weather", '{"town": "Ulm"}', index=1, call="c2"
        )
        it.server.script = [both]
        await it.ask("Two things, please.")
        results = {m["tool_call_id"]: m["content"] for m in it.asked(1) if m["role"] == "tool"}
        assert results["c1"] == "3"
        assert "Ulm" in results["c2"]


async def test_a_slow_tool_is_bridged_by_words(tmp_path: Path) -> None:
    async with talk(tmp_path, python_tools(["tool_samples:slow"]), bridge_after=0.05) as it:
        it.server.script = [calling("slow", "{}")]
        await it.ask("Take your time.")
        assert [text for role, text in it.log if role == "assistant"] == ["One moment.", "Hello."]


async def test_a_fast_tool_is_not(tmp_path: Path) -> None:
    async with talk(tmp_path, python_tools(["tool_samples:add"]), bridge_after=5.0) as it:
        it.server.script = [calling("add", '{"a": 1, "b": 2}')]
        await it.ask("Add.")
        assert [text for role, text in it.log if role == "assistant"] == ["Hello."]


@pytest.mark.parametrize(
    ("deltas", "told"),
    [
        (calling("broken", "{}"), "internal: The tool broken failed."),
        (calling("never", "{}"), "tool_timeout: The tool never took too long."),
        (calling("weather", '{"town": 3'), "weather"),
        (calling("weather", "{}"), "tool_failed"),
        (calling("fly", "{}"), "Unknown function: fly"),
    ],
    ids=["raises", "hangs", "bad json", "bad arguments", "unknown"],
)
async def test_the_model_is_told_what_went_wrong(
    tmp_path: Path, deltas: list[dict[str, object]], told: str
) -> None:
    paths = [f"tool_samples:{name}" for name in ("broken", "never", "weather")]
    async with talk(tmp_path, python_tools(paths), seconds=0.2) as it:
        it.server.script = [deltas]
        await it.ask("Do something.")
        assert it.log[-1] == ("assistant", "Hello.")
        result = it.asked(1)[-1]
        assert result["role"] == "tool"
        assert told in result["content"]
        assert "secret" not in result["content"]


async def test_a_tool_of_the_client(tmp_path: Path) -> None:
    answer: list[Callable[[str, str | None, str | None], None]] = []

    def ask(call: str, name: str, arguments: dict[str, Any]) -> None:
        loop = asyncio.get_running_loop()
        loop.call_soon(answer[0], call, f"{name} {arguments['page']}", None)

    client = ClientTools(ask)
    answer.append(client.answer)
    schema = {"type": "object", "properties": {"page": {"type": "integer"}}, "required": ["page"]}
    tools = client.declare([Declared("show", "Shows a page.", schema)])
    async with talk(tmp_path, tools) as it:
        it.server.script = [calling("show", '{"page": 3}')]
        await it.ask("Show me page three.")
        assert it.asked(1)[-1]["content"] == "show 3"
        assert it.log[-1] == ("assistant", "Hello.")


async def test_an_interruption_stops_a_tool(tmp_path: Path) -> None:
    async with talk(tmp_path, python_tools(["tool_samples:never"])) as it:
        it.server.script = [calling("never", "{}")]
        asking = it.session.generate_reply(user_input="Do it.")
        async with asyncio.timeout(20):
            await it.server.closed.wait()
            await it.session.interrupt(force=True)
            await asking
        await it.ask("Never mind.")
        assert it.log[-1] == ("assistant", "Hello.")


async def test_the_next_turn_does_not_repeat_the_call(tmp_path: Path) -> None:
    async with talk(tmp_path, python_tools(["tool_samples:add"])) as it:
        it.server.script = [calling("add", '{"a": 1, "b": 2}')]
        await it.ask("Add.")
        await it.ask("Thanks.")
        assert [m["role"] for m in it.asked(2)[1:]] == ["user", "assistant", "user"]
