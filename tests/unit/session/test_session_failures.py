"""Conversations in which ears, mind, voice or media fail: the face apologises and goes on."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import numpy as np
import pytest
from talking import APOLOGY, Paper, Talk, talking

from agent.events import OfferEvent, TextEvent
from agent.mind.llm import ChatModel
from agent.mind.message import Message
from agent.mind.persona.cues import Feel
from agent.mind.tools.tool import ToolUse
from agent.models.llm import Endpoint
from agent.session.apology import Manner
from render.motion.emotion import Emotion


async def hears_an_apology(talk: Talk) -> None:
    """The apology is said with a concerned face, and nothing of the error is."""
    said = await talk.until("agent_transcript", final=True)
    assert said.text == APOLOGY
    assert talk.wire.sounding > 0
    assert Feel(Emotion.CONCERNED, 0.6) in talk.performer.told
    assert all("process" not in piece for piece in talk.voice.said)


@asynccontextmanager
async def silent_endpoint() -> AsyncIterator[str]:
    """A language model that takes the question and never answers."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    finally:
        server.close()


@pytest.mark.parametrize("dead", [True, False])
async def test_a_dead_or_slow_language_model_leads_to_an_apology(dead: bool) -> None:
    async with silent_endpoint() as url:
        where = Endpoint("http://127.0.0.1:9/v1" if dead else url, "", "m")
        model = await asyncio.to_thread(
            ChatModel, lambda: where, temperature=0.0, timeout_seconds=0.3
        )

        async def answer(
            turns: Sequence[Message], question: str, *, tools: ToolUse | None = None
        ) -> AsyncIterator[str]:
            async for piece in model.stream_chat("", [Message("user", question)], 5):
                yield piece

        async with talking(answer) as talk:
            await talk.session.handle(TextEvent(text="Hello?"))
            assert (await talk.until("error")).code == "llm_unavailable"
            await hears_an_apology(talk)
        await model.aclose()


async def test_a_voice_that_is_down_apologises_all_the_same_and_comes_back() -> None:
    async with talking(Paper().answer) as talk:
        talk.voice.down = True
        for _ in range(5):  # livekit gives a session up after three failures in a row
            await talk.session.handle(TextEvent(text="Hello?"))
            assert (await talk.until("error")).code == "model_unavailable"
            await hears_an_apology(talk)
        talk.voice.down = False
        await talk.session.handle(TextEvent(text="Hello?"))
        assert (await talk.until("agent_transcript", final=True)).text == "Hello."


async def speak(talk: Talk, seconds: float, voiced: bool) -> None:
    """Says a vowel, or nothing, into the microphone, in real time."""
    noise = np.random.default_rng(0)
    for block in range(int(seconds * 50)):
        at = np.arange(block * 320, (block + 1) * 320) / 16_000
        wave = sum(np.sin(2 * np.pi * 130 * k * at) / k for k in range(1, 12))
        envelope = 0.6 + 0.4 * np.sin(2 * np.pi * 4 * at)
        sound = 6_000 * envelope * wave if voiced else noise.normal(0, 8, 320)
        talk.microphone(np.asarray(sound, np.int16))
        await asyncio.sleep(0.02)


@pytest.mark.holds_loop("seconds of sound wait until livekit starts the recogniser again")
async def test_a_recogniser_that_is_down_leads_to_an_apology() -> None:
    async with talking(Paper().answer) as talk:
        talk.ears.down = True
        await speak(talk, 0.5, False)
        await speak(talk, 0.8, True)
        quiet = asyncio.create_task(speak(talk, 15, False))
        assert (await talk.until("error")).code == "model_unavailable"
        await hears_an_apology(talk)
        quiet.cancel()


async def test_media_that_fails_can_be_negotiated_anew() -> None:
    async with talking(Paper().answer, Manner(greeting="Hello.")) as talk:
        await talk.until("agent_transcript", final=True)
        talk.wire.fail = True
        assert (await talk.until("error")).code == "media_lost"
        talk.wire.fail = False
        await talk.session.handle(OfferEvent(sdp=""))
        await talk.session.handle(TextEvent(text="Are you there?"))
        assert (await talk.until("agent_transcript", final=True)).text == "Hello."
        assert talk.voice.said == ["Hello.", "Hello."]


async def test_a_transport_that_does_not_close_leaves_nothing_else_open(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with talking(Paper().answer) as talk:

        async def fail() -> None:
            raise ConnectionError("the path is gone")

        talk.wire.close = fail  # type: ignore[method-assign]
        await talk.session.close("goodbye")
        assert talk.watcher.closed == ["s"]
    assert "transport did not close: ConnectionError" in caplog.text
    await asyncio.sleep(0.1)
    names = {task.get_name() for task in asyncio.all_tasks()}
    assert not any(name.startswith("media") for name in names)
