"""Speech as rooms, microphones, lines and bystanders leave it, for training.

Everything works on the power of the mel bands, where it costs next to nothing and never repeats: a
window heard twice is never the same. Powers of sounds that have nothing to do with each other add;
a room is a tail of power that decays (Polack's model), another throat a stretched axis of bands.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from render.motion.neural.features import BANDS, Mels

Floats = NDArray[np.float32]

_WARPED, _ROOM, _NOISY, _BABBLE, _BURST, _GAIN_CONTROLLED, _LIMITED, _CODED = (
    0.5, 0.4, 0.6, 0.15, 0.15, 0.25, 0.15, 0.25,
)  # fmt: skip
"""Shares of windows that meet each of these."""
_LIMITS: Final = (36, 76)
"""The lowest and highest band at which a line may cut off; 4 kHz is band 55."""
_HOP_SECONDS: Final = 0.01


def disguise(power: Mels, random: np.random.Generator) -> Mels:
    """Returns mel power (B, M, BANDS) from other throats, rooms, microphones and lines."""
    heard = reverberant(warped(power, random), random)
    heard = accompanied(heard, random)
    heard = coloured(heard, random)
    return carried(gain_controlled(heard, random), random)


def warped(power: Mels, random: np.random.Generator) -> Mels:
    """Stretches the axis of bands: a longer or shorter vocal tract."""
    size = len(power)
    factor = np.where(_chosen(random, size, _WARPED), random.uniform(0.86, 1.16, size), 1.0)
    places = np.minimum(np.arange(BANDS) * factor[:, None], BANDS - 1.001)
    low = places.astype(np.int64)
    share = (places - low).astype(np.float32)[:, None, :]
    below = np.take_along_axis(power, low[:, None, :], axis=2)
    above = np.take_along_axis(power, low[:, None, :] + 1, axis=2)
    return np.asarray(below + share * (above - below), np.float32)


def reverberant(power: Mels, random: np.random.Generator) -> Mels:
    """Adds tails that fall by 60 dB in 0.15 to 0.9 s, faster in high bands."""
    size, length, bands = power.shape
    seconds = random.uniform(0.15, 0.9, (size, 1)) * np.linspace(1.1, 0.6, bands)
    keep = np.exp(-13.8 * _HOP_SECONDS / seconds).astype(np.float32)
    wet = 10 ** (random.uniform(-16, -2, (size, 1)) / 10) * _chosen(random, size, _ROOM)[:, None]
    fed = ((1 - keep) * wet).astype(np.float32)
    tail, out = np.zeros((size, bands), np.float32), power.copy()
    rough = random.standard_exponential((size, length, bands), np.float32)
    for hop in range(1, length):
        tail = keep * tail + fed * power[:, hop - 1]
        out[:, hop] += tail * (0.4 + 0.6 * rough[:, hop])
    return out


def accompanied(power: Mels, random: np.random.Generator) -> Mels:
    """Adds steady noise, somebody else's speech, and bursts: breath, knocks, rustling."""
    size, length, bands = power.shape
    level = _decibels(power.mean(axis=(1, 2)))[:, None, None]
    tilt = smooth(random.normal(0, 5.0, (size, 5)), bands)[:, None, :]
    distance = random.uniform(8, 48, (size, 1, 1))
    distance += np.where(_chosen(random, size, _NOISY), 0.0, 200.0)[:, None, None]
    wobble = smooth(random.normal(0, 2.0, (size, 4)), length)[:, :, None]
    steady = 10 ** ((level + tilt + wobble - distance) / 10)
    rough = random.standard_gamma(2.0, (size, length, bands), np.float32) / 2
    others = np.roll(power, 1, axis=0)
    apart = level - _decibels(others.mean(axis=(1, 2)))[:, None, None]
    apart = apart - random.uniform(10, 30, (size, 1, 1))
    talked = others * 10 ** (np.clip(apart, -120, 60) / 10)
    babble = _chosen(random, size, _BABBLE)[:, None, None] * talked
    return np.asarray(power + steady * rough + babble + _bursts(level, power, random), np.float32)


def _bursts(level: NDArray[np.float64], power: Mels, random: np.random.Generator) -> Floats:
    """(B, M, BANDS) one hump of noise per window, as long as a breath or a knock."""
    size, length, bands = power.shape
    middle, width = random.uniform(0, length, (size, 1)), random.uniform(2, 22, (size, 1))
    shape = np.exp(-(((np.arange(length) - middle) / width) ** 2))[:, :, None]
    colour = smooth(random.normal(0, 6.0, (size, 4)), bands)[:, None, :]
    loudness = level + colour - random.uniform(5, 30, (size, 1, 1))
    chosen = _chosen(random, size, _BURST)[:, None, None]
    return np.asarray(chosen * shape * 10 ** (loudness / 10), np.float32)


def coloured(power: Mels, random: np.random.Generator) -> Mels:
    """Changes level and equalisation: distance and microphone."""
    size, _, bands = power.shape
    knots = random.normal(0, 3.0, (size, 6))
    knots += random.normal(0, 3.0, (size, 1)) * np.linspace(-1, 1, 6)
    gain = random.uniform(-18, 8, (size, 1)) + smooth(knots, bands)
    return np.asarray(power * 10 ** (gain[:, None, :] / 10), np.float32)


def gain_controlled(power: Mels, random: np.random.Generator) -> Mels:
    """Lifts what is quiet, as recorders and conferences do, with a release of 0.05 to 0.4 s."""
    size, length, _ = power.shape
    loud = power.mean(axis=2)
    keep = np.exp(-_HOP_SECONDS / random.uniform(0.05, 0.4, size)).astype(np.float32)
    followed, at = np.empty_like(loud), loud[:, 0]
    for hop in range(length):
        at = np.maximum(loud[:, hop], keep * at + (1 - keep) * loud[:, hop])
        followed[:, hop] = at
    most = loud.max(axis=1, keepdims=True) + 1e-9
    below = np.clip(_decibels(followed / most), -30, 0)
    applied = _chosen(random, size, _GAIN_CONTROLLED)[:, None]
    strength = random.uniform(0.2, 0.6, (size, 1)) * applied
    return np.asarray(power * (10 ** (-below * strength / 10))[:, :, None], np.float32)


def carried(power: Mels, random: np.random.Generator) -> Mels:
    """Passes a line: a limited band, noise that follows the signal, holes where little was."""
    size, length, bands = power.shape
    limited = _chosen(random, size, _LIMITED)
    limit = random.integers(*_LIMITS, size=size)
    cut = limited[:, None] & np.less.outer(limit, np.arange(bands))
    heard = np.where(cut[:, None, :], 0, power)
    coded = _chosen(random, size, _CODED)[:, None, None]
    frame = heard.mean(axis=2, keepdims=True)
    grain = 10 ** (random.uniform(-38, -14, (size, 1, 1)) / 10) * coded
    rough = random.standard_exponential((size, length, bands), np.float32)
    hole = frame * 10 ** (random.uniform(-40, -18, (size, 1, 1)) / 10)
    holed = coded & (random.uniform(size=(size, 1, 1)) < 0.5) & (heard < hole)
    return np.asarray(np.where(holed, 0, heard) + grain * frame * rough, np.float32)


def smooth(knots: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """(B, K) to (B, count) by straight lines."""
    places = np.linspace(0, knots.shape[1] - 1, count)
    low = np.minimum(places.astype(int), knots.shape[1] - 2)
    share = places - low
    out: NDArray[np.float64] = knots[:, low] * (1 - share) + knots[:, low + 1] * share
    return out


def _chosen(random: np.random.Generator, size: int, share: float) -> NDArray[np.bool_]:
    return np.less(random.uniform(size=size), share)


def _decibels(power: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.asarray(10 * np.log10(power + 1e-10), np.float64)
