"""What `visavis bench sync` hears: voices and sentences nobody was trained on, recorded people.

Needs the `bench` extra, and Debian's flite, espeak-ng, pocketsphinx-testdata,
asterisk-core-sounds-en-g722.
"""

import gzip
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.io import wavfile  # type: ignore[import-untyped]
from scipy.signal import resample_poly  # type: ignore[import-untyped]

from agent.bench.lab.alignment import Aligner
from agent.bench.lab.material import RECORDINGS, MaterialMissing
from agent.bench.lab.recorded import COLLECTIONS
from agent.training.lessons import joined
from agent.training.speakers import EspeakSpeaker, FliteSpeaker, KokoroSpeaker, TrainingVoice
from render.clock import AUDIO_RATE
from render.motion.neural.contract import MODEL_RATE
from render.motion.neural.latent import Latents
from render.motion.neural.teacher import teach
from render.types import AudioChunk, Phone

SENTENCES: Final = (
    "My mother baked apple pie and pumpkin bread for the birthday party.",
    "Please bring me both maps of the old harbor before you leave.",
    "What would happen if we simply moved the meeting to Wednesday?",
    "The bumpy bus stopped beside a pretty brick church.",
    "Five young women were laughing at the back of the room.",
    "I never thought that four weeks could feel so long.",
    "Maybe somebody left a message on the phone.",
    "He put the broken lamp back into the box.",
    "Thank you very much, and welcome to our little museum.",
    "She sells warm woolen blankets and paper lamps by the beach.",
    "Did you see how quickly the weather changed this morning?",
    "Remember to take the blue map, because the path is poorly marked.",
)
"""None of them is among the training sentences."""
_CARDS: Final = RECORDINGS.parent / "cards"
_LINE: Final = re.compile(r"<s> (.*?) *</s> \((.*)\)")
PROMPT_TEXTS: Final = Path("/usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz")
_PROMPT: Final = re.compile(r"([\w-]+): ([A-Za-z ',.!?-]{30,90})\s*$")
"""A prompt of some length whose text is all words."""
_EVERY_SO_MANIETH: Final = 4
_QUIET_SECONDS: Final = 0.4


def _kumo() -> TrainingVoice:
    return KokoroSpeaker({"jm_kumo": 1.0})


HELD_OUT: Final[dict[str, Callable[[], TrainingVoice]]] = {
    "kokoro-kumo": _kumo,
    "flite-rms": lambda: FliteSpeaker("rms"),
    "espeak-scotland-f3": lambda: EspeakSpeaker("en-gb-scotland+f3"),
}
"""Voices that were never trained on."""


@dataclass(frozen=True, slots=True)
class SyncCase:
    """One clip with what its mouth should do.

    Attributes:
        voice: Who speaks.
        speech: At 24 kHz, with its phones.
        audio: (n,) float32 at 16 kHz.
        wanted: (T, LATENT_SIZE) what the rules make of the true phones.
        closed: (T,) where lips must be sealed.
        aligned: What the rules make of phones found by forced alignment; None where the true
            ones were found that way, or none were.
    """

    voice: str
    speech: AudioChunk
    audio: NDArray[np.float32]
    wanted: Latents
    closed: NDArray[np.bool_]
    aligned: Latents | None = None


def held_out() -> list[SyncCase]:
    """Returns what voices say that were never trained on, in sentences that never were."""
    aligner, cases = Aligner(), []
    for name, make in HELD_OUT.items():
        speaker = make()
        try:
            for number, text in enumerate(SENTENCES):
                said = joined([speaker.say(text, 1.0)], np.random.default_rng(number))
                cases.append(_case(name, said, _found(aligner, text, said)))
        finally:
            speaker.close()
    return cases


def recorded() -> list[SyncCase]:
    """Returns recorded people; their phones are found by forced alignment.

    Raises:
        MaterialMissing: A Debian package with recordings is not installed.
    """
    aligner, cases = Aligner(), []
    for voice, text, samples in chain(_read_aloud(), _prompts()):
        loud = np.asarray(resample_poly(samples.astype(np.float32) / 32_768, 3, 2), np.float32)
        said = AudioChunk((np.clip(loud, -1, 1) * 32_767).astype(np.int16))
        try:
            phones = aligner.align(text, samples)
        except (ValueError, RuntimeError):
            continue
        quiet = np.zeros(int(_QUIET_SECONDS * AUDIO_RATE), np.int16)
        later = tuple(
            Phone(p.symbol, p.start + _QUIET_SECONDS, p.end + _QUIET_SECONDS) for p in phones
        )
        cases.append(_case(voice, AudioChunk(np.concatenate([quiet, said.samples]), later)))
    return cases


def _read_aloud() -> Iterator[tuple[str, str, NDArray[np.int16]]]:
    """Who, what and how it sounds, of a book read aloud and of playing cards called out."""
    lists = (("librivox", RECORDINGS, "transcription"), ("cards", _CARDS, "cards.transcription"))
    for voice, folder, name in lists:
        if not (folder / name).exists():
            raise MaterialMissing("apt-get install pocketsphinx-testdata")
        for line in (folder / name).read_text().splitlines():
            if match := _LINE.match(line):
                rate, samples = wavfile.read(folder / f"{match[2]}.wav")
                assert rate == MODEL_RATE
                yield voice, match[1], samples


def _prompts() -> Iterator[tuple[str, str, NDArray[np.int16]]]:
    """Likewise of a telephone exchange's sentences: wideband telephone sound."""
    if not PROMPT_TEXTS.exists():
        packages = "asterisk-core-sounds-en asterisk-core-sounds-en-g722"
        raise MaterialMissing(f"apt-get install {packages}")
    with gzip.open(PROMPT_TEXTS, "rt") as file:
        found = [match for line in file if (match := _PROMPT.match(line))]
    for name, text in sorted(match.groups() for match in found)[::_EVERY_SO_MANIETH]:
        yield "asterisk", text, COLLECTIONS["asterisk"](name)


def _case(voice: str, said: AudioChunk, found: list[Phone] | None = None) -> SyncCase:
    lesson = teach(said.samples, list(said.phones), seed=1)
    return SyncCase(
        voice=voice,
        speech=said,
        audio=_at_16k(said.samples),
        wanted=lesson.latents,
        closed=lesson.closed,
        aligned=teach(said.samples, found, seed=1).latents if found else None,
    )


def _found(aligner: Aligner, text: str, said: AudioChunk) -> list[Phone] | None:
    samples = (np.clip(_at_16k(said.samples), -1, 1) * 32_767).astype(np.int16)
    try:
        return aligner.align(text, samples)
    except (ValueError, RuntimeError):
        return None


def _at_16k(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    return np.asarray(resample_poly(samples.astype(np.float32) / 32_768, 2, 3), np.float32)
