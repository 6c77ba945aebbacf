"""A real AgentSession without a room, with the real models and recorded human speech.

The clips come from Debian's pocketsphinx-testdata. Sound is pushed in real time, because that is
what the turn end is about; nothing here asserts how long anything took.
"""

import asyncio
import re
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
from livekit.agents import Agent, AgentSession
from livekit.agents.voice import io
from livekit.plugins import openai
from numpy.typing import NDArray

from agent.settings import SpeechSettings
from agent.speech.engines import SpeechEngines
from agent.speech.session_options import session_options
from agent.speech.tts import chunk_from_frame
from render.types import AudioChunk

CLIPS = Path("/usr/share/pocketsphinx/test/data/librivox")
ANSWER = (
    "Yes, of course I can help you with that. The museum opens at nine in the morning, "
    "and it closes at six, every day of the week but Monday."
)

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
            capabilities=io.AudioOutputCapabilities(pause=False),
            sample_rate=24_000,
        )
        self.segments: list[list[AudioChunk]] = []
        self.finished: asyncio.Queue[bool] = asyncio.Queue()
        self._open = False
        self._began = self._seconds = 0.0
        self._end: asyncio.TimerHandle | None = None

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await super().capture_frame(frame)
        if not self._open:
            self._open, self._seconds = True, 0.0
            self._began = asyncio.get_running_loop().time()
            self.segments.append([])
            self.on_playback_started(created_at=self._began)
        self.segments[-1].append(chunk_from_frame(frame))
        self._seconds += frame.duration

    def flush(self) -> None:
        super().flush()
        if self._open and self._end is None:
            loop = asyncio.get_running_loop()
            self._end = loop.call_at(self._began + self._seconds, self._finish, False)

    def clear_buffer(self) -> None:
        if self._open:
            self._finish(True)

    def _finish(self, interrupted: bool) -> None:
        if self._end is not None:
            self._end.cancel()
        self._open, self._end = False, None
        played = min(self._seconds, asyncio.get_running_loop().time() - self._began)
        self.finished.put_nowait(interrupted)
        self.on_playback_finished(playback_position=played, interrupted=interrupted)


class Speaker(Agent):
    def __init__(self) -> None:
        super().__init__(instructions="")

    async def llm_node(self, *_: Any) -> AsyncIterator[str]:
        for word in ANSWER.split(" "):
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
async def conversation(engines: SpeechEngines) -> AsyncIterator[Conversation]:
    talk = Conversation()
    llm = openai.LLM(model="none", base_url="http://127.0.0.1:9/v1", api_key="none")
    session: AgentSession[None] = AgentSession(
        llm=llm, **session_options(SpeechSettings(), engines, "heart", talk.observe)
    )
    session.input.audio = talk.microphone
    session.output.audio = talk.loudspeaker

    @session.on("user_input_transcribed")
    def _(event: Any) -> None:
        if event.is_final:
            talk.heard.put_nowait(event.transcript)

    await session.start(Speaker())
    feeding = asyncio.create_task(talk.microphone.run())
    await asyncio.sleep(0.3)
    yield talk
    feeding.cancel()
    await session.aclose()


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
    sounds, truth, understood = clips(), references(), {}
    async with conversation(engines) as talk:
        for name, sound in sounds.items():
            talk.marks.clear()
            talk.microphone.say(sound)
            interrupted = await asyncio.wait_for(talk.loudspeaker.finished.get(), 40)
            said = []
            while not talk.heard.empty():
                said.append(talk.heard.get_nowait())
            understood[name] = plain(" ".join(said))
            assert not interrupted
            at = dict(talk.marks)
            assert at["speech_started"] < at["speech_ended"] < at["turn_committed"]
            assert at["transcript_ready"] <= at["turn_committed"]

    error = jiwer.wer([plain(truth[n]) for n in sounds], [understood[n] for n in sounds])
    assert error <= 0.15
    assert len(talk.loudspeaker.segments) == len(sounds)
    for segment in talk.loudspeaker.segments:
        check_sound_and_labels(segment)


def check_sound_and_labels(segment: list[AudioChunk]) -> None:
    sound = np.concatenate([chunk.samples for chunk in segment])
    phones = [phone for chunk in segment for phone in chunk.phones]
    words = [word.text for chunk in segment for word in chunk.words]
    assert np.abs(sound).max() > 3_000
    assert words == ANSWER.split()
    assert phones[0].start == 0
    assert phones[-1].end == pytest.approx(len(sound) / 24_000, abs=1e-9)
    for before, after in zip(phones, phones[1:], strict=False):
        assert before.end == pytest.approx(after.start, abs=1e-9)


async def test_speaking_over_the_voice_stops_it_and_gets_an_answer(engines: SpeechEngines) -> None:
    first, second = list(clips().values())[-1], list(clips().values())[0]
    async with conversation(engines) as talk:
        talk.microphone.say(first)
        while not talk.loudspeaker.segments:
            await asyncio.sleep(0.02)
        await asyncio.sleep(1.0)
        talk.microphone.say(second)
        assert await asyncio.wait_for(talk.loudspeaker.finished.get(), 40) is True
        assert await asyncio.wait_for(talk.loudspeaker.finished.get(), 40) is False
    assert len(talk.loudspeaker.segments) == 2
    check_sound_and_labels(talk.loudspeaker.segments[1])
