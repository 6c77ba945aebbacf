"""Recognition as a livekit-agents STT that also decides when a turn begins and is over.

Imports the stream, the policies and livekit-agents. The stream is where it happens.
"""

import time
import weakref
from collections.abc import Callable
from typing import Protocol

import numpy as np
from livekit.agents import stt, utils
from livekit.agents.language import LanguageCode
from livekit.agents.stt import SpeechEvent, SpeechEventType
from livekit.agents.types import (
    DEFAULT_API_CONNECT_OPTIONS,
    NOT_GIVEN,
    APIConnectOptions,
    NotGivenOr,
)
from numpy.typing import NDArray

from agent.speech import marks
from agent.speech.activity import FRAME_SAMPLES
from agent.speech.ears.transcript import Transcript
from agent.speech.marks import SpeechMarks
from agent.speech.recognition_stream import RecognitionStream
from agent.speech.samples import Reblock
from agent.speech.turn_taking.own_voice import OwnVoice
from agent.speech.turn_taking.turn_end import TurnEnd


class Ears(Protocol):
    """The models that listen."""

    async def transcribe(
        self, samples: NDArray[np.int16], vocabulary: tuple[str, ...]
    ) -> Transcript:
        """Returns what is said in (n,) int16 at 16 kHz. Raises `ModelUnavailable`.

        `vocabulary` are names that are likely to occur.
        """

    async def turn_over(self, samples: NDArray[np.int16], silence: float) -> float:
        """Returns the probability that the turn is over. Raises `ModelUnavailable`."""


class Recognition(stt.STT[str]):
    """Streaming recognition with speculative transcripts and its own turn taking.

    Args:
        ears: The models.
        policy: When a turn is over.
        vad_mode: webrtcvad's aggressiveness, 0 to 3.
        language: What is spoken.
        vocabulary: Names that are likely to occur.
        observe: Takes the marks of each turn.
        push_to_talk: Whether the microphone begins closed.
        clock: Monotonic seconds.

    Attributes:
        own_voice: To be told what the avatar says; else its echo is taken for a person.
        held: While set, no turn ends: the person holds a button.
    """

    def __init__(
        self,
        ears: Ears,
        policy: TurnEnd,
        *,
        vad_mode: int,
        language: str = "en",
        vocabulary: tuple[str, ...] = (),
        observe: SpeechMarks = marks.ignore,
        push_to_talk: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=True))
        self.ears = ears
        self.policy = policy
        self.vad_mode = vad_mode
        self.language = LanguageCode(language)
        self.vocabulary = vocabulary
        self.observe = observe
        self.push_to_talk = push_to_talk
        self.clock = clock
        self.own_voice = OwnVoice(clock)
        self.held = False
        self._latest: Callable[[], RecognitionStream | None] = lambda: None

    @property
    def model(self) -> str:
        """Name of the model."""
        return "whisper-tiny.en"

    @property
    def provider(self) -> str:
        """Who runs it."""
        return "visavis"

    def hold(self) -> None:
        """The person pressed the button: whatever is said until `release` is one turn."""
        self.held = True

    def release(self) -> None:
        """The person let go of it: the turn is over now."""
        self.held = False
        if (stream := self._latest()) is not None:
            stream.flush()

    async def _recognize_impl(
        self,
        buffer: utils.AudioBuffer,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions,
    ) -> SpeechEvent:
        blocks = Reblock(FRAME_SAMPLES)
        frames = buffer if isinstance(buffer, list) else [buffer]
        sound = [block for frame in frames for block in blocks.push(frame)]
        samples = np.concatenate(sound or [np.zeros(0, np.int16)])
        transcript = await self.ears.transcribe(samples, self.vocabulary)
        return self.event(SpeechEventType.FINAL_TRANSCRIPT, transcript)

    def stream(
        self,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
    ) -> stt.RecognizeStream:
        """Returns a stream for one person."""
        stream = RecognitionStream(self, conn_options)
        self._latest = weakref.ref(stream)
        return stream

    def event(self, kind: SpeechEventType, transcript: Transcript) -> SpeechEvent:
        """Returns `transcript` as livekit wants it."""
        data = stt.SpeechData(self.language, transcript.text, confidence=transcript.confidence)
        return SpeechEvent(kind, alternatives=[data])
