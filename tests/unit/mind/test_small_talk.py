import asyncio
from collections.abc import Sequence

import numpy as np
import pytest
from mind_fakes import FakeLlm, WordEmbedder, fake_llm

from agent.mind.llm import ChatModel
from agent.mind.persona.persona import load_persona
from agent.mind.retrieval.embedding import Vectors
from agent.mind.retrieval.index import Found
from agent.mind.small_talk import SmallTalk, recognise, sane
from agent.models.llm import Endpoint
from agent.settings import MindSettings

VERA = load_persona(MindSettings().prompts_dir, "vera")
VERA_THANKS = VERA.small_talk["thanks"].replies[0]


async def embed(texts: Sequence[str]) -> Vectors:
    return WordEmbedder().queries(texts)


async def talk(server: FakeLlm | None) -> SmallTalk:
    model = None
    if server:
        where = Endpoint(server.base_url, "", "m")
        model = await asyncio.to_thread(
            ChatModel, lambda: where, temperature=0.0, timeout_seconds=5.0
        )
    small = SmallTalk(VERA, model, embed)
    await small.prepare()
    return small


@pytest.mark.parametrize(
    "text",
    ["You're very welcome!", "Hello, it's good to see you!", "I'm sorry to hear that."],
)
def test_sane(text: str) -> None:
    assert sane(text)


@pytest.mark.parametrize(
    "text",
    [
        "Hi!",
        "I have 3 cats.",
        "It costs twelve euros.",
        "I'm a robot, I'm a robot.",
        "My blog is doing very well.",
        "I'm here with Anna today.",
        "Thank you very much",
        "Thank you so much 😀.",
        "This is a sentence that goes on and on, and never comes near to any point it once had.",
    ],
)
def test_insane(text: str) -> None:
    assert not sane(text)


def found(talk: float, fact: float, unknown: float = 0.0, phrase: float = 0.9) -> Found:
    zero = np.zeros(1, np.float32)
    scores = {"thanks": talk, "bye": 0.1}
    return Found(zero + fact, zero, zero, zero, unknown, 0.0, scores, phrase, 0.0)


def test_recognised_only_when_nothing_else_is_meant_more() -> None:
    assert recognise(found(0.7, 0.2)) == "thanks"
    assert recognise(found(0.7, 0.8)) is None
    assert recognise(found(0.7, 0.2, unknown=0.8)) is None
    assert recognise(found(0.1, 0.0)) is None
    assert recognise(found(0.7, 0.2, phrase=0.8)) is None


async def test_lines_vary_and_name_the_visitor() -> None:
    small = await talk(None)
    jokes = {await small.reply("joke", "a joke please", turn) for turn in range(3)}
    assert len(jokes) == 3
    met = await small.reply("introduction", "my name is anna", 0)
    assert met == "[happy:0.8] Nice to meet you, Anna!"
    assert "how I work" in await small.reply("bored", "I'm bored", 0)


async def test_good_words_of_the_model_are_said() -> None:
    async with fake_llm() as server:
        server.pieces = ["I'm glad I could help, ", "my pleasure! And", " so on"]
        own = await (await talk(server)).reply("thanks", "thanks", 0)
        assert "[happy" not in str(server.requests[-1]["messages"])
    assert own == "[happy:0.6] I'm glad I could help, my pleasure!"


@pytest.mark.parametrize("said", ["It opened in 1984.", "Bananas grow under palm trees.", "Ok"])
async def test_bad_words_of_the_model_are_not(said: str) -> None:
    async with fake_llm() as server:
        server.pieces = [said]
        assert await (await talk(server)).reply("thanks", "thanks", 0) == VERA_THANKS


async def test_a_broken_model_goes_unnoticed() -> None:
    async with fake_llm() as server:
        server.status = 500
        assert await (await talk(server)).reply("thanks", "thanks", 0) == VERA_THANKS


async def test_the_model_is_not_asked_where_facts_are_at_stake() -> None:
    async with fake_llm() as server:
        await (await talk(server)).reply("are_you_real", "are you real", 0)
        assert server.requests == []
