"""The speech models of a server: one process each, shared by all sessions."""

import asyncio
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.errors import ModelUnavailable, NotFound
from agent.models.packages import joined_whisper_base
from agent.models.worker import Worker, WorkerHealth
from agent.settings import SpeechSettings
from agent.speech.ears.transcript import Transcript
from agent.speech.turn_taking.words import word_list
from agent.speech.voices import catalogue
from agent.speech.voices.base import ModelVoice, Voice
from agent.speech.voices.catalogue import find_voice, require_language
from agent.speech.voices.reading.language import language

WHISPER = "agent.speech.ears.whisper:Whisper"
ADVISER_NICENESS = 15
"""Of the turn model, which only advises: it does not slow down the recogniser, nor the answer."""
MODELS_DIR = Path("var/models")
"""Where models are joined that come in parts, unless told otherwise."""


class LanguageUnavailable(ModelUnavailable):
    """Nobody here understands this language."""

    code = "language_unavailable"


class ModelEars:
    """The models that listen, each in its own process so that both run at once.

    Args:
        recogniser: Hears words.
        turn_model: Hears whether a turn is over.
        language: BCP 47 tag of what is heard.
    """

    def __init__(self, recogniser: Worker, turn_model: Worker, language: str = "en") -> None:
        self._recogniser = recogniser
        self._turn_model = turn_model
        self._language = language.split("-")[0].lower()

    async def transcribe(
        self, samples: NDArray[np.int16], vocabulary: tuple[str, ...] = ()
    ) -> Transcript:
        """Returns what is said in (n,) int16 at 16 kHz. Raises `ModelUnavailable`.

        `vocabulary` are names that are likely to occur.
        """
        transcript: Transcript = await self._recogniser.call(
            "transcribe", samples, vocabulary, self._language
        )
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
        settings: Which recogniser, and where further voices are.
        models_dir: Where models are joined that come in parts.

    Raises:
        NotFound: Nobody knows one of the voices.
        VoiceUnavailable: One is known, and not installed.
    """

    def __init__(
        self,
        voices: tuple[str, ...] = tuple(catalogue.BUILT_IN),
        *,
        listening: bool = True,
        settings: SpeechSettings | None = None,
        models_dir: Path = MODELS_DIR,
    ) -> None:
        settings = settings or SpeechSettings()
        self._multilingual = settings.recogniser == "base"
        self._models_dir = models_dir if listening and self._multilingual else None
        folder = (str(models_dir / "whisper-base"),) if self._multilingual else ()
        self._listening = (
            Worker("recogniser", WHISPER, folder, niceness=0),
            Worker("turn", "agent.speech.ears.smart_turn:SmartTurn", niceness=ADVISER_NICENESS),
        )
        self._sources = {name: find_voice(name, settings.voices) for name in voices}
        speaking = {
            name: Worker(f"voice-{name}", source.target, source.arguments)
            for name, source in self._sources.items()
        }
        self._workers = (*(self._listening if listening else ()), *speaking.values())
        self.ears = ModelEars(*self._listening)
        self._voices = {
            name: ModelVoice(name, worker, self._sources[name].language)
            for name, worker in speaking.items()
        }

    async def start(self) -> None:
        """Loads and warms all models at once.

        Raises:
            ModelUnavailable: One of them cannot be loaded; none is left running.
        """
        if self._models_dir is not None:
            await asyncio.to_thread(joined_whisper_base, self._models_dir)
        await asyncio.to_thread(self._read_words)
        try:
            async with asyncio.TaskGroup() as tasks:
                for worker in self._workers:
                    tasks.create_task(worker.start())
        except ExceptionGroup as group:
            await self.aclose()
            raise group.exceptions[0] from None

    def _read_words(self) -> None:
        """Reads the words of all languages, so that nobody waits for them in a conversation."""
        word_list("last_words")
        for tag in {source.language for source in self._sources.values()}:
            language(tag)

    async def aclose(self) -> None:
        """Ends all processes."""
        await asyncio.gather(*(worker.aclose() for worker in self._workers))

    @property
    def voices(self) -> dict[str, str]:
        """The language of each voice that is loaded, a BCP 47 tag, by the voice's name."""
        return {name: source.language for name, source in self._sources.items()}

    def voice(self, name: str) -> Voice:
        """Returns the voice `name`.

        Raises:
            NotFound: There is no such voice, or it was not loaded.
        """
        if name not in self._voices:
            raise NotFound(f"There is no voice {name}.")
        return self._voices[name]

    def ears_for(self, language: str) -> ModelEars:
        """Returns the ears for one language.

        Raises:
            LanguageUnavailable: The recogniser does not hear it.
        """
        ears = ModelEars(*self._listening, language)
        if not self._multilingual and not language.lower().startswith("en"):
            raise LanguageUnavailable(
                f"The recogniser hears English only, not {language}: install the extra "
                "multilingual and set speech.recogniser to base."
            )
        return ears

    def require(self, voice: str, language: str) -> None:
        """Makes sure that a conversation can be held.

        Raises:
            NotFound: There is no such voice, or it was not loaded.
            VoiceUnavailable: The voice speaks another language.
            LanguageUnavailable: The recogniser does not hear it.
        """
        require_language(voice, self._source(voice), language)
        self.ears_for(language)

    def _source(self, name: str) -> catalogue.VoiceSource:
        self.voice(name)
        return self._sources[name]

    def health(self) -> list[WorkerHealth]:
        """Returns how each process is doing, for `/metrics` and `doctor`."""
        return [worker.health() for worker in self._workers]
