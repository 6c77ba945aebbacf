"""The speech models of a server: one process each, shared by all sessions.

Imports the workers and the voices; the models themselves are imported by their processes only.
"""

import asyncio

import numpy as np
from numpy.typing import NDArray

from agent.errors import NotFound
from agent.models.worker import Worker, WorkerHealth
from agent.speech.ears.transcript import Transcript
from agent.speech.voices.base import ModelVoice, Voice

VOICES = {
    "heart": "agent.speech.voices.hibari:HibariVoice",
    "joe": "agent.speech.voices.piper:PiperVoice",
}
"""Voices by name: an American woman and an American man."""


class ModelEars:
    """The models that listen, each in its own process so that both run at once."""

    def __init__(self, recogniser: Worker, turn_model: Worker) -> None:
        self._recogniser = recogniser
        self._turn_model = turn_model

    async def transcribe(
        self, samples: NDArray[np.int16], vocabulary: tuple[str, ...] = ()
    ) -> Transcript:
        """Returns what is said in (n,) int16 at 16 kHz. Raises `ModelUnavailable`.

        `vocabulary` are names that are likely to occur.
        """
        transcript: Transcript = await self._recogniser.call("transcribe", samples, vocabulary)
        return transcript

    async def turn_over(self, samples: NDArray[np.int16], silence: float) -> float:
        """Returns the probability that the turn is over. Raises `ModelUnavailable`."""
        probability: float = await self._turn_model.call("probability", samples, silence)
        return probability


class SpeechEngines:
    """Ears and voices.

    Args:
        voices: Names of the voices to load; all by default.
        listening: Whether the ears are needed; `visavis say` needs none.
    """

    def __init__(self, voices: tuple[str, ...] = tuple(VOICES), *, listening: bool = True) -> None:
        self._listening = (
            Worker("recogniser", "agent.speech.ears.whisper:Whisper"),
            Worker("turn", "agent.speech.ears.smart_turn:SmartTurn"),
        )
        self._speaking = {name: Worker(f"voice-{name}", VOICES[name]) for name in voices}
        self._workers = (*(self._listening if listening else ()), *self._speaking.values())
        self.ears = ModelEars(*self._listening)
        self._voices = {name: ModelVoice(name, w) for name, w in self._speaking.items()}

    async def start(self) -> None:
        """Loads and warms all models at once.

        Raises:
            ModelUnavailable: One of them cannot be loaded; none is left running.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                for worker in self._workers:
                    tasks.create_task(worker.start())
        except ExceptionGroup as group:
            await self.aclose()
            raise group.exceptions[0] from None

    async def aclose(self) -> None:
        """Ends all processes."""
        await asyncio.gather(*(worker.aclose() for worker in self._workers))

    def voice(self, name: str) -> Voice:
        """Returns the voice `name`.

        Raises:
            NotFound: There is no such voice, or it was not loaded.
        """
        if name not in self._voices:
            raise NotFound(f"There is no voice {name}.")
        return self._voices[name]

    def health(self) -> list[WorkerHealth]:
        """Returns how each process is doing, for `/metrics` and `doctor`."""
        return [worker.health() for worker in self._workers]
