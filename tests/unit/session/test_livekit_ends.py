"""Our ends of livekit: the mind as its LLM, the face as its output, the microphone as its input."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from livekit import rtc
from livekit.agents import llm
from watchers import AnswerWatcher, FaceWatcher, SpeechWatcher

from agent.errors import ModelUnavailable
from agent.face.face import Face
from agent.mind.llm import LlmBusy, LlmMisconfigured
from agent.mind.message import Message
from agent.mind.tools.tool import ToolUse
from agent.session.io import MICROPHONE_QUEUE, SILENCE_SECONDS, FaceOutput, Microphone
from agent.session.llm import MindLLM, split
from render.clock import AUDIO_RATE
from render.motion.performer import Performer


def context(*turns: tuple[llm.ChatRole, str]) -> llm.ChatContext:
    result = llm.ChatContext.empty()
    for role, text in turns:
        result.add_message(role=role, content=text)
    return result


async def said(mind: MindLLM, chat: llm.ChatContext) -> str:
    pieces = []
    async with mind.chat(chat_ctx=chat) as stream:
        async for chunk in stream:
            pieces.append(chunk.delta.content if chunk.delta else "")
    return "".join(piece or "" for piece in pieces)


def test_the_last_words_of_the_person_are_the_question() -> None:
    turns, question = split(
        context(("system", "be kind"), ("assistant", "Hi."), ("user", "How late is it?"))
    )
    assert question == "How late is it?"
    assert turns == [Message("assistant", "Hi.")]
    assert split(context(("assistant", "Hi."))) == ([Message("assistant", "Hi.")], "")


async def test_an_answer_is_streamed_and_observed() -> None:
    asked: list[tuple[int, str]] = []

    async def answer(
        turns: Sequence[Message], question: str, *, tools: ToolUse
    ) -> AsyncIterator[str]:
        asked.append((len(turns), question))
        yield "It is "
        yield "four."

    watcher = AnswerWatcher()
    mind = MindLLM(answer, "Sorry.", watcher)
    assert await said(mind, context(("user", "How late?"))) == "It is four."
    assert asked == [(0, "How late?")]
    assert watcher.seen == ["asked", "token"]


@pytest.mark.parametrize(("before", "expected"), [("", "Sorry."), ("It is", "It is… Sorry.")])
async def test_a_failing_mind_apologises_and_never_reads_the_error_aloud(
    before: str, expected: str
) -> None:
    async def answer(
        turns: Sequence[Message], question: str, *, tools: ToolUse
    ) -> AsyncIterator[str]:
        if before:
            yield before
        raise ModelUnavailable("connection refused")

    watcher = AnswerWatcher()
    mind = MindLLM(answer, "Sorry.", watcher)
    assert await said(mind, context(("user", "How late?"))) == expected
    assert [type(error) for error in watcher.failures] == [ModelUnavailable]


@pytest.mark.parametrize(
    ("error", "words"),
    [(LlmMisconfigured("no"), "not your fault"), (LlmBusy("no"), "too many people")],
)
async def test_an_endpoint_that_refuses_is_no_reason_to_say_it_again(
    error: Exception, words: str
) -> None:
    async def answer(
        turns: Sequence[Message], question: str, *, tools: ToolUse
    ) -> AsyncIterator[str]:
        raise error
        yield ""

    mind = MindLLM(answer, "Could you say that again?", AnswerWatcher())
    heard = await said(mind, context(("user", "How late?")))
    assert words in heard
    assert "say that again" not in heard


async def test_a_slow_reader_loses_the_oldest_sound_and_mute_is_silence() -> None:
    microphone = Microphone()
    for number in range(MICROPHONE_QUEUE + 5):
        microphone.push_audio(np.full(320, number, np.int16))
    first = await microphone.__anext__()
    assert np.frombuffer(first.data, np.int16)[0] == 5
    microphone.enabled = False
    microphone.push_audio(np.full(320, 7, np.int16))
    for _ in range(MICROPHONE_QUEUE):
        last = await microphone.__anext__()
    assert not np.frombuffer(last.data, np.int16).any()


async def frames_of(microphone: Microphone, seconds: float) -> list[int]:
    """Reads as long as frames come; returns the largest sample of each."""
    peaks = []
    try:
        while True:
            frame = await asyncio.wait_for(microphone.__anext__(), seconds)
            peaks.append(int(np.abs(np.frombuffer(frame.data, np.int16)).max()))
    except TimeoutError:
        return peaks


async def test_sound_that_ends_in_mid_word_becomes_silence_for_a_while() -> None:
    microphone = Microphone()
    for _ in range(20):
        microphone.push_audio(np.full(160, 9_000, np.int16))
    peaks = await frames_of(microphone, 1.0)
    assert peaks[:20] == [9_000] * 20
    silence = peaks[20:]
    assert not any(silence)
    assert SILENCE_SECONDS - 0.5 <= len(silence) * 0.01 <= SILENCE_SECONDS + 0.5
    microphone.push_audio(np.full(160, 9_000, np.int16))
    assert (await frames_of(microphone, 1.0))[0] == 9_000


async def test_a_gap_that_the_transport_makes_up_for_is_filled_once() -> None:
    microphone = Microphone()
    microphone.push_audio(np.full(160, 9_000, np.int16))
    await asyncio.sleep(0.7)
    for _ in range(70):
        microphone.push_audio(np.zeros(160, np.int16))
    microphone.push_audio(np.full(160, 8_000, np.int16))
    peaks = [int(np.frombuffer((await anext(microphone)).data, np.int16)[0])]
    while peaks[-1] != 8_000:
        peaks.append(int(np.frombuffer((await anext(microphone)).data, np.int16)[0]))
    assert 60 <= peaks.count(0) <= 75


async def test_every_captured_segment_is_reported_once_when_cut() -> None:
    with ThreadPoolExecutor(1) as drawing:
        face = Face(Performer(), None, drawing, FaceWatcher())
        watcher = SpeechWatcher()
        output = FaceOutput(face, watcher)
        finished: list[bool] = []
        output.on("playback_finished", lambda event: finished.append(event.interrupted))
        sound = np.full(AUDIO_RATE, 5_000, np.int16)
        for _ in range(2):
            await output.capture_frame(rtc.AudioFrame(sound.tobytes(), AUDIO_RATE, 1, len(sound)))
            output.flush()
        output.clear_buffer()
        output.clear_buffer()
        assert finished == [True, True]
        assert watcher.sounds == 2
        assert not face.performer.speaking
