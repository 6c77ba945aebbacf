"""Speech made of nothing, for tests: phones with exact times and a sound that follows them."""

import numpy as np
from numpy.typing import NDArray

from render.motion.performer import Performer
from render.motion.visemes import VISEMES, articulation
from render.types import AudioChunk, AVUnit, Phone, SegmentEnd, Word

RATE = 24_000


def phones(text: str, length: float = 0.08, start: float = 0.1) -> list[Phone]:
    """One phone of `length` seconds for each symbol, separated by spaces; "_" is silence."""
    symbols = ["" if symbol == "_" else symbol for symbol in text.split()]
    return [
        Phone(symbol, start + index * length, start + (index + 1) * length)
        for index, symbol in enumerate(symbols)
    ]


def sound(of: list[Phone], tail: float = 0.1, seed: int = 0) -> NDArray[np.int16]:
    """Vowels buzz at 120 Hz, other phones hiss softly, silences are silent."""
    count = round((of[-1].end + tail) * RATE)
    time = np.arange(count) / RATE
    buzz = np.tanh(4 * np.sin(2 * np.pi * 120 * time))
    hiss = np.diff(np.random.default_rng(seed).normal(size=count + 2), n=2)
    loudness = np.zeros((2, count))
    for phone in of:
        names = articulation(phone.symbol).visemes
        if names != ("rest",):
            vowel = any(VISEMES[name].vowel for name in names)
            loudness[:, round(phone.start * RATE) : round(phone.end * RATE)] = (
                ((5000.0,), (0.0,)) if vowel else ((600.0,), (500.0,))
            )
    samples: NDArray[np.int16] = (loudness[0] * buzz + loudness[1] * hiss).astype(np.int16)
    return samples


def words(of: list[Phone], every: int) -> tuple[Word, ...]:
    """Words w0, w1, ... of `every` phones each."""
    groups = [of[i : i + every] for i in range(0, len(of), every)]
    return tuple(Word(f"w{i}", g[0].start, g[-1].end) for i, g in enumerate(groups))


def say(performer: Performer, of: list[Phone], every: int = 4) -> NDArray[np.int16]:
    """Pushes a whole segment; returns its samples."""
    samples = sound(of)
    performer.push_speech(AudioChunk(samples, tuple(of), words(of, every)))
    performer.push_speech(SegmentEnd())
    return samples


def play(performer: Performer, most: int = 5000) -> list[AVUnit]:
    """Advances until nothing is left to say."""
    units: list[AVUnit] = []
    while performer.speaking and len(units) < most:
        units.append(performer.advance())
    return units
