"""A real AgentSession without a room, with the real models and recorded human speech.

The clips come from Debian's pocketsphinx-testdata. Sound is pushed in real time, because that is
what the turn end is about; nothing here asserts how long anything took.
"""

import asyncio
import itertools
import os
import re
import signal
import time
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
import pytest
import pytest_asyncio
from livekit import rtc
from livekit.agents import Agent
from livekit.agents.voice import io
from livekit.plugins import openai
from numpy.typing import NDArray

from agent.bench.lab import sounds
from agent.settings import SpeechSettings
from agent.speech.engines import SpeechEngines
from agent.speech.listening.recognition import Recognition
from agent.speech.session_options import session_options
from agent.speech.tts import chunk_from_frame
from render.types import AudioChunk

CLIPS = Path("/usr/share/pocketsphinx/test/data/librivox")
SHORT = "Yes, I can help you with that, of course. We open at 9:30."
LONG = "Yes, of course I can help you with that. The museum opens at nine and closes at six."

pytestmark = [pytest.mark.models, pytest.mark.asyncio(loop_scope="module")]


class Microphone(io.AudioInput):
    """Silence in real time, and what it is told to say."""

    def __init__(self) -> None:
        super().__init__(label="test microphone")
        self._frames: asyncio.Queue[rtc.AudioFrame] = asyncio.Queue()
        self._pending = np.zeros(0, np.int16)
        self._quiet = np.random.default_rng(0)

    def say(self, samples: NDArray[np.int16]) -> None:
        self._pending = np.concatenate([self._pending, samples])

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            block, self._pending = self._pending[:320], self._pending[320:]
            noise = self._quiet.normal(0, 8, 320 - len(block)).astype(np.int16)
            block = np.concatenate([block, noise])
            self._frames.put_nowait(rtc.AudioFrame(block.tobytes(), 16_000, 1, 320))
            due += 0.02
            await asyncio.sleep(max(0.0, due - loop.time()))

    async def __anext__(self) -> rtc.AudioFrame:
        return await self._frames.get()


class Loudspeaker(io.AudioOutput):
    """Plays in real time and keeps what it was given, one list of chunks per segment."""

    def __init__(self) -> None:
        super().__init__(
            label="test loudspeaker",
            capabilities=io.AudioOutputCapabilities(pause=True),
            sample_rate=24_000,
        )
        self.segments: list[list[AudioChunk]] = []
        self.finished: asyncio.Queue[bool] = asyncio.Queue()
        self.playing = asyncio.Event()
        self.recognition: Recognition
        self._open = self._flushed = self._paused = False
        self._left = self._played = 0.0

    async def run(self) -> None:
        while True:
            await asyncio.sleep(0.02)
            if not self._open or self._paused:
                continue
            step = min(0.02, self._left)
            self._leave(int(self._played * 24_000))
            self._left, self._played = self._left - step, self._played + step
            if self._flushed and self._left <= 0:
                self._finish(False)

    def _leave(self, first: int) -> None:
        sound = np.concatenate([chunk.samples for chunk in self.segments[-1]])[first : first + 480]
        if len(sound) == 480:
            self.recognition.own_voice.played(sound, 24_000)

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await super().capture_frame(frame)
        if not self._open:
            self._open, self._flushed, self._left, self._played = True, False, 0.0, 0.0
            self.segments.append([])
            self.playing.set()
            self.on_playback_started(created_at=time.time())
        self.segments[-1].append(chunk_from_frame(frame))
        self._left += frame.duration

    def flush(self) -> None:
        super().flush()
        self._flushed = True

    def clear_buffer(self) -> None:
        if self._open:
            self._finish(True)

    def pause(self) -> None:
        super().pause()
        self._paused = True

    def resume(self) -> None:
        super().resume()
        self._paused = False

    def _finish(self, interrupted: bool) -> None:
        self._open = False
        self.finished.put_nowait(interrupted)
        self.on_playback_finished(playback_position=self._played, interrupted=interrupted)


class Speaker(Agent):
    def __init__(self, answer: str) -> None:
        super().__init__(instructions="")
        self._answer = answer

    async def llm_node(self, *_: Any) -> AsyncIterator[str]:
        for word in self._answer.split(" "):
            yield word + " "


class Conversation:
    def __init__(self) -> None:
        self.microphone = Microphone()
        self.loudspeaker = Loudspeaker()
        self.heard: asyncio.Queue[str] = asyncio.Queue()
        self.marks: list[tuple[str, float]] = []

    def observe(self, name: str, at: float) -> None:
        self.marks.append((name, at))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engines() -> AsyncIterator[SpeechEngines]:
    engines = SpeechEngines(voices=("heart",))
    await engines.start()
    yield engines
    await engines.aclose()


@asynccontextmanager
async def conversation(engines: SpeechEngines, answer: str) -> AsyncIterator[Conversation]:
    talk = Conversation()
    llm = openai.LLM(model="none", base_url="http://127.0.0.1:9/v1", api_key="none")
    names = ("Visavis", "Vera")
    options = session_options(SpeechSettings(), engines, "heart", talk.observe, names)
    session = options.make_session(llm)
    talk.loudspeaker.recognition = options.stt
    session.input.audio = talk.microphone
    session.output.audio = talk.loudspeaker

    @session.on("user_input_transcribed")
    def _(event: Any) -> None:
        if event.is_final:
            talk.heard.put_nowait(event.transcript)

    await session.start(Speaker(answer))
    running = [asyncio.create_task(part.run()) for part in (talk.microphone, talk.loudspeaker)]
    await asyncio.sleep(0.3)
    yield talk
    await session.aclose()
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


def clips() -> dict[str, NDArray[np.int16]]:
    result = {}
    for path in sorted(CLIPS.glob("*.wav")):
        with wave.open(str(path)) as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
        loud = np.nonzero(np.abs(samples.astype(int)) > 400)[0]
        result[path.stem] = samples[loud[0] : loud[-1] + 1]
    return result


def references() -> dict[str, str]:
    text = (CLIPS / "transcription").read_text()
    return {key: said for said, key in re.findall(r"<s> (.*?) </s> \((.*?)\)", text)}


def plain(text: str) -> str:
    text = text.lower().replace("mr.", "mister").replace("-", " ")
    return " ".join(re.sub(r"[^\w\s']", "", text).split())


async def test_recorded_speech_is_understood_and_answered(engines: SpeechEngines) -> None:
    """Five people at once, each in a conversation of their own, with the same models."""
    sounds, truth = clips(), references()
    said = await asyncio.gather(*(one_turn(engines, sound) for sound in sounds.values()))
    error = jiwer.wer([plain(truth[name]) for name in sounds], [plain(text) for text in said])
    assert error <= 0.15


async def one_turn(engines: SpeechEngines, sound: NDArray[np.int16]) -> str:
    """Says `sound`, waits for the answer to end, and returns what was understood."""
    async with conversation(engines, SHORT) as talk:
        talk.microphone.say(sound)
        assert await asyncio.wait_for(talk.loudspeaker.finished.get(), 60) is False
    at = dict(talk.marks)
    assert at["speech_started"] < at["speech_ended"] < at["turn_committed"]
    assert at["speech_ended"] - at["speech_started"] == pytest.approx(len(sound) / 16_000, abs=0.4)
    assert at["transcript_ready"] <= at["turn_committed"]
    for segment in talk.loudspeaker.segments:
        check_sound_and_labels(segment, SHORT)
    return " ".join(talk.heard.get_nowait() for _ in range(talk.heard.qsize()))


def check_sound_and_labels(segment: list[AudioChunk], answer: str) -> None:
    sound = np.concatenate([chunk.samples for chunk in segment])
    phones = [phone for chunk in segment for phone in chunk.phones]
    words = [word.text for chunk in segment for word in chunk.words]
    assert np.abs(sound).max() > 3_000
    assert words == answer.split()
    assert phones[0].start == 0
    assert phones[-1].end == pytest.approx(len(sound) / 24_000, abs=1e-9)
    for before, after in itertools.pairwise(phones):
        assert before.end == pytest.approx(after.start, abs=1e-9)


async def test_speaking_over_the_voice_stops_it_and_gets_an_answer(engines: SpeechEngines) -> None:
    _, second, *_, first = clips().values()
    async with conversation(engines, LONG) as talk:
        talk.microphone.say(first)
        await asyncio.wait_for(talk.loudspeaker.playing.wait(), 40)
        await asyncio.sleep(1.0)
        talk.microphone.say(second)
        assert await asyncio.wait_for(talk.loudspeaker.finished.get(), 40) is True
        assert await asyncio.wait_for(talk.loudspeaker.finished.get(), 40) is False
    assert len(talk.loudspeaker.segments) == 2
    check_sound_and_labels(talk.loudspeaker.segments[1], LONG)


async def test_a_conversation_survives_the_death_of_its_models(engines: SpeechEngines) -> None:
    *_, sound = clips().values()
    async with conversation(engines, SHORT) as talk:
        for health in engines.health():
            assert health.pid is not None
            os.kill(health.pid, signal.SIGKILL)
        talk.microphone.say(sound)
        assert await asyncio.wait_for(talk.loudspeaker.finished.get(), 60) is False
        assert "amiable himself" in plain(talk.heard.get_nowait())
    check_sound_and_labels(talk.loudspeaker.segments[0], SHORT)
    assert all(health.restarts == 1 for health in engines.health())


async def test_a_cough_and_a_hum_do_not_stop_the_voice(engines: SpeechEngines) -> None:
    *_, first = clips().values()
    rng = np.random.default_rng(3)
    async with conversation(engines, LONG) as talk:
        talk.microphone.say(first)
        await asyncio.wait_for(talk.loudspeaker.playing.wait(), 40)
        await asyncio.sleep(0.5)
        for sound in (sounds.cough(rng), sounds.hum(2, rng)):
            talk.microphone.say((6_000 * sound).astype(np.int16))
            await asyncio.sleep(1.2)
        assert await asyncio.wait_for(talk.loudspeaker.finished.get(), 40) is False
    assert len(talk.loudspeaker.segments) == 1
