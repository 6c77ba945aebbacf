"""Sounds that are no words, made by code: rooms, music, coughs, keyboards, doors, hums, echoes.

Everything is (n,) float64 at 16 kHz with a peak near 1, and the same every time for the same random
generator.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, lfilter, sosfilt  # type: ignore[import-untyped]

RATE = 16_000
Sound = NDArray[np.float64]

CHORDS = (
    (220.0, 277.2, 329.6),
    (196.0, 246.9, 293.7),
    (174.6, 220.0, 261.6),
    (196.0, 247.0, 329.6),
)
BEAT_SECONDS = 0.4


def room(seconds: float, rng: np.random.Generator) -> Sound:
    """A quiet room: noise that falls with frequency, and the hum of the mains."""
    white = rng.normal(0, 1, _samples(seconds))
    rumble = lfilter([1.0], [1.0, -0.97], white)
    hum = np.sin(2 * np.pi * 100 * np.arange(len(white)) / RATE)
    return _peak(rumble / np.abs(rumble).max() + 0.1 * hum)


def music(seconds: float, rng: np.random.Generator) -> Sound:
    """A band: plucked chords, a melody and a brushed beat."""
    length = _samples(seconds)
    out = np.zeros(length + RATE)
    for beat in range(int(seconds / BEAT_SECONDS) + 1):
        at = int(beat * BEAT_SECONDS * RATE)
        chord = CHORDS[beat // 4 % len(CHORDS)]
        notes = (*chord, float(rng.choice(chord)) * 2)
        for pitch in notes:
            out[at : at + RATE // 2] += 0.2 * _pluck(pitch)
        brush = _burst(0.05, 3_000, 7_000, rng) * (0.25 if beat % 2 else 0.1)
        out[at : at + len(brush)] += brush
    return _peak(out[:length])


def _pluck(pitch: float) -> Sound:
    time = np.arange(RATE // 2) / RATE
    tone = sum(np.sin(2 * np.pi * pitch * n * time) / n**1.5 for n in range(1, 7))
    return np.asarray(tone * np.exp(-5 * time) * np.minimum(1, time * 200))


def cough(rng: np.random.Generator) -> Sound:
    """Two bursts: an explosion of air through the throat, then a shorter one, partly voiced."""
    parts = []
    for seconds, loud in ((0.28, 1.0), (0.2, 0.6)):
        air = _burst(seconds, 300, 3_500, rng)
        time = np.arange(len(air)) / RATE
        pitch = 2 * np.pi * np.cumsum(180 - 250 * time + rng.normal(0, 25, len(air))) / RATE
        air += 0.25 * np.sign(np.sin(pitch)) * np.exp(-12 * time)
        parts += [loud * air, np.zeros(_samples(0.09))]
    return _peak(np.concatenate(parts))


def throat(rng: np.random.Generator) -> Sound:
    """Somebody clears his throat: rough noise with a rattle of 25 to 35 Hz."""
    air = _burst(0.45, 200, 2_000, rng, decay=3)
    rattle = 0.5 + 0.5 * np.sin(2 * np.pi * rng.uniform(25, 35) * np.arange(len(air)) / RATE)
    return _peak(air * rattle)


def keyboard(rng: np.random.Generator) -> Sound:
    """A second and a half of typing: each key clicks down and up."""
    out = np.zeros(_samples(1.6))
    at = 0.0
    while at < 1.4:
        for offset, loud in ((0.0, 1.0), (rng.uniform(0.06, 0.1), 0.5)):
            click = _burst(0.012, 1_500, 7_000, rng, decay=300) * loud * rng.uniform(0.5, 1)
            thud = _burst(0.03, 150, 500, rng, decay=120) * loud * 0.4
            for part in (click, thud):
                first = _samples(at + offset)
                out[first : first + len(part)] += part[: len(out) - first]
        at += rng.uniform(0.09, 0.22)
    return _peak(out)


def door(rng: np.random.Generator) -> Sound:
    """A door falls shut: a thud, its rattle, and the room that answers."""
    thud = _burst(0.4, 50, 400, rng, decay=14)
    latch = _burst(0.08, 1_000, 5_000, rng, decay=60) * 0.5
    thud[: len(latch)] += latch
    return _peak(reverberate(thud, rng, 0.4))


def cup(rng: np.random.Generator) -> Sound:
    """A cup is put down: a ringing clink and a small thud."""
    time = np.arange(_samples(0.25)) / RATE
    ring = sum(
        np.sin(2 * np.pi * f * time) * np.exp(-25 * time) for f in rng.uniform(1_800, 5_500, 4)
    )
    thud = np.pad(_burst(0.05, 100, 800, rng, decay=80), (0, len(time) - _samples(0.05)))
    return _peak(ring / 4 + thud)


def hum(syllables: int, rng: np.random.Generator) -> Sound:
    """A person hums with closed lips: "mm" (1), "mhm" (2). Pitch rises on the last syllable."""
    base = rng.uniform(105, 210)
    parts: list[Sound] = []
    for syllable in range(syllables):
        last = syllable == syllables - 1
        time = np.arange(_samples(0.22 if last else 0.14)) / RATE
        glide = base * (1 + (0.25 if last and syllables > 1 else -0.1) * time / time[-1])
        phase = 2 * np.pi * np.cumsum(glide * (1 + 0.005 * rng.normal(size=len(time)))) / RATE
        tone = sum(np.sin(n * phase) * np.exp(-0.7 * (n - 1)) for n in range(1, 12))
        parts.append(np.asarray(tone * np.sin(np.pi * time / time[-1]) ** 0.5))
        if not last:
            parts.append(0.08 * _burst(0.07, 400, 2_500, rng, decay=0))
    return _peak(np.concatenate(parts))


def reverberate(sound: Sound, rng: np.random.Generator, seconds: float = 0.3) -> Sound:
    """Puts `sound` into a room that rings for `seconds`."""
    time = np.arange(_samples(seconds)) / RATE
    response = rng.normal(0, 1, len(time)) * 10 ** (-3 * time / seconds) * 0.15
    response[0] = 1.0
    return _peak(fftconvolve(sound, response)[: len(sound) + len(time) // 2])


def loudspeaker(sound: Sound, rng: np.random.Generator) -> Sound:
    """What a microphone hears of a small loudspeaker: its band, its distortion, the room."""
    band = sosfilt(butter(2, (300, 5_000), "bandpass", fs=RATE, output="sos"), sound)
    return reverberate(np.tanh(2 * band / (np.abs(band).max() + 1e-9)), rng)


def _burst(
    seconds: float, low: float, high: float, rng: np.random.Generator, decay: float = 8
) -> Sound:
    """Noise between two frequencies that begins at once and dies away."""
    count = _samples(seconds)
    noise = sosfilt(
        butter(2, (low, high), "bandpass", fs=RATE, output="sos"), rng.normal(0, 1, count)
    )
    return _peak(noise * np.exp(-decay * np.arange(count) / RATE))


def _samples(seconds: float) -> int:
    return round(seconds * RATE)


def _peak(sound: Sound) -> Sound:
    loudest = float(np.abs(sound).max())
    return np.asarray(sound / loudest) if loudest else sound
