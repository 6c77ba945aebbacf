"""Plays labelled items into the recognition in virtual time and notes what it decided."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from livekit import rtc
from livekit.agents.stt import RecognizeStream, SpeechEventType
from numpy.typing import NDArray

from agent.bench.lab.virtual_time import run
from agent.bench.labelled import Item
from agent.settings import SpeechSettings
from agent.speech.ears.smart_turn import SmartTurn
from agent.speech.ears.transcript import Transcript
from agent.speech.ears.whisper import Whisper
from agent.speech.listening.recognition import Recognition
from agent.speech.turn_taking.activity import FRAME_SAMPLES, RATE, Detector
from agent.speech.turn_taking.own_voice import OwnVoice
from agent.speech.turn_taking.turn_end import TurnEnd
from agent.transport.base import MICROPHONE_FRAME
from render.clock import AUDIO_RATE

UNIT_SAMPLES = 960
"""Of the avatar's sound: 40 ms."""
BARGE_IN_SECONDS = 0.15
"""Speech that stops the avatar where silence and loudness alone decide."""

Answer = TypeVar("Answer")


@dataclass(slots=True)
class Decisions:
    """What was decided about an item, in seconds after its first sample.

    Attributes:
        committed: When a turn was taken to be over.
        interrupted: When the avatar was made to stop.
    """

    committed: list[float] = field(default_factory=list)
    interrupted: list[float] = field(default_factory=list)


class BenchEars:
    """The real models, one request at a time each."""

    def __init__(self) -> None:
        self._whisper = Whisper()
        self._turn_model = SmartTurn()
        self._locks: dict[str, asyncio.Lock] = {}

    def begin(self) -> None:
        """Forgets the loop of the item before."""
        self._locks = {"whisper": asyncio.Lock(), "turn": asyncio.Lock()}

    async def transcribe(
        self, samples: NDArray[np.int16], vocabulary: tuple[str, ...]
    ) -> Transcript:
        """Returns what is said."""
        return await self._take_time(
            "whisper", lambda: self._whisper.transcribe(samples, vocabulary)
        )

    async def turn_over(self, samples: NDArray[np.int16], silence: float) -> float:
        """Returns the probability that the turn is over."""
        return await self._take_time("turn", lambda: self._turn_model.probability(samples, silence))

    async def _take_time(self, model: str, work: Callable[[], Answer]) -> Answer:
        async with self._locks[model]:
            begun = time.process_time()
            answer = work()
            await asyncio.sleep(time.process_time() - begun)
            return answer


def policy(item: Item, ears: BenchEars, settings: SpeechSettings) -> Decisions:
    """Returns what the recognition decides about `item`."""
    return run(_listen(item, ears, settings))


async def _listen(item: Item, ears: BenchEars, settings: SpeechSettings) -> Decisions:
    ears.begin()
    loop = asyncio.get_running_loop()
    recognition = Recognition(
        ears,
        TurnEnd.of(settings),
        vad_mode=settings.vad_mode,
        language=settings.language,
        clock=loop.time,
    )
    decisions = Decisions()
    begun = loop.time()
    stream = recognition.stream()
    noting = asyncio.create_task(_note(stream, decisions, begun, recognition.own_voice))
    speaking = asyncio.create_task(_speak(item, recognition.own_voice, begun))
    for at in range(0, len(item.samples) - MICROPHONE_FRAME + 1, MICROPHONE_FRAME):
        await asyncio.sleep(begun + (at + MICROPHONE_FRAME) / RATE - loop.time())
        frame = item.samples[at : at + MICROPHONE_FRAME]
        stream.push_frame(rtc.AudioFrame(frame.tobytes(), RATE, 1, len(frame)))
    await asyncio.sleep(0.5)
    await speaking
    await stream.aclose()
    await noting
    return decisions


async def _note(
    stream: RecognizeStream, decisions: Decisions, begun: float, own_voice: OwnVoice
) -> None:
    loop = asyncio.get_running_loop()
    async for event in stream:
        at = loop.time() - begun
        if event.type is SpeechEventType.FINAL_TRANSCRIPT:
            decisions.committed.append(at)
        elif event.type is SpeechEventType.START_OF_SPEECH and own_voice.audible:
            decisions.interrupted.append(at)


async def _speak(item: Item, own_voice: OwnVoice, begun: float) -> None:
    """The avatar's sound leaves in real time, 40 ms at a time."""
    if (avatar := item.avatar) is None:
        return
    loop = asyncio.get_running_loop()
    own_voice.says(avatar.text)
    for at in range(0, len(avatar.sound) - UNIT_SAMPLES + 1, UNIT_SAMPLES):
        due = begun + avatar.begin / RATE + at / AUDIO_RATE
        await asyncio.sleep(max(0.0, due - loop.time()))
        own_voice.played(avatar.sound[at : at + UNIT_SAMPLES], AUDIO_RATE)


def baseline(item: Item, silence: float, settings: SpeechSettings) -> Decisions:
    """Returns what silence and loudness alone decide: turns end after `silence` seconds."""
    detector = Detector(settings.vad_mode, silence)
    decisions = Decisions()
    stopped = False
    blocks = item.samples[: len(item.samples) // FRAME_SAMPLES * FRAME_SAMPLES]
    for number, block in enumerate(blocks.reshape(-1, FRAME_SAMPLES)):
        at = (number + 1) * FRAME_SAMPLES / RATE
        activity = detector.push_frame(block)
        if activity.ended:
            stopped = False
            decisions.committed.append(at)
        elif activity.speech / RATE >= BARGE_IN_SECONDS and not stopped and _speaks(item, at):
            stopped = True
            decisions.interrupted.append(at)
    return decisions


def _speaks(item: Item, at: float) -> bool:
    avatar = item.avatar
    if avatar is None:
        return False
    begin = avatar.begin / RATE
    return begin <= at <= begin + len(avatar.sound) / AUDIO_RATE
