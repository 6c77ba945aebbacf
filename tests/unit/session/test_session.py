"""Whole conversations through livekit's session, with a voice of sine tones and a mind of paper.

Nothing here asserts how long anything took: what is waited for, comes.
"""

import asyncio

import pytest
from talking import CALM, Paper, talking

from agent.events import SetEmotionEvent, SetPresentationEvent, SetSpeedEvent, TextEvent
from agent.mind.message import Message
from agent.mind.persona.cues import Feel
from agent.session.apology import Manner
from render.motion.emotion import Emotion
from render.motion.gesture import Nod
from render.types import Attitude


async def test_tags_move_the_face_and_are_neither_spoken_nor_shown_nor_remembered() -> None:
    paper = Paper()
    paper.pieces = ("[hap", "py:0.6] Yes, of course I ", "can [n", "od] say [this] today.")
    async with talking(paper.answer) as talk:
        await talk.session.handle(TextEvent(text="Can you?"))
        shown = await talk.until("agent_transcript", final=True)
        assert shown.text == "Yes, of course I can say [this] today."
        assert " ".join(talk.voice.said) == shown.text
        assert talk.performer.told == [Feel(Emotion.HAPPY, 0.6), Nod(), CALM]
        await talk.session.handle(TextEvent(text="Again?"))
        await talk.until("agent_transcript", final=True)
    assert paper.turns[1] == [Message("user", "Can you?"), Message("assistant", shown.text)]


async def test_captions_hold_no_tags() -> None:
    paper = Paper()
    paper.pieces = ("[happy] Well, ", "[nod] that is so.")
    async with talking(paper.answer) as talk:
        await talk.session.handle(TextEvent(text="Is it?"))
        caption = await talk.until("caption")
        assert [word.text for word in caption.words] == ["Well,", "that", "is", "so."]
        assert all(word.end is not None and word.pts <= word.end for word in caption.words)
        final = await talk.until("agent_transcript", final=True)
        assert final.text == "Well, that is so."


async def test_a_pace_is_heard_from_the_next_words_on() -> None:
    paper = Paper()
    paper.pieces = ("One two three four five six.",)
    async with talking(paper.answer) as talk:
        frames = []
        for speed in (1.0, 2.0):
            await talk.session.handle(SetSpeedEvent(speed=speed))
            await talk.session.handle(TextEvent(text="Count."))
            words = (await talk.until("caption")).words
            frames.append(words[-1].pts - words[0].pts)
            await talk.until("agent_transcript", final=True)
    assert frames[0] == pytest.approx(2 * frames[1], abs=1)


async def test_an_interruption_drops_what_was_felt() -> None:
    paper = Paper()
    paper.pieces = ("[sad] " + "Once more and " * 20 + "[happy] again.",)
    async with talking(paper.answer, Manner(base=Feel(Emotion.HAPPY, 0.2))) as talk:
        await talk.session.handle(TextEvent(text="Tell me."))
        await talk.sounds(20)
        paper.pieces = ("Fine.",)
        await talk.session.handle(TextEvent(text="Stop."))
        assert talk.performer.told == [
            Feel(Emotion.HAPPY, 0.2),
            Feel(Emotion.SAD),
            Feel(Emotion.HAPPY, 0.2),
        ]
        cut = await talk.until("agent_transcript", final=True)
        assert cut.interrupted
        assert "[" not in cut.text
        await talk.until("agent_transcript", final=True)
        assert len(talk.performer.told) == 3


async def test_a_greeting_has_a_face_too() -> None:
    manner = Manner(greeting="[happy:0.5] Welcome to you.")
    async with talking(Paper().answer, manner) as talk:
        greeted = await talk.until("agent_transcript", final=True)
    assert greeted.text == "Welcome to you."
    assert talk.performer.told == [Feel(Emotion.HAPPY, 0.5), CALM]


async def test_a_client_sets_the_mood() -> None:
    async with talking(Paper().answer) as talk:
        await talk.session.handle(SetEmotionEvent(emotion="surprised", intensity=0.7))
        assert talk.performer.told == [Feel(Emotion.SURPRISED, 0.7)]


async def test_a_slow_answer_is_seen_being_thought_about_and_a_fast_one_is_not() -> None:
    paper = Paper()
    async with talking(paper.answer) as talk:
        await talk.session.handle(TextEvent(text="Fast?"))
        await talk.until("agent_transcript", final=True)
        assert Attitude.THINKING not in talk.performer.attitudes
        paper.gate = asyncio.Event()
        await talk.session.handle(TextEvent(text="Slow?"))
        await talk.becomes(lambda: Attitude.THINKING in talk.performer.attitudes)
        paper.gate.set()
        await talk.until("agent_transcript", final=True)
        assert Attitude.SPEAKING in talk.performer.attitudes


async def test_what_is_shown_changes_and_the_voice_goes_on() -> None:
    paper = Paper()
    paper.pieces = ("Once more and " * 10 + "again.",)
    async with talking(paper.answer) as talk:
        await talk.session.handle(TextEvent(text="Tell me."))
        await talk.until("watch", what="lips")
        for shown in ("motion", "audio", "video"):
            await talk.session.handle(SetPresentationEvent(presentation=shown))
            told = await talk.until("presentation")
            assert (told.presentation, told.reason) == (shown, "asked")
            assert talk.wire.presentation == shown
        final = await talk.until("agent_transcript", final=True)
        assert not final.interrupted


async def test_text_is_answered_without_a_voice_until_the_voice_is_asked_for() -> None:
    paper = Paper()
    paper.pieces = ("That is so.",)
    async with talking(paper.answer) as talk:
        await talk.session.handle(SetPresentationEvent(presentation="text", reason="device"))
        await talk.session.handle(TextEvent(text="Is it?"))
        final = await talk.until("agent_transcript", final=True)
        assert final.text == "That is so."
        assert talk.voice.said == []
        assert talk.wire.presentation == "audio"
        await talk.session.handle(SetPresentationEvent(presentation="video"))
        await talk.session.handle(TextEvent(text="And aloud?"))
        await talk.until("agent_transcript", final=True)
        assert " ".join(talk.voice.said) == "That is so."


async def test_a_camera_that_takes_the_face_silences_it() -> None:
    paper = Paper()
    paper.pieces = ("Once more and " * 20,)
    async with talking(paper.answer) as talk:
        await talk.session.handle(TextEvent(text="Tell me."))
        await talk.sounds(10)
        await talk.session.drive(lambda pts, motion: motion)
        assert (await talk.until("agent_transcript", final=True)).interrupted
        assert not talk.performer.speaking
        paper.pieces = ("Fine.",)
        talk.session.undrive()
        await talk.session.handle(TextEvent(text="And now?"))
        assert (await talk.until("agent_transcript", final=True)).text == "Fine."
