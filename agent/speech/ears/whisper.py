"""faster-whisper, inside its own process.

Whisper pads every input to 30 s. Encoding only as much as was said (but at least 7.5 s, below which
it loops) costs a quarter of the time and about one word in a hundred.
"""

import re

import ctranslate2  # type: ignore[import-untyped]
import numpy as np
from faster_whisper import WhisperModel  # type: ignore[import-untyped]
from faster_whisper.tokenizer import Tokenizer  # type: ignore[import-untyped]
from numpy.typing import NDArray

from agent.models import packages
from agent.speech.ears.transcript import Transcript

RATE = 16_000
MIN_CONTEXT_SECONDS = 7.5
"""Shorter encoder contexts make the model repeat itself."""
TAIL_SECONDS = 1.0
"""Silence after the speech inside the context."""
MAX_SECONDS = 29.0
"""Longest input; the model's context is 30 s."""
TOKENS_PER_SECOND = 7
"""More than anybody says; at this cap the model is looping."""
EXTRA_TOKENS = 10
MENTION_TOKENS = 60
"""Longest mention of the vocabulary; each token costs time."""

NO_SPEECH = 0.8
"""Probability of "no speech" above which there was none."""
DOUBTFUL_NO_SPEECH, DOUBTFUL_LOGPROB = 0.45, -0.9
"""Together these mean the same."""
ECHO_WORDS = 3
"""Shortest sentence whose repetition is the model's, not the person's."""
AGAIN_WORDS = 3
"""Fewest words at the end that are its beginning once more."""
_ANNOTATION = re.compile(r"\[[^\]]*\]|\([^)]*\)|♪+")


class Whisper:
    """One model in int8 on one thread.

    Args:
        folder: Where a model lies that hears many languages; tiny.en by default.
    """

    def __init__(self, folder: str = "") -> None:
        folder = folder or str(packages.find(packages.WHISPER_TINY_EN).parent)
        self._model = WhisperModel(
            folder, device="cpu", compute_type="int8", cpu_threads=1, num_workers=1
        )
        self._tokenizers: dict[str, Tokenizer] = {}
        self.transcribe(np.zeros(RATE, np.int16))

    def transcribe(
        self,
        samples: NDArray[np.int16],
        vocabulary: tuple[str, ...] = (),
        language: str = "en",
    ) -> Transcript:
        """Returns what is said.

        Args:
            samples: (n,) int16 at 16 kHz, at most 29 s of it.
            vocabulary: Names that are likely to occur; they are spelled like this then.
            language: Two letters; one that the model does not know is heard as English.
        """
        tokenizer = self._tokenizer(language)
        audio = samples[: int(MAX_SECONDS * RATE)].astype(np.float32) / np.float32(32_768)
        seconds = len(audio) / RATE
        context = max(seconds + TAIL_SECONDS, MIN_CONTEXT_SECONDS)
        cap = EXTRA_TOKENS + int(TOKENS_PER_SECOND * seconds)
        prompt = _prompt(tokenizer, vocabulary)
        result = self._generate(audio, context, prompt, cap)
        if len(result.sequences_ids[0]) >= cap:
            result = self._generate(audio, MAX_SECONDS + TAIL_SECONDS, _prompt(tokenizer, ()), cap)
        text = tokenizer.decode(result.sequences_ids[0])
        logprob = float(result.scores[0])
        if not spoken(text, logprob, float(result.no_speech_prob)):
            return Transcript("", 0.0)
        return Transcript(without_echo(clean(text)), float(np.exp(logprob)))

    def _tokenizer(self, language: str) -> Tokenizer:
        if language not in self._tokenizers:
            multilingual = self._model.model.is_multilingual
            known = language if language in self._model.supported_languages else "en"
            self._tokenizers[language] = Tokenizer(
                self._model.hf_tokenizer, multilingual, "transcribe", known
            )
        return self._tokenizers[language]

    def _generate(
        self, audio: NDArray[np.float32], seconds: float, prompt: list[int], cap: int
    ) -> ctranslate2.models.WhisperGenerationResult:
        """Decodes `audio` after `prompt` in a context of `seconds`, at most `cap` tokens."""
        padding = max(0, int(seconds * RATE) - len(audio))
        features = self._model.feature_extractor(np.pad(audio, (0, padding)), padding=0)
        features = features[:, : features.shape[1] // 2 * 2].astype(np.float32)
        encoded = self._model.model.encode(
            ctranslate2.StorageView.from_array(np.ascontiguousarray(features[None]))
        )
        return self._model.model.generate(
            encoded,
            [prompt],
            beam_size=1,
            max_length=len(prompt) + cap,
            repetition_penalty=1.05,
            suppress_blank=True,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]


def _prompt(tokenizer: Tokenizer, vocabulary: tuple[str, ...]) -> list[int]:
    """Returns the tokens before the transcript: as if the names had just been mentioned."""
    start = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
    if not vocabulary:
        return start
    names = ", ".join(vocabulary)
    english = tokenizer.language_code == "en"
    mention = tokenizer.encode(f" A conversation about {names}." if english else f" {names}.")
    return [tokenizer.sot_prev, *mention[:MENTION_TOKENS], *start]


def spoken(text: str, logprob: float, no_speech: float) -> bool:
    """Tells speech from what Whisper makes up on noise and silence ("you", "Thank you.").

    Args:
        text: What it decoded.
        logprob: Mean log probability of the tokens.
        no_speech: Its probability for "no speech" in [0, 1].
    """
    if not re.search(r"\w", _ANNOTATION.sub("", text)):
        return False
    if no_speech > NO_SPEECH:
        return False
    return not (no_speech > DOUBTFUL_NO_SPEECH and logprob < DOUBTFUL_LOGPROB)


def clean(text: str) -> str:
    """Returns `text` without annotations such as [BLANK_AUDIO] and superfluous spaces."""
    return " ".join(_ANNOTATION.sub(" ", text).split())


def without_echo(text: str) -> str:
    """Returns `text` said once if it is the same words again and again, or begins again at its end:
    the model's ways to loop."""
    words = text.split()
    plain = [re.sub(r"\W", "", word).lower() for word in words]
    for period in range(ECHO_WORDS, len(words) - AGAIN_WORDS + 1):
        again, begun = plain[period:], plain[: len(plain) - period]
        if again[:-1] == begun[:-1] and begun[-1].startswith(again[-1]):
            return " ".join(words[:period])
    return text
