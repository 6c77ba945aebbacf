"""Recognition as a livekit-agents STT that also decides when a turn begins and is over.

The stream is where it happens.
"""

import time
import weakref
from collections.abc import Callable

import numpy as np
from livekit.agents import stt, utils
from livekit.agents.stt import SpeechEvent, SpeechEventType
from livekit.agents.types import (
    DEFAULT_API_CONNECT_OPTIONS,
    NOT_GIVEN,
    APIConnectOptions,
    NotGivenOr,
)

from agent.speech import marks
from agent.speech.ears.base import Ears
from agent.speech.listening.listener import Listener
from agent.speech.listening.samples import Reblock
from agent.speech.listening.stream import RecognitionStream
from agent.speech.marks import SpeechMarks
from agent.speech.turn_taking.activity import FRAME_SAMPLES
from agent.speech.turn_taking.own_voice import OwnVoice
from agent.speech.turn_taking.turn_end import TurnEnd


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
        listener: What the stream listens with.
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
        self.push_to_talk = push_to_talk
        self.listener = Listener(
            ears,
            policy,
            vad_mode=vad_mode,
            language=language,
            vocabulary=vocabulary,
            observe=observe,
            clock=clock,
        )
        self._latest: Callable[[], RecognitionStream | None] = lambda: None

    @property
    def model(self) -> str:
        """Name of the model."""
        return "whisper-tiny.en"

    @property
    def provider(self) -> str:
        """Who runs it."""
        return "visavis"

    @property
    def own_voice(self) -> OwnVoice:
        """Told what the avatar says; else its echo is taken for a person."""
        return self.listener.own_voice

    @property
    def held(self) -> bool:
        """Whether the person holds a button: no turn ends."""
        return self.listener.held

    def hold(self) -> None:
        """The person pressed the button: whatever is said until `release` is one turn."""
        self.listener.held = True

    def release(self) -> None:
        """The person let go of it: the turn is over now."""
        self.listener.held = False
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
        sound = [block for frame in frames for block in blocks.push_samples(frame)]
        samples = np.concatenate(sound or [np.zeros(0, np.int16)])
        transcript = await self.listener.ears.transcribe(samples, self.listener.vocabulary)
        return self.listener.event(SpeechEventType.FINAL_TRANSCRIPT, transcript)

    def stream(
        self,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
    ) -> stt.RecognizeStream:
        """Returns a stream for one person."""
        stream = RecognitionStream(self, self.listener, conn_options)
        self._latest = weakref.ref(stream)
        return stream
