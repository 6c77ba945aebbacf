"""What a persona suggests to ask, it can answer."""

from pathlib import Path

import pytest

from agent.mind.mind import Mind
from agent.mind.persona.cues import plain
from agent.mind.persona.persona import persona_ids
from agent.models.llm import EmbeddedLlm
from agent.settings import Settings


@pytest.mark.models
async def test_every_suggested_question_is_answered(tmp_path: Path) -> None:
    """By the mind itself: a question that is offered must not end in "I don't know"."""
    settings = Settings()
    mind = Mind(settings.mind, tmp_path, embedded=EmbeddedLlm())
    await mind.start()
    try:
        for name in persona_ids(settings.mind.prompts_dir):
            persona = mind.persona(name)
            lines = (*persona.unknown, *persona.unclear, *persona.unsure)
            evasions = tuple(plain(line).split("{topics}")[0] for line in lines)
            assert len(persona.questions) >= 4
            for question in persona.questions:
                pieces = [piece async for piece in mind.answer([], question, persona=name)]
                answer = plain("".join(pieces))
                assert answer, question
                assert not answer.startswith(evasions), (question, answer)
    finally:
        await mind.aclose()
