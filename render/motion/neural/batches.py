"""Batches for training: windows of lessons, heard through other rooms, microphones and lines.

Imports the lessons and the contract of this room. Level, noise, equalisation and band limits are
applied to the power of the mel bands, where they cost next to nothing and never repeat.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from render.motion.neural.contract import CONTEXT_FRAMES, LOOK_AHEAD, STYLE_SIZE
from render.motion.neural.features import BANDS, MELS_PER_FRAME, Mels, log_mels
from render.motion.neural.latent import LATENT_INDEX, LATENT_SIZE, Latents, normalise
from render.motion.neural.lessons import Clip, Shard

FAMILIES: Final = {
    "heart": 0.26,
    "joe": 0.22,
    "kokoro": 0.26,
    "flite": 0.14,
    "espeak": 0.12,
    "held": 0.0,
}
"""How often each family of voices is heard in training, by the first part of a voice's name."""
_DARK = np.float32(np.log(1e-10))
_JAW = LATENT_INDEX["jawOpen"]
_LIPS = [LATENT_INDEX[name] for name in ("mouthLowerDown", "mouthUpperUp")]
_LIVELY = [LATENT_INDEX[name] for name in ("browInnerUp", "browOuterUp", "yaw", "pitch", "roll")]
_STYLED_SHARE, _NOISY_SHARE, _LIMITED_SHARE = 0.5, 0.6, 0.15
_BEYOND = 12
"""Frames by which windows may reach beyond the end of a clip, into silence."""
_LIMITS = (36, 76)
"""The lowest and highest band at which a line may cut off; 4 kHz is band 55."""


@dataclass(frozen=True, slots=True)
class Batch:
    """B windows of `span` frames, with the sound around them.

    Attributes:
        mels: (B, 4 (context + span + look-ahead), BANDS) as the network hears them.
        latents: (B, span, LATENT_SIZE) normalised.
        past: (B, context, LATENT_SIZE) normalised, the frames before.
        visemes: (B, 2 (context + span + look-ahead)) int64.
        closed: (B, span) bool.
        style: (B, STYLE_SIZE).
        styled: (B,) bool, whether the style is told.
    """

    mels: Mels
    latents: Latents
    past: Latents
    visemes: NDArray[np.int64]
    closed: NDArray[np.bool_]
    style: NDArray[np.float32]
    styled: NDArray[np.bool_]


class Sampler:
    """Draws batches.

    Args:
        shards: Of all voices.
        testing: Whether to draw from the sentences kept for testing, and change nothing.
        voices: Only these; all that are taught if None.
    """

    def __init__(
        self, shards: dict[str, Shard], testing: bool = False, voices: list[str] | None = None
    ) -> None:
        self._shards = shards
        self._testing = testing
        names = list(shards) if voices is None else voices
        self._clips: list[Clip] = []
        weights: list[float] = []
        for name in names:
            own = [c for c in shards[name].clips if c.held_out == testing]
            weight = 1.0 if testing else self._weight(name)
            if weight:
                self._clips += own
                total = sum(c.frames for c in own)
                weights += [weight * c.frames / total for c in own]
        self._edges = np.cumsum(weights) / np.sum(weights)

    def _weight(self, name: str) -> float:
        family = name.split("-")[0]
        others = sum(1 for other in self._shards if other.split("-")[0] == family)
        return FAMILIES[family] / others

    def draw(self, random: np.random.Generator, size: int, span: int) -> Batch:
        """Returns `size` windows of `span` frames."""
        whole = CONTEXT_FRAMES + span + LOOK_AHEAD
        mels = np.full((size, whole * MELS_PER_FRAME, BANDS), _DARK, np.float32)
        latents = np.zeros((size, CONTEXT_FRAMES + span, LATENT_SIZE), np.float32)
        visemes = np.zeros((size, 2 * whole), np.int64)
        closed = np.zeros((size, span), bool)
        for row, pick in enumerate(np.searchsorted(self._edges, random.uniform(size=size))):
            clip = self._clips[min(int(pick), len(self._clips) - 1)]
            first = int(random.integers(-6, max(clip.frames - span + _BEYOND, 1))) - CONTEXT_FRAMES
            start, stop = max(first, 0), min(first + whole, clip.frames)
            shard, at = self._shards[clip.voice], slice(clip.start + start, clip.start + stop)
            to = slice(start - first, stop - first)
            mels[row, to.start * 4 : to.stop * 4] = shard.mels[at.start * 4 : at.stop * 4]
            visemes[row, to.start * 2 : to.stop * 2] = shard.visemes[at.start * 2 : at.stop * 2]
            wide = np.clip(np.arange(first, first + CONTEXT_FRAMES + span), 0, clip.frames - 1)
            latents[row] = shard.latents[clip.start + wide]
            closed[row] = shard.closed[clip.start + wide[CONTEXT_FRAMES:]]
        return self._finish(random, mels, latents, visemes, closed)

    def _finish(
        self,
        random: np.random.Generator,
        mels: Mels,
        latents: Latents,
        visemes: NDArray[np.int64],
        closed: NDArray[np.bool_],
    ) -> Batch:
        """Disguises the sound, styles the face."""
        size = len(mels)
        style = np.ones((size, STYLE_SIZE), np.float32)
        styled = np.zeros(size, bool)
        power = np.exp(mels)
        if not self._testing:
            power = disguise(power, random)
            styled = random.uniform(size=size) < _STYLED_SHARE
            factors = random.uniform((0.6, 0.6, 0.4), (1.3, 1.3, 1.6), (size, STYLE_SIZE))
            style = np.where(styled[:, None], factors, 1.0).astype(np.float32)
            latents = _in_style(latents, style)
        values = normalise(latents)
        return Batch(
            mels=log_mels(power),
            latents=values[:, CONTEXT_FRAMES:],
            past=values[:, :CONTEXT_FRAMES],
            visemes=visemes,
            closed=closed,
            style=style_vector(style),
            styled=styled,
        )


def style_vector(factors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns the factors (..., STYLE_SIZE) of a `Style` as the network takes them."""
    return ((factors - 1) / 0.3).astype(np.float32)


def _in_style(latents: Latents, style: NDArray[np.float32]) -> Latents:
    """Scales jaw, lips, and the movement of head and brows; (B, T, L) by (B, 3)."""
    styled = latents.copy()
    factors = style[:, None, :]
    styled[..., _JAW] *= factors[..., 0]
    styled[..., _LIPS] *= factors[..., 1:2]
    styled[..., _LIVELY] *= factors[..., 2:3]
    return styled


def disguise(power: Mels, random: np.random.Generator) -> Mels:
    """Returns mel power (B, M, BANDS) at another level, through other microphones, with noise."""
    size, length, bands = power.shape
    knots = random.normal(0, 3.0, (size, 6))
    knots += random.normal(0, 3.0, (size, 1)) * np.linspace(-1, 1, 6)
    gain = random.uniform(-18, 8, (size, 1)) + _smooth(knots, bands)
    heard = power * 10 ** (gain[:, None, :] / 10)
    limited = np.less(random.uniform(size=size), _LIMITED_SHARE)
    limit = random.integers(*_LIMITS, size=size)
    cut = limited[:, None] & np.less.outer(limit, np.arange(bands))
    heard = np.where(cut[:, None, :], 0, heard)
    level = 10 * np.log10(heard.mean(axis=(1, 2)) + 1e-9)[:, None, None]
    tilt = _smooth(random.normal(0, 5.0, (size, 5)), bands)[:, None, :]
    noise = 10 ** ((level + tilt - random.uniform(5, 45, (size, 1, 1))) / 10)
    noise = noise * random.standard_gamma(2.0, (size, length, bands), np.float32) / 2
    noisy = random.uniform(size=(size, 1, 1)) < _NOISY_SHARE
    out: Mels = (heard + noisy * noise).astype(np.float32)
    return out


def _smooth(knots: NDArray[np.float64], bands: int) -> NDArray[np.float64]:
    """(B, K) to (B, bands) by straight lines."""
    places = np.linspace(0, knots.shape[1] - 1, bands)
    low = np.minimum(places.astype(int), knots.shape[1] - 2)
    share = places - low
    out: NDArray[np.float64] = knots[:, low] * (1 - share) + knots[:, low + 1] * share
    return out
