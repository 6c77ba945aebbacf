"""The one interface of all voices."""

from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import AsyncIterator, Hashable
from copy import copy
from dataclasses import replace

from agent.models.worker import Worker
from agent.speech.voices import text as prepare
from agent.speech.voices.text import SpokenWord
from render.clock import AUDIO_RATE
from render.types import AudioChunk

CACHE_BYTES = 48_000_000
"""Recent pieces kept per voice: about sixteen minutes of speech; answers repeat."""


class Voice(ABC):
    """Says text at 24 kHz with exact phone and word timings.

    Attributes:
        name: What it is called.
        language: BCP 47 tag of what it speaks.
    """

    def __init__(self, name: str, language: str = "en") -> None:
        self.name = name
        self.language = language

    @abstractmethod
    async def say(self, piece: str) -> AudioChunk:
        """Returns one clause or sentence, cleaned; times count from its own beginning.

        Raises:
            ModelUnavailable: The voice's process is down.
        """

    def paced(self, speed: float) -> "Voice":
        """Returns this voice at another pace, 1 being its own; itself if it has no other."""
        return self

    async def speak(self, text: str) -> AsyncIterator[AudioChunk]:
        """Yields `text`, first clause first; times count from the beginning of the text.

        Raises:
            ModelUnavailable: The voice's process is down.
        """
        samples = 0
        for piece in prepare.pieces(text, self.language):
            chunk = await self.say(piece)
            if len(chunk.samples):
                yield later(chunk, samples / AUDIO_RATE)
                samples += len(chunk.samples)


class ModelVoice(Voice):
    """A voice whose model lives in a worker, which returns `synthesize(words, speed)`."""

    def __init__(self, name: str, worker: Worker, language: str = "en") -> None:
        super().__init__(name, language)
        self._worker = worker
        self._recent = ClipCache(CACHE_BYTES)
        self._speed = 1.0

    def paced(self, speed: float) -> "ModelVoice":
        """Returns this voice at another pace; they share model and clips."""
        voice = copy(self)
        voice._speed = speed
        return voice

    async def say(self, piece: str) -> AudioChunk:
        """Returns the piece from the cache or from the model."""
        key = piece, self._speed
        if (cached := self._recent.get(key)) is not None:
            return cached
        words: list[SpokenWord] = prepare.words(piece, self.language)
        chunk: AudioChunk = await self._worker.call("synthesize", words, self._speed)
        self._recent.put(key, chunk)
        return chunk


class ClipCache:
    """The clips used last, bounded in bytes of sound."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._clips: OrderedDict[Hashable, AudioChunk] = OrderedDict()

    def get(self, piece: Hashable) -> AudioChunk | None:
        """Returns the clip of `piece` if it is still here."""
        if (chunk := self._clips.get(piece)) is not None:
            self._clips.move_to_end(piece)
        return chunk

    def put(self, piece: Hashable, chunk: AudioChunk) -> None:
        """Keeps `chunk`, letting go of the least recently used ones."""
        if (old := self._clips.pop(piece, None)) is not None:
            self._size -= old.samples.nbytes
        self._clips[piece] = chunk
        self._size += chunk.samples.nbytes
        while self._size > self._limit:
            self._size -= self._clips.popitem(last=False)[1].samples.nbytes


def later(chunk: AudioChunk, seconds: float) -> AudioChunk:
    """Returns `chunk` with its phones and words moved `seconds` later."""
    return AudioChunk(
        chunk.samples,
        tuple(replace(p, start=p.start + seconds, end=p.end + seconds) for p in chunk.phones),
        tuple(replace(w, start=w.start + seconds, end=w.end + seconds) for w in chunk.words),
    )
