"""A voice as a livekit-agents TTS whose frames carry words and phones to the face.

Words travel as `TimedString`s in the user data of the frames; ours also hold their phones, and
arrive unchanged where the sample rate is kept.
"""

import time
from collections.abc import Callable

import numpy as np
from livekit import rtc
from livekit.agents import APIConnectionError, tts, utils
from livekit.agents.types import (
    DEFAULT_API_CONNECT_OPTIONS,
    USERDATA_TIMED_TRANSCRIPT,
    APIConnectOptions,
    NotGivenOr,
    TimedString,
)

from agent.errors import ModelUnavailable
from agent.speech import marks
from agent.speech.marks import SpeechMarks
from agent.speech.voices.base import Voice, later
from agent.speech.voices.text import Splitter
from render.clock import AUDIO_RATE, FRAME_SAMPLES
from render.types import AudioChunk, Phone, Word


class VoicedWord(TimedString):
    """A word with the phones that sound from its beginning to that of the next word.

    Attributes:
        phones: In segment seconds, the silence after the word included.
    """

    phones: tuple[Phone, ...]

    def __new__(
        cls,
        text: str,
        start_time: NotGivenOr[float],
        end_time: NotGivenOr[float],
        phones: tuple[Phone, ...] = (),
    ) -> "VoicedWord":
        """Returns the word `text`, in segment seconds."""
        word = super().__new__(cls, text, start_time, end_time)
        assert isinstance(word, VoicedWord)
        word.phones = phones
        return word


def voiced_words(chunk: AudioChunk) -> list[VoicedWord]:
    """Returns the words of `chunk`, each followed by a space, with all of its phones."""
    result = []
    left = list(chunk.phones)
    for index, word in enumerate(chunk.words):
        last = index + 1 == len(chunk.words)
        until = float("inf") if last else chunk.words[index + 1].start
        own = tuple(phone for phone in left if phone.start < until - 1e-9)
        left = left[len(own) :]
        result.append(VoicedWord(word.text + " ", word.start, word.end, own))
    return result


def chunk_from_frame(frame: rtc.AudioFrame) -> AudioChunk:
    """Returns the sound, phones and words that a frame of this TTS carries.

    Args:
        frame: Mono at 24 kHz, as it reaches the audio output.
    """
    words: list[Word] = []
    phones: list[Phone] = []
    for text in frame.userdata.get(USERDATA_TIMED_TRANSCRIPT, []):
        if isinstance(text, VoicedWord):
            assert isinstance(text.start_time, float)
            assert isinstance(text.end_time, float)
            words.append(Word(text.rstrip(), text.start_time, text.end_time))
            phones.extend(text.phones)
    samples = np.frombuffer(frame.data, np.int16).copy()
    return AudioChunk(samples, tuple(phones), tuple(words))


class VoiceTts(tts.TTS[str]):
    """Speaks with `voice`, the first clause first.

    Args:
        voice: Who speaks.
        first_clause: Whether it is; else whole sentences are.
        observe: Takes the marks of each answer.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        voice: Voice,
        *,
        first_clause: bool = True,
        observe: SpeechMarks = marks.ignore,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(
            capabilities=tts.TTSCapabilities(streaming=True, aligned_transcript=True),
            sample_rate=AUDIO_RATE,
            num_channels=1,
        )
        self.voice = voice
        self.first_clause = first_clause
        self.observe = observe
        self.clock = clock

    def set_speed(self, speed: float) -> None:
        """Speaks faster or slower than the voice's own pace, 1, from the next piece on."""
        self.voice = self.voice.paced(speed)

    @property
    def model(self) -> str:
        """Name of the voice."""
        return self.voice.name

    @property
    def provider(self) -> str:
        """Who runs it."""
        return "visavis"

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> tts.ChunkedStream:
        """Returns the sound of a whole text."""
        return self._synthesize_with_stream(text, conn_options=conn_options)

    def stream(
        self, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> tts.SynthesizeStream:
        """Returns a stream for one answer."""
        return _VoiceStream(self, conn_options)


class _VoiceStream(tts.SynthesizeStream):
    def __init__(self, owner: VoiceTts, conn_options: APIConnectOptions) -> None:
        self._owner = owner
        super().__init__(tts=owner, conn_options=conn_options)

    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        output_emitter.initialize(
            request_id=utils.shortuuid(),
            sample_rate=AUDIO_RATE,
            num_channels=1,
            mime_type="audio/pcm",
            stream=True,
        )
        output_emitter.start_segment(segment_id=utils.shortuuid())
        splitter, samples = Splitter(self._owner.voice.language, self._owner.first_clause), 0
        async for text in self._input_ch:
            pieces = splitter.push(text) if isinstance(text, str) else splitter.flush()
            for piece in pieces:
                samples += await self._say(piece, samples, output_emitter)
        for piece in splitter.flush():
            samples += await self._say(piece, samples, output_emitter)
        if not samples:  # nothing to say, such as a lone emoji: livekit takes no sound for an error
            output_emitter.push(np.zeros(FRAME_SAMPLES, np.int16).tobytes())
        output_emitter.end_segment()

    async def _say(self, piece: str, position: int, output: tts.AudioEmitter) -> int:
        """Speaks `piece` at `position` samples of the segment; returns how many it took."""
        self._mark_started()
        if position == 0:
            self._owner.observe(marks.VOICE_STARTED, self._owner.clock())
        try:
            chunk = await self._owner.voice.say(piece)
        except ModelUnavailable as error:
            raise APIConnectionError(error.message) from error
        if not len(chunk.samples):
            return 0
        if position == 0:
            self._owner.observe(marks.VOICE_READY, self._owner.clock())
        output.push_timed_transcript(list(voiced_words(later(chunk, position / AUDIO_RATE))))
        output.push_frame(
            rtc.AudioFrame(chunk.samples.tobytes(), AUDIO_RATE, 1, len(chunk.samples))
        )
        return len(chunk.samples)
