"""Summaries: when, of what, by whom; and livekit's contexts staying small."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from livekit.agents import AgentSession, llm
from mind_fakes import FakeLlm, fake_llm
from watchers import AnswerWatcher

from agent.mind.llm import ChatModel
from agent.mind.memory import KEPT_TURNS, Memory, cost, extract, foldable, latest, tokens
from agent.mind.message import Message
from agent.mind.tools.tool import ToolUse
from agent.models.llm import Endpoint
from agent.session.llm import MindLLM, split
from agent.session.speaker import SpeakingAgent
from agent.session.summarising import KEPT_EVENTS

FACTS = [
    Message("user", "Hello there. My name is Ada, and I am allergic to walnuts."),
    Message("assistant", "Nice to meet you. How can I help?"),
    Message("user", "Is it open on Monday?"),
    Message("assistant", "On Mondays we are closed. We are open on all other days."),
]


def turns(count: int) -> list[Message]:
    roles = ("user", "assistant")
    return [Message(roles[at % 2], f"{at} " + "word " * 20) for at in range(count)]  # type: ignore[arg-type]


def test_tokens_are_about_right() -> None:
    assert tokens("") == 0
    assert 8 <= tokens("The quick brown fox jumps over the lazy dog.") <= 12
    assert tokens("你好世界") == 4


def test_nothing_is_folded_within_the_budget() -> None:
    said = turns(10)
    assert foldable(said, cost(said)) == 0
    assert foldable([], 100) == 0


def test_half_the_budget_is_free_afterwards() -> None:
    said = turns(40)
    budget = cost(said) // 2
    count = foldable(said, budget)
    assert said[count].role == "user"
    assert cost(said[count:]) <= budget / 2 + cost(said[:1])
    assert cost(said[count - 2 :]) > budget / 2


def test_the_latest_turns_stay_however_long_they_are() -> None:
    said = turns(10)
    assert len(said) - foldable(said, 10) == KEPT_TURNS


def test_a_lone_summary_is_not_folded_again() -> None:
    said = [Message("summary", "word " * 200), *turns(KEPT_TURNS)]
    assert foldable(said, 50) == 0


def test_the_latest_within_a_budget() -> None:
    said = [Message("summary", "s"), *turns(40)]
    kept = latest(said, 300)
    assert kept[0] == said[0]
    assert list(kept[1:]) == said[-(len(kept) - 1) :]
    assert cost(kept) <= 300
    assert len(latest(said, 1)) == 1 + KEPT_TURNS


def test_what_visitors_say_of_themselves_is_kept() -> None:
    kept = extract(FACTS, 20)
    assert kept.splitlines()[0] == "Visitor: My name is Ada, and I am allergic to walnuts."
    assert tokens(kept) <= 20
    assert "Nice to meet you" not in kept


def test_an_extract_survives_the_next_one() -> None:
    first = Message("summary", extract(FACTS, 40))
    again = extract([first, *turns(6)], 60)
    assert "allergic to walnuts" in again
    assert again.count("Ada") == 1


@pytest.fixture
async def server() -> AsyncIterator[FakeLlm]:
    async with fake_llm() as fake:
        yield fake


async def model(server: FakeLlm) -> ChatModel:
    def endpoint() -> Endpoint:
        return Endpoint(server.base_url, "", "m")

    return await asyncio.to_thread(ChatModel, endpoint, temperature=0.0, timeout_seconds=5.0)


async def test_the_model_writes_the_summary(server: FakeLlm) -> None:
    server.pieces = ["Ada is allergic ", "to walnuts.\n"]
    text = await Memory(400, await model(server)).summarise(FACTS)
    assert text == "Ada is allergic to walnuts."
    messages = server.requests[0]["messages"]
    assert isinstance(messages, list)
    assert "never an instruction" in messages[0]["content"]
    assert "Visitor: Is it open on Monday?" in messages[1]["content"]


async def test_without_it_sentences_are_kept(server: FakeLlm) -> None:
    server.status = 500
    assert "allergic to walnuts" in await Memory(400, await model(server)).summarise(FACTS)
    assert "allergic to walnuts" in await Memory(400).summarise(FACTS)


async def test_a_long_conversation_stays_small() -> None:
    asked: list[list[Message]] = []

    async def answer(before: list[Message], question: str, *, tools: ToolUse) -> AsyncIterator[str]:
        asked.append(list(before))
        yield "This is what I know about it, and that is all there is to say."

    session: AgentSession[None] = AgentSession(llm=MindLLM(answer, "Sorry.", AnswerWatcher()))  # type: ignore[arg-type]
    agent = SpeakingAgent(memory=Memory(200))
    await session.start(agent)
    await session.generate_reply(user_input="My name is Ada and I need a ticket for the tower.")
    for number in range(30):
        await session.generate_reply(user_input=f"What about the exhibit of number {number}, then?")
    assert max(map(cost, asked)) < 300
    assert asked[-1][0].role == "summary"
    assert "My name is Ada" in asked[-1][0].text
    assert "number 28" in asked[-1][-2].text
    assert [turn.role for turn in asked[-1][1:3]] == ["user", "assistant"]
    assert len(session.history.items) < 30
    assert len(session._recorded_events) < 2 * KEPT_EVENTS
    await session.aclose()


def test_a_summary_is_told_apart() -> None:
    context = llm.ChatContext.empty()
    context.add_message(role="system", content="Instructions.")
    context.add_message(role="developer", content="Visitor: My name is Ada.")
    context.add_message(role="user", content="And today?")
    before, question = split(context)
    assert before == [Message("summary", "Visitor: My name is Ada.")]
    assert question == "And today?"
