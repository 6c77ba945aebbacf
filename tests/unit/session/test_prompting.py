"""Words given to say are said as they are; the mind is not asked."""

import pytest
from talking import Paper, talking

from agent.errors import BadRequest
from agent.events import SpeakEvent, TextEvent
from agent.mind.message import Message
from agent.mind.persona.cues import Feel
from render.motion.emotion import Emotion


async def test_given_words_are_said_word_for_word_and_remembered() -> None:
    paper = Paper()
    async with talking(paper.answer) as talk:
        await talk.session.handle(SpeakEvent(text="[happy] The shop  closes at six."))
        said = await talk.until("agent_transcript", final=True)
        assert (said.text, said.turn) == ("The shop closes at six.", 1)
        assert " ".join(talk.voice.said) == "The shop closes at six."
        assert Feel(Emotion.HAPPY) in talk.performer.told
        assert paper.turns == []
        await talk.session.handle(TextEvent(text="When?"))
        asked = await talk.until("user_transcript", final=True)
        assert (asked.text, asked.turn) == ("When?", 2)
        await talk.until("agent_transcript", final=True)
    assert paper.turns == [[Message("assistant", said.text)]]


async def test_given_words_end_what_is_being_said() -> None:
    paper = Paper()
    paper.pieces = ("Once more and " * 20,)
    async with talking(paper.answer) as talk:
        await talk.session.handle(TextEvent(text="Tell me."))
        await talk.sounds(20)
        await talk.session.handle(SpeakEvent(text="Enough."))
        assert (await talk.until("agent_transcript", final=True)).interrupted
        assert (await talk.until("agent_transcript", final=True)).text == "Enough."


async def test_what_follows_a_request_carries_its_id() -> None:
    paper = Paper()
    paper.pieces = ("Once more and " * 20,)
    async with talking(paper.answer) as talk:
        await talk.session.handle(TextEvent(text="Tell me.", request="a"))
        assert (await talk.until("user_transcript", final=True)).request == "a"
        assert (await talk.until("agent_transcript", final=False)).request == "a"
        await talk.sounds(20)
        await talk.session.handle(SpeakEvent(text="Enough.", request="b"))
        cut = await talk.until("agent_transcript", final=True)
        assert (cut.interrupted, cut.request) == (True, "a")
        assert (await talk.until("agent_transcript", final=True)).request == "b"
        await talk.session.handle(TextEvent(text="Thank you."))
        assert (await talk.until("user_transcript", final=True)).request is None


async def test_only_space_cannot_be_said() -> None:
    async with talking(Paper().answer) as talk:
        with pytest.raises(BadRequest):
            await talk.session.handle(SpeakEvent(text="  "))


async def test_every_request_ends_with_an_event() -> None:
    async with talking(Paper().answer) as talk:
        names = [f"r{number}" for number in range(6)]
        for name in names:
            await talk.session.handle(SpeakEvent(text="One two three.", request=name))
        seen: dict[str, bool] = {}
        while len(seen) < len(names):
            event = await talk.until("agent_transcript", final=True)
            seen[event.request] = event.interrupted
        assert set(seen) == set(names)
        assert seen["r5"] is False
        assert all(seen[name] for name in names[:5])


async def test_a_speech_of_tags_alone_ends_at_once() -> None:
    async with talking(Paper().answer) as talk:
        await talk.session.handle(SpeakEvent(text="[happy:0.5]", request="tag"))
        event = await talk.until("agent_transcript", final=True, request="tag")
        assert event.text == ""
        await talk.session.handle(SpeakEvent(text="And on.", request="next"))
        event = await talk.until("agent_transcript", final=True, request="next")
        assert event.text == "And on."
