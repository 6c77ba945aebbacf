"""A conversation through livekit's session to test: a voice of sine tones, a mind of paper."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from watchers import SessionWatcher

from agent.errors import ModelUnavailable
from agent.events import AnswerEvent, Event, HelloEvent, OfferEvent
from agent.mind.message import Message
from agent.mind.persona.cues import Feel
from agent.mind.tools.tool import ToolUse
from agent.session.apology import Apology, Manner
from agent.session.assembly import SessionPlan, assemble
from agent.session.llm import AnswerSource
from agent.session.timeline import Timeline
from agent.settings import SpeechSettings
from agent.speech.ears.transcript import Transcript
from agent.speech.session_options import options
from agent.speech.voices.base import Voice
from agent.transport.base import Presentation, Transport, TransportObserver
from render.clock import AUDIO_RATE
from render.motion.emotion import Emotion
from render.motion.gesture import Gesture
from render.motion.performer import Performer
from render.types import Attitude, AudioChunk, AVUnit, Word

WORD_SECONDS = 0.12
APOLOGY = "I'm sorry."
CALM = Feel(Emotion.NEUTRAL)


class Tones(Voice):
    """A tone a word; knows what it was given to say."""

    def __init__(self) -> None:
        super().__init__("tones")
        self.said: list[str] = []
        self.down = False
        self.word_seconds = WORD_SECONDS

    def paced(self, speed: float) -> "Tones":
        self.word_seconds = WORD_SECONDS / speed
        return self

    async def say(self, piece: str) -> AudioChunk:
        if self.down:
            raise ModelUnavailable("The process of the voice is down.")
        self.said.append(piece)
        words = piece.split()
        length = int(self.word_seconds * AUDIO_RATE)
        tone = (8_000 * np.sin(np.arange(len(words) * length) / 20)).astype(np.int16)
        timed = [
            Word(word, at * self.word_seconds, (at + 0.9) * self.word_seconds)
            for at, word in enumerate(words)
        ]
        return AudioChunk(tone, (), tuple(timed))


class Ears:
    """Understands everything as the same words, or nothing at all."""

    def __init__(self) -> None:
        self.down = False

    async def transcribe(
        self, samples: NDArray[np.int16], vocabulary: tuple[str, ...] = ()
    ) -> Transcript:
        if self.down:
            raise ModelUnavailable("The process of the recogniser is down.")
        return Transcript("Hello there.", 1.0)

    async def turn_over(self, samples: NDArray[np.int16], silence: float) -> float:
        return 1.0


class Wire:
    """A transport that is connected and keeps nothing."""

    def __init__(self) -> None:
        self.presentation: Presentation = "video"
        self.fail = False
        self.sounding = 0
        self.sounded: list[int] = []
        self.tick = asyncio.Event()

    def send_sound(self, unit: AVUnit) -> None:
        assert unit.picture is None
        self.sounded.append(unit.pts)

    def send_unit(self, unit: AVUnit) -> None:
        assert self.sounded[-1] == unit.pts
        if self.fail:
            raise RuntimeError("broken")
        self.sounding += bool(unit.samples.any())
        self.tick.set()

    def watch(self, pts: int) -> None:
        pass

    def stats(self) -> Any:
        return SimpleNamespace(connected=True, loss=0.0, video_bitrate=900_000)

    async def close(self) -> None:
        pass


class Watched(Performer):
    """Notes what it is told to feel and do, and what it was saying then."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Feel | Gesture] = []
        self.attitudes: list[Attitude] = []

    def set_emotion(self, emotion: Emotion, intensity: float = 1.0) -> None:
        self.told.append(Feel(emotion, intensity))
        super().set_emotion(emotion, intensity)

    def gesture(self, gesture: Gesture) -> None:
        self.told.append(gesture)
        super().gesture(gesture)

    def set_attitude(self, attitude: Attitude) -> None:
        self.attitudes.append(attitude)
        super().set_attitude(attitude)


class Paper:
    """Answers with the pieces it was given; waits and fails when told to."""

    def __init__(self) -> None:
        self.pieces: Sequence[str] = ("Hello.",)
        self.gate: asyncio.Event | None = None
        self.turns: list[Sequence[Message]] = []

    async def answer(
        self, turns: Sequence[Message], question: str, *, tools: ToolUse | None = None
    ) -> AsyncIterator[str]:
        self.turns.append(turns)
        if self.gate:
            await self.gate.wait()
        for piece in self.pieces:
            yield piece


class Talk:
    """A session and all that can be seen of it."""

    def __init__(self, answer: AnswerSource, manner: Manner, drawing: ThreadPoolExecutor) -> None:
        self.events: list[Event] = []
        self.voice, self.ears, self.wire = Tones(), Ears(), Wire()
        self.performer = Watched()
        shown: dict[str, Any] = {"session": "s", "name": "P"}
        hello = HelloEvent.model_construct(**shown)
        self.watcher = SessionWatcher()
        self.session = assemble(
            SessionPlan(
                hello=hello,
                performer=self.performer,
                drawer=None,
                drawing=drawing,
                answer=answer,
                memory=None,
                manner=manner,
                speech=partial(options, SpeechSettings(), self.ears, self.voice),
                timeline=Timeline("s", (), self._take),
                negotiate=self._negotiate,
                emit=self._take,
                observer=self.watcher,
            )
        )

    async def _negotiate(
        self, offer: str, observer: TransportObserver, presentation: Presentation
    ) -> tuple[Transport, AnswerEvent]:
        self.microphone = observer.on_microphone
        self.wire.presentation = presentation
        return self.wire, AnswerEvent(sdp="", video_origin=0, audio_origin=0)

    async def until(self, kind: str, **values: Any) -> Any:
        """Waits for an event, which is taken out with all before it."""
        async with asyncio.timeout(20):
            while True:
                while self.events:
                    event = self.events.pop(0)
                    if getattr(event, "type", "") == kind and all(
                        getattr(event, name) == value for name, value in values.items()
                    ):
                        return event
                self.wire.tick.clear()
                await self.wire.tick.wait()

    async def sounds(self, frames: int) -> None:
        """Waits until so many frames of speech were sent."""
        await self.becomes(lambda: self.wire.sounding >= frames)

    async def becomes(self, true: Callable[[], bool]) -> None:
        """Looks after every frame and event whether something is true now."""
        async with asyncio.timeout(20):
            while not true():
                self.wire.tick.clear()
                await self.wire.tick.wait()

    def _take(self, event: Event) -> None:
        self.events.append(event)
        self.wire.tick.set()


@asynccontextmanager
async def talking(answer: AnswerSource, manner: Manner | None = None) -> AsyncIterator[Talk]:
    with ThreadPoolExecutor(1) as drawing:
        voiced = await Apology.voiced(Tones(), APOLOGY)
        talk = Talk(answer, manner or Manner(apology=voiced), drawing)
        await talk.session.start()
        await talk.session.handle(OfferEvent(sdp=""))
        try:
            yield talk
        finally:
            await talk.session.close("goodbye")
