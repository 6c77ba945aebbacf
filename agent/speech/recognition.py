"""Recognition as a livekit-agents STT that also decides when a turn is over.

Imports the detector, the policy and livekit-agents. As soon as a pause is 50 ms old, the turn so
far is transcribed and the turn model is asked. If both say "done", a preflight transcript starts
the answer; once the policy agrees, the same transcript becomes final. If the person goes on,
nothing of it remains. Time is counted in samples; the clock only tells when they were spoken.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from livekit import rtc
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

from agent.errors import ModelUnavailable
from agent.speech import marks
from agent.speech.activity import FRAME_SAMPLES, RATE, Detector
from agent.speech.ears.transcript import Transcript
from agent.speech.marks import SpeechMarks
from agent.speech.samples import Reblock
from agent.speech.turn_end import TurnEnd

PREFIX_SECONDS = 0.3
"""Sound before the detected start that belongs to the turn."""
LONGEST_SECONDS = 28.0
"""Sound kept of what is not yet transcribed for good; the recogniser takes no more."""
LONG_SECONDS = 15.0
"""From this length on, what was said before a pause is final when the person goes on."""
RELEASE_SECONDS = 60.0
"""The policy ends turns, not the detector."""

Samples = NDArray[np.int16]


class Ears(Protocol):
    """The models that listen."""

    async def transcribe(self, samples: Samples, vocabulary: tuple[str, ...]) -> Transcript:
        """Returns what is said in (n,) int16 at 16 kHz. Raises `ModelUnavailable`.

        `vocabulary` are names that are likely to occur.
        """

    async def turn_over(self, samples: Samples, silence: float) -> float:
        """Returns the probability that the turn is over. Raises `ModelUnavailable`."""


class SampleClock:
    """Tells when a sample was spoken, from when the frames arrive.

    Frames arrive late in bursts but never early, so the smallest delay seen is the true one; it
    is let go slowly, for clocks that drift, and at once after a gap.
    """

    DRIFT_SECONDS = 1e-5
    GAP_SECONDS = 0.5

    def __init__(self) -> None:
        self._origin: float | None = None

    def arrived(self, position: int, now: float) -> None:
        """Notes that the samples up to `position` had arrived at `now`."""
        origin = now - position / RATE
        known = self._origin
        if known is None or not known <= origin <= known + self.GAP_SECONDS:
            self._origin = origin
        else:
            self._origin = known + self.DRIFT_SECONDS

    def when(self, position: int) -> float:
        """Returns when the sample at `position` was spoken, on the clock of `arrived`."""
        return (self._origin or 0.0) + position / RATE


@dataclass(slots=True)
class _Pause:
    """What is known about the silence at the end of the turn so far."""

    asked: int = 0
    asking: bool = False
    transcribing: bool = False
    probability: float | None = None
    transcript: Transcript | None = None
    transcribed_at: float = 0.0


@dataclass(slots=True)
class _Turn:
    """The person's turn so far.

    Attributes:
        sound: What of it is not yet transcribed for good, in blocks of 10 ms.
        voiced_until: Position in the stream of the end of the last voiced frame.
        pause: The silence at its end.
        prepared: Text of the last preflight transcript.
        flushed: Whether the turn has to end now.
    """

    sound: deque[Samples]
    voiced_until: int
    pause: _Pause = field(default_factory=_Pause)
    prepared: str = ""
    flushed: bool = False


class Recognition(stt.STT[str]):
    """Streaming recognition with speculative transcripts and its own end of turn.

    Args:
        ears: The models.
        policy: When a turn is over.
        vad_mode: webrtcvad's aggressiveness, 0 to 3.
        language: What is spoken.
        vocabulary: Names that are likely to occur.
        observe: Takes the marks of each turn.
        clock: Monotonic seconds.
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
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=True))
        self.ears = ears
        self.policy = policy
        self.vad_mode = vad_mode
        self.language = LanguageCode(language)
        self.vocabulary = vocabulary
        self.observe = observe
        self.clock = clock

    @property
    def model(self) -> str:
        """Name of the model."""
        return "whisper-tiny.en"

    @property
    def provider(self) -> str:
        """Who runs it."""
        return "visavis"

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
        return RecognitionStream(self, conn_options)

    def event(self, kind: SpeechEventType, transcript: Transcript) -> SpeechEvent:
        """Returns `transcript` as livekit wants it."""
        data = stt.SpeechData(self.language, transcript.text, confidence=transcript.confidence)
        return SpeechEvent(kind, alternatives=[data])


class RecognitionStream(stt.RecognizeStream):
    """One person's microphone: sound in, transcripts and turns out."""

    def __init__(self, recognition: Recognition, conn_options: APIConnectOptions) -> None:
        self._owner = recognition
        self._detector = Detector(recognition.vad_mode, RELEASE_SECONDS)
        self._blocks = Reblock(FRAME_SAMPLES)
        self._prefix: deque[Samples] = deque(maxlen=int(PREFIX_SECONDS * RATE) // FRAME_SAMPLES)
        self._clock = SampleClock()
        self._position = 0
        self._turn: _Turn | None = None
        self._tasks: asyncio.TaskGroup
        self._transcription: asyncio.Task[None] | None = None
        super().__init__(stt=recognition, conn_options=conn_options)

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as self._tasks:
            async for item in self._input_ch:
                if isinstance(item, rtc.AudioFrame):
                    self._take(item)
                else:
                    self._flush()

    def _take(self, frame: rtc.AudioFrame) -> None:
        blocks = list(self._blocks.push(frame))
        arrived = self._position + FRAME_SAMPLES * len(blocks)
        self._clock.arrived(arrived, self._owner.clock())
        for block in blocks:
            self._position += len(block)
            self._step(block)

    def _step(self, block: Samples) -> None:
        activity = self._detector.push(block)
        turn = self._turn
        if turn is None:
            self._prefix.append(block)
            if activity.started:
                self._begin(activity.speech)
            return
        turn.sound.append(block)
        if activity.silence:
            self._listen_on(turn)
            return
        turn.voiced_until = self._position
        if turn.pause.asking or turn.pause.asked or turn.pause.transcribing:
            self._resume(turn)

    def _begin(self, speech: int) -> None:
        longest = int(LONGEST_SECONDS * RATE) // FRAME_SAMPLES
        self._turn = _Turn(deque(self._prefix, maxlen=longest), self._position)
        self._owner.observe(marks.SPEECH_STARTED, self._clock.when(self._position - speech))
        self._event_ch.send_nowait(SpeechEvent(SpeechEventType.START_OF_SPEECH))

    def _resume(self, turn: _Turn) -> None:
        """The person goes on: what was concluded from the pause is void."""
        transcript = turn.pause.transcript
        if transcript and transcript.text and len(turn.sound) * FRAME_SAMPLES > LONG_SECONDS * RATE:
            self._send(SpeechEventType.FINAL_TRANSCRIPT, transcript)
            turn.sound = deque(list(turn.sound)[-self._prefix_blocks :], maxlen=turn.sound.maxlen)
        turn.pause = _Pause()
        self._owner.observe(marks.TURN_RESUMED, self._owner.clock())

    @property
    def _prefix_blocks(self) -> int:
        return self._prefix.maxlen or 0

    def _listen_on(self, turn: _Turn) -> None:
        """Asks the models what the pause means as it grows, and acts on what they said."""
        pause, policy, silence = turn.pause, self._owner.policy, self._silence(turn)
        if silence >= policy.ask_after and not pause.transcribing:
            pause.transcribing = True
            if self._transcription is not None:
                self._transcription.cancel()
            self._transcription = self._tasks.create_task(self._transcribe(turn, pause))
        if silence >= policy.ask_at(pause.asked) and not pause.asking:
            pause.asking = True
            self._tasks.create_task(self._ask(turn, pause))
        self._decide(turn)

    async def _transcribe(self, turn: _Turn, pause: _Pause) -> None:
        try:
            sound, vocabulary = np.concatenate(turn.sound), self._owner.vocabulary
            transcript = await self._owner.ears.transcribe(sound, vocabulary)
        except ModelUnavailable as error:
            self._emit_error(error, recoverable=True)
            transcript = Transcript("", 0.0)
        if self._turn is not turn:
            return
        if turn.pause is not pause:  # the person went on; a caption is still welcome
            self._caption(transcript)
            return
        pause.transcript, pause.transcribed_at = transcript, self._owner.clock()
        self._decide(turn)
        if self._turn is turn and turn.prepared != transcript.text:
            self._caption(transcript)

    async def _ask(self, turn: _Turn, pause: _Pause) -> None:
        try:
            sound, silence = np.concatenate(turn.sound), self._silence(turn)
            probability = await self._owner.ears.turn_over(sound, silence)
        except ModelUnavailable:
            return  # `asking` stays set: nobody is asked again in this pause
        pause.asked, pause.asking, pause.probability = pause.asked + 1, False, probability
        if self._turn is turn and turn.pause is pause:
            self._decide(turn)

    def _decide(self, turn: _Turn) -> None:
        pause, silence = turn.pause, self._silence(turn)
        if pause.transcript is None:
            return
        over = self._owner.policy.over(silence, pause.probability, pause.transcript.text)
        if turn.flushed or over:
            self._commit(turn, pause, pause.transcript)
        elif self._owner.policy.likely(silence, pause.probability):
            self._prepare(turn, pause.transcript)

    def _prepare(self, turn: _Turn, transcript: Transcript) -> None:
        """Starts the answer, once per text: a second time would start it over."""
        if transcript.text and transcript.text != turn.prepared:
            turn.prepared = transcript.text
            self._send(SpeechEventType.PREFLIGHT_TRANSCRIPT, transcript)

    def _commit(self, turn: _Turn, pause: _Pause, transcript: Transcript) -> None:
        self._turn = None
        self._detector.reset()
        self._prefix.clear()
        now, ended = self._owner.clock(), self._clock.when(turn.voiced_until)
        if transcript.text:
            self._owner.observe(marks.SPEECH_ENDED, ended)
            self._owner.observe(marks.TRANSCRIPT_READY, pause.transcribed_at)
            self._owner.observe(marks.TURN_COMMITTED, now)
            self._send(SpeechEventType.FINAL_TRANSCRIPT, transcript)
        self._event_ch.send_nowait(
            SpeechEvent(
                SpeechEventType.END_OF_SPEECH, speech_end_time=time.time() - max(0.0, now - ended)
            )
        )

    def _flush(self) -> None:
        """Ends the turn now, whatever the policy says."""
        if (turn := self._turn) is None:
            return
        turn.flushed = True
        if turn.pause.transcript is not None:
            self._decide(turn)
        elif not turn.pause.transcribing:
            turn.pause.transcribing = True
            self._transcription = self._tasks.create_task(self._transcribe(turn, turn.pause))

    def _silence(self, turn: _Turn) -> float:
        return (self._position - turn.voiced_until) / RATE

    def _caption(self, transcript: Transcript) -> None:
        if transcript.text:
            self._send(SpeechEventType.INTERIM_TRANSCRIPT, transcript)

    def _send(self, kind: SpeechEventType, transcript: Transcript) -> None:
        self._event_ch.send_nowait(self._owner.event(kind, transcript))
