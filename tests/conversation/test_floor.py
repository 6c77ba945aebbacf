"""Who has the floor, through livekit's session, in virtual time with ears that say what is told.

A person is a loud tone to a voice detector that only knows loudness; what he says is in the test.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from livekit.agents import Agent
from livekit.plugins import openai
from numpy.typing import NDArray
from watchers import FaceWatcher, SpeechWatcher

from agent.bench.lab import sounds
from agent.bench.lab.virtual_time import run
from agent.face.face import Face
from agent.session.floor import Floor
from agent.session.interruption import Interruption
from agent.session.io import FaceOutput, Microphone
from agent.session.transcripts import UserTranscript
from agent.settings import SpeechSettings
from agent.speech.ears.transcript import Transcript
from agent.speech.listening.recognition import Recognition
from agent.speech.session_options import options
from agent.speech.turn_taking.own_voice import OwnVoice
from agent.speech.voices.base import Voice
from render.clock import AUDIO_RATE
from render.motion.performer import Performer
from render.types import AudioChunk, AVUnit, PlaybackFinished

SPEECH_SECONDS = 6.0
MOUTH_SECONDS = 0.05
"""From the first frame without a voice to the next, in which the mouth is shut."""


class Ears:
    """Hears the first text until the person has spoken for a while, then the next."""

    def __init__(self) -> None:
        self.texts = [""]

    async def transcribe(
        self, samples: NDArray[np.int16], vocabulary: tuple[str, ...] = ()
    ) -> Transcript:
        await asyncio.sleep(0.05)
        return Transcript(self.texts.pop(0) if len(self.texts) > 1 else self.texts[0], 0.9)

    async def turn_over(self, samples: NDArray[np.int16], silence: float) -> float:
        await asyncio.sleep(0.03)
        return 0.9


class Noise(Voice):
    """Six seconds of faint noise, whatever it has to say."""

    async def say(self, piece: str) -> AudioChunk:
        rng = np.random.default_rng(0)
        sound = rng.normal(0, 500, int(SPEECH_SECONDS * AUDIO_RATE)).astype(np.int16)
        return AudioChunk(sound)


@dataclass
class Log:
    """What happened, with the virtual time of it in seconds."""

    begun: float = 0.0
    events: list[tuple[str, float]] = field(default_factory=list)

    def note(self, name: str) -> None:
        self.events.append((name, asyncio.get_running_loop().time() - self.begun))

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.events]

    def at(self, name: str) -> float:
        return dict(self.events)[name]


class Noting(FaceOutput):
    """Notes when speech is over."""

    def __init__(self, log: Log, face: Face) -> None:
        super().__init__(face, SpeechWatcher())
        self._log = log

    def report_heard(self, heard: PlaybackFinished) -> None:
        self._log.note("cut" if heard.interrupted else "done")
        super().report_heard(heard)


class Screen:
    """Plays the face in virtual time, tells the floor, and notes when voice and mouth stop."""

    def __init__(self, log: Log, face: Face) -> None:
        self.follow: Callable[[AVUnit], None] = lambda unit: None
        self._log, self._face = log, face
        self.output = Noting(log, face)

    async def run(self) -> None:
        segment, speaking, moving = 0, False, False
        async for unit in self._face.units():
            self.follow(unit)
            if unit.segment > segment:
                segment = unit.segment
                self._log.note("speaks")
                self.output.report_started()
            elif unit.segment and not speaking:
                self._log.note("goes on")
            elif speaking and not unit.segment and self._face.performer.speaking:
                self._log.note("held")
            if moving and not unit.lips_moving and not unit.segment:
                self._log.note("mouth at rest")
            speaking, moving = unit.segment > 0, unit.lips_moving
            if unit.ended is not None:
                self.output.report_heard(unit.ended)


class Speaker(Agent):
    def __init__(self) -> None:
        super().__init__(instructions="")

    async def llm_node(self, *_: Any) -> AsyncIterator[str]:
        yield "A long answer."


class Conversation:
    def __init__(self) -> None:
        self.log = Log()
        self.ears = Ears()
        loop = asyncio.get_running_loop()
        made = options(SpeechSettings(), self.ears, Noise("noise"))
        self.recognition: Recognition = made.stt
        self.recognition.listener.clock = loop.time
        self.recognition.listener.own_voice = OwnVoice(loop.time)
        self.microphone = Microphone()
        face = Face(Performer(), None, ThreadPoolExecutor(1), FaceWatcher(), now=loop.time)
        self.screen = Screen(self.log, face)
        llm = openai.LLM(model="none", base_url="http://127.0.0.1:9/v1", api_key="none")
        self.session = made.make_session(llm)
        interruption = Interruption(self.session, UserTranscript(lambda event: None))
        self.floor = Floor(self.recognition, self.microphone, interruption)
        self.screen.follow = self.floor.note_played

        @self.session.on("user_input_transcribed")
        def _(event: Any) -> None:
            if event.is_final:
                self.log.note(event.transcript)

    async def hear(self, *parts: tuple[float, bool]) -> None:
        """Plays (seconds, a person speaks) one after the other, in virtual time."""
        for seconds, speaks in parts:
            sound = np.random.default_rng(1).normal(0, 6, int(seconds * 16_000))
            if speaks:
                voice = np.resize(sounds.hum(2, np.random.default_rng(2)), len(sound))
                sound = sound + 12_000 * voice
            for frame in sound.astype(np.int16)[: len(sound) // 320 * 320].reshape(-1, 320):
                await asyncio.sleep(0.02)
                self.microphone.push_audio(frame)


def conversation(script: Callable[[Conversation], Coroutine[Any, Any, None]]) -> Log:
    """Runs `script` while the avatar speaks; returns what happened since."""

    async def main() -> Log:
        talk = Conversation()
        talk.session.input.audio = talk.microphone
        talk.session.output.audio = talk.screen.output
        await talk.session.start(Speaker())
        playing = asyncio.create_task(talk.screen.run())
        talk.session.say("A long greeting.")
        await talk.hear((1.5, False))
        talk.log.begun = asyncio.get_running_loop().time()
        await script(talk)
        await talk.session.aclose()
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)
        return talk.log

    return run(main())


def test_a_backchannel_leaves_the_avatar_alone() -> None:
    async def script(talk: Conversation) -> None:
        talk.ears.texts = ["Mhm."]
        await talk.hear((0.4, True), (5.5, False))

    assert conversation(script).names == ["speaks", "done", "mouth at rest"]


def test_wait_holds_the_avatar_at_once_and_then_cuts_it() -> None:
    async def script(talk: Conversation) -> None:
        talk.ears.texts = ["Wait."]
        await talk.hear((0.5, True), (1.0, False))

    log = conversation(script)
    assert log.names[:5] == ["speaks", "held", "mouth at rest", "Wait.", "cut"]
    assert log.at("held") == pytest.approx(0.35, abs=0.1)
    assert log.at("mouth at rest") - log.at("held") <= MOUTH_SECONDS


def test_a_false_alarm_goes_on_where_it_was_held_within_half_a_second() -> None:
    async def script(talk: Conversation) -> None:
        talk.ears.texts = ["What is", ""]
        await talk.hear((0.5, True), (6.0, False))

    log = conversation(script)
    assert log.names[:5] == ["speaks", "held", "mouth at rest", "goes on", "done"]
    assert log.at("goes on") - 0.5 < 0.5


def test_a_microphone_that_ends_in_mid_word_ends_the_turn() -> None:
    async def script(talk: Conversation) -> None:
        talk.ears.texts = ["Hello there."]
        await talk.session.interrupt(force=True)
        await talk.hear((1.0, False), (0.8, True))  # and then nothing comes any more
        await asyncio.sleep(2.5)

    log = conversation(script)
    assert "Hello there." in log.names
    assert log.at("Hello there.") < 1.8 + 1.5 + 0.3


def test_a_held_button_makes_one_turn_of_all_pauses() -> None:
    async def script(talk: Conversation) -> None:
        talk.ears.texts = ["Hello there."]
        await talk.floor.press_button(True)
        await talk.hear((0.5, True), (2.5, False), (0.5, True), (0.1, False))
        assert talk.log.names == ["speaks", "cut", "mouth at rest"]
        await talk.floor.press_button(False)
        await talk.hear((1.0, False), (1.0, True), (1.0, False))

    log = conversation(script)
    assert log.names[:4] == ["speaks", "cut", "mouth at rest", "Hello there."]
    assert log.names.count("Hello there.") == 1
