"""Makes the lessons: voices say sentences at many paces and pitches, the teacher shows the face.

One voice is one folder; a folder that is finished is not made again.
"""

import logging
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve, resample_poly  # type: ignore[import-untyped]

from agent.training.sentences import sentences
from agent.training.speakers import (
    EspeakSpeaker,
    FliteSpeaker,
    KokoroSpeaker,
    ProductSpeaker,
    TrainingVoice,
)
from render.clock import AUDIO_RATE
from render.motion.neural.features import RATE
from render.motion.neural.lessons import Taught, write_shard
from render.motion.neural.teacher import teach
from render.types import AudioChunk, Phone

log = logging.getLogger(__name__)

HELD_OUT_SHARE: Final = 20
"""Every so-manieth sentence is kept for testing, whoever says it."""
_LEAD, _TAIL = 0.4, 0.5
"""Seconds of silence before and after a clip."""
_PAUSE = (0.05, 0.7)
_SENTENCES_PER_CLIP = 3
_TURNS = (20, 21, 22, 23, 24, 25, 26, 27, 28)
"""Resampling factors over 24: pitch and formants move by up to a fifth, and the pace with them."""
_REVERBERANT = 0.2


@dataclass(frozen=True, slots=True)
class Recipe:
    """How much one voice says.

    Attributes:
        make: Opens the voice.
        sentences: How many it says.
        turns: How often each is resampled and used; the first time unchanged.
        held_out: Whether the whole voice is kept for testing.
    """

    make: Callable[[], TrainingVoice]
    sentences: int
    turns: int
    held_out: bool = False


def _kokoro(**mixture: float) -> Callable[[], TrainingVoice]:
    return lambda: KokoroSpeaker(mixture)


def _flite(voice: str) -> Callable[[], TrainingVoice]:
    return lambda: FliteSpeaker(voice)


def _espeak(voice: str, pitch: int = 50) -> Callable[[], TrainingVoice]:
    return lambda: EspeakSpeaker(voice, pitch)


RECIPES: Final[dict[str, Recipe]] = {
    "heart": Recipe(lambda: ProductSpeaker("heart"), 1800, 3),
    "flite-slt": Recipe(_flite("slt"), 350, 2),
    "flite-awb": Recipe(_flite("awb"), 250, 2),
    "flite-kal16": Recipe(_flite("kal16"), 250, 2),
    "espeak-us": Recipe(_espeak("en-us", 45), 120, 2),
    "espeak-us-f2": Recipe(_espeak("en-us+f2", 60), 120, 2),
    "espeak-us-m3": Recipe(_espeak("en-us+m3", 35), 120, 2),
    "espeak-gb-f4": Recipe(_espeak("en-gb+f4", 55), 120, 2),
    "espeak-rp-klatt2": Recipe(_espeak("en-gb-x-rp+klatt2", 50), 120, 2),
    "espeak-us-croak": Recipe(_espeak("en-us+croak", 40), 80, 2),
    "espeak-us-whisper": Recipe(_espeak("en-us+whisper", 50), 80, 1),
    "espeak-us-michael": Recipe(_espeak("en-us+michael", 40), 120, 2),
    "joe": Recipe(lambda: ProductSpeaker("joe"), 900, 3),
    "kokoro-alpha": Recipe(_kokoro(jf_alpha=1.0), 150, 3),
    "kokoro-gongitsune": Recipe(_kokoro(jf_gongitsune=1.0), 150, 3),
    "kokoro-nezumi": Recipe(_kokoro(jf_nezumi=1.0), 150, 3),
    "kokoro-tebukuro": Recipe(_kokoro(jf_tebukuro=1.0), 120, 3),
    "kokoro-mixed": Recipe(_kokoro(jf_alpha=0.5, jf_tebukuro=0.5), 120, 3),
    "held-out-kokoro-kumo": Recipe(_kokoro(jm_kumo=1.0), 60, 1, held_out=True),
    "held-out-flite-rms": Recipe(_flite("rms"), 60, 1, held_out=True),
    "held-out-espeak-scotland": Recipe(_espeak("en-gb-scotland+f3"), 40, 1, held_out=True),
}
"""What is made, in this order."""


def make_lessons(root: Path, prompts: Path, voices: tuple[str, ...] = tuple(RECIPES)) -> None:
    """Makes the lessons that are not there yet, below `root`."""
    spoken = sentences(prompts)
    for name in voices:
        folder = root / name
        if (folder / "clips.json").exists():
            continue
        recipe = RECIPES[name]
        speaker = recipe.make()
        try:
            frames = write_shard(folder, _lessons(name, recipe, speaker, spoken))
        finally:
            speaker.close()
        log.info("%s: %.1f minutes", name, frames / 1500)


def _lessons(
    name: str, recipe: Recipe, speaker: TrainingVoice, spoken: list[str]
) -> Iterator[Taught]:
    """Yields what a voice says; which sentences, and how, depends on its name alone."""
    random = np.random.default_rng(zlib.crc32(name.encode()))
    numbers = np.arange(len(spoken))
    tested = numbers % HELD_OUT_SHARE == 0
    held_out = numbers[tested][:60]
    taught = random.permutation(numbers[~tested])[: 0 if recipe.held_out else recipe.sentences]
    share = recipe.sentences if recipe.held_out else max(recipe.sentences // HELD_OUT_SHARE, 9)
    for group, testing in ((taught, False), (held_out[:share], True)):
        for first in range(0, len(group), _SENTENCES_PER_CLIP):
            texts = [spoken[int(i)] for i in group[first : first + _SENTENCES_PER_CLIP]]
            said = [speaker.say(text, float(random.uniform(0.85, 1.25))) for text in texts]
            for turn in range(1 if testing else recipe.turns):
                factor = 24 if turn == 0 else int(random.choice(_TURNS))
                yield _taught(joined(said, random), factor, testing, random)


def joined(said: list[AudioChunk], random: np.random.Generator) -> AudioChunk:
    """Returns utterances as one clip, with pauses between and silence around them."""
    sounds: list[NDArray[np.int16]] = [np.zeros(int(_LEAD * AUDIO_RATE), np.int16)]
    phones: list[Phone] = []
    for chunk in said:
        start = sum(map(len, sounds)) / AUDIO_RATE
        phones += [Phone(p.symbol, start + p.start, start + p.end) for p in chunk.phones]
        pause = int(random.uniform(*_PAUSE) * AUDIO_RATE)
        sounds += [chunk.samples, np.zeros(pause, np.int16)]
    sounds.append(np.zeros(int(_TAIL * AUDIO_RATE), np.int16))
    return AudioChunk(np.concatenate(sounds), tuple(phones))


def _taught(clip: AudioChunk, factor: int, testing: bool, random: np.random.Generator) -> Taught:
    """Returns a clip played 24 / `factor` times as fast, and what the teacher makes of it."""
    samples = clip.samples.astype(np.float32) / 32_768
    if factor != 24:
        samples = np.asarray(resample_poly(samples, factor, 24), np.float32)
    slower = factor / 24
    phones = [Phone(p.symbol, p.start * slower, p.end * slower) for p in clip.phones]
    pcm = (np.clip(samples, -1, 1) * 32_767).astype(np.int16)
    lesson = teach(pcm, phones, int(random.integers(2**31)))
    sound = np.asarray(resample_poly(samples, 2, AUDIO_RATE * 2 // RATE), np.float32)
    if not testing and random.uniform() < _REVERBERANT:
        sound = reverberant(sound, random)
    return Taught(sound, lesson, testing)


def reverberant(sound: NDArray[np.float32], random: np.random.Generator) -> NDArray[np.float32]:
    """Returns sound as in a room of chance size: direct sound, and a tail of noise that decays."""
    decay = float(random.uniform(0.05, 0.18))
    time = np.arange(int(3 * decay * RATE)) / RATE
    tail = random.normal(size=len(time)) * np.exp(-time / decay)
    tail *= float(random.uniform(0.1, 0.4)) / np.sqrt((tail**2).sum())
    tail[0] = 1.0
    return np.asarray(fftconvolve(sound, tail)[: len(sound)], np.float32)
