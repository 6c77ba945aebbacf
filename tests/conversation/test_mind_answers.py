"""Whole conversations with the two personas we ship, real embeddings and the real small model."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from rapidfuzz import fuzz

from agent.bench.answers import SETS, Graded, Grader, Set, cases
from agent.mind.message import Message
from agent.mind.mind import Mind
from agent.mind.persona.cues import plain
from agent.mind.persona.persona import load_persona
from agent.mind.retrieval.knowledge import load_knowledge
from agent.models.llm import EmbeddedLlm
from agent.settings import MindSettings

SETTINGS = MindSettings()
_CLOSEST = 92


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mind(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Mind]:
    made = Mind(SETTINGS, tmp_path_factory.mktemp("index"), embedded=EmbeddedLlm())
    await made.start()
    yield made
    await made.aclose()


async def converse(mind: Mind, persona: str, *questions: str) -> list[str]:
    turns: list[Message] = []
    for question in questions:
        pieces = [piece async for piece in mind.answer(turns, question, persona=persona)]
        said = plain("".join(pieces))
        turns += [Message("user", question), Message("assistant", said)]
    return [turn.text for turn in turns[1::2]]


@pytest.mark.models
@pytest.mark.asyncio(loop_scope="module")
async def test_a_visit_to_the_museum(mind: Mind) -> None:
    hello, hours, monday, again, parking, price, bye = await converse(
        mind,
        "museum",
        "Hello!",
        "When are you open?",
        "And on Monday?",
        "Sorry, could you say that again?",
        "Where can I park?",
        "How much is that?",
        "Thanks, goodbye!",
    )
    assert hello
    assert "ten to six" in hours
    assert monday == again == "On Mondays we are closed."
    assert "car park" in parking
    assert "three euros" in price
    assert "euro" not in bye


@pytest.mark.models
@pytest.mark.asyncio(loop_scope="module")
async def test_a_talk_with_vera(mind: Mind) -> None:
    what, cost, unknown, real = await converse(
        mind,
        "vera",
        "What is visa viz?",
        "What does it cost, and do I need a graphics card?",
        "What is the capital of Portugal?",
        "Are you a real person?",
    )
    assert "agent with a face" in what
    assert "free" in cost
    assert "graphics card" in cost
    assert "know" in unknown
    assert "computer" in real
    assert "real" in real


async def graded(mind: Mind, part: Set) -> list[Graded]:
    every: list[Graded] = []
    for persona in ("vera", "museum"):
        grader = Grader(mind, persona, SETTINGS.prompts_dir)
        every += [await grader.ask(case) for case in cases(persona, part)]
    return every


def share(every: list[Graded], kind: str) -> float:
    chosen = [each.right for each in every if each.kind == kind]
    return sum(chosen) / len(chosen)


@pytest.mark.models
@pytest.mark.asyncio(loop_scope="module")
async def test_the_tuned_set_stays_at_its_level(mind: Mind) -> None:
    every = await graded(mind, "tuned")
    assert share(every, "grounded") >= 0.9
    assert share(every, "small_talk") >= 0.95
    assert share(every, "out_of_scope") >= 0.85
    assert sum(each.invented for each in every) / len(every) <= 0.02


@pytest.mark.models
@pytest.mark.asyncio(loop_scope="module")
async def test_the_blind_set_stays_at_its_level(mind: Mind) -> None:
    every = await graded(mind, "blind")
    assert share(every, "grounded") >= 0.9
    assert share(every, "small_talk") >= 0.72
    assert sum(each.invented for each in every) / len(every) <= 0.025


@pytest.mark.parametrize("persona", ["vera", "museum"])
@pytest.mark.parametrize("part", SETS)
def test_the_benchmark_is_held_out(persona: str, part: Set) -> None:
    names = load_persona(SETTINGS.prompts_dir, persona).knowledge
    knowledge = load_knowledge(SETTINGS.prompts_dir / "knowledge" / name for name in names)
    known = [text for fact in knowledge.facts for text in fact.questions] + list(knowledge.gaps)
    close = [
        (case.ask, text)
        for case in cases(persona, part)
        if case.kind != "small_talk" and not case.misheard and not case.before
        for text in known
        if fuzz.ratio(case.ask.lower(), text.lower()) > _CLOSEST
    ]
    assert close == []


@pytest.mark.parametrize("part", SETS)
def test_each_set_is_as_large_as_promised(part: Set) -> None:
    every = [case for persona in ("vera", "museum") for case in cases(persona, part)]
    grounded = [case for case in every if case.kind == "grounded"]
    assert len(grounded) >= 60
    assert sum(case.misheard for case in grounded) >= 10
    assert sum(case.kind == "out_of_scope" for case in every) >= 30
    assert len({case.ask for case in every if case.kind == "small_talk"}) >= 20
