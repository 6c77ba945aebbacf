"""Batches for training: windows of lessons, heard through other rooms, microphones and lines."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from render.motion.neural.contract import CONTEXT_FRAMES, LOOK_AHEAD, STYLE_SIZE
from render.motion.neural.disguise import disguise
from render.motion.neural.features import BANDS, MELS_PER_FRAME, Mels, log_mels
from render.motion.neural.latent import LATENT_INDEX, LATENT_SIZE, Latents, bounded, normalise
from render.motion.neural.lessons import Clip, Shard
from render.motion.neural.manner import (
    IDENTITY_SIZE,
    SCENE_SIZE,
    TEXT_SIZE,
    blinking,
    in_manner,
)

FAMILIES: Final = {
    "heart": 0.24,
    "joe": 0.20,
    "kokoro": 0.30,
    "flite": 0.14,
    "espeak": 0.12,
    "held": 0.0,
}
"""How often each family of voices is heard in training, by the first part of a voice's name."""
REFERENCE_SIZES: Final = (IDENTITY_SIZE, STYLE_SIZE, TEXT_SIZE, SCENE_SIZE)
_DARK = np.float32(np.log(1e-10))
_JAW = LATENT_INDEX["jawOpen"]
_LIPS = [LATENT_INDEX[name] for name in ("mouthLowerDown", "mouthUpperUp")]
_LIVELY = [LATENT_INDEX[name] for name in ("browInnerUp", "browOuterUp", "yaw", "pitch", "roll")]
_GIVEN: Final = (0.5, 0.5, 0.4, 0.3)
"""How often identity, style, text and scene are told; where one is not, it changes nothing."""
_BEYOND = 12
"""Frames by which windows may reach beyond the end of a clip, into silence."""


@dataclass(frozen=True, slots=True)
class Batch:
    """B windows of `span` frames, with the sound around them.

    Attributes:
        mels: (B, 4 (context + span + look-ahead), BANDS) as the network hears them.
        latents: (B, span, LATENT_SIZE) normalised.
        plain: (B, context + span, LATENT_SIZE) normalised, from the frames before on, as if no
            reference were told.
        visemes: (B, 2 (context + span + look-ahead)) int64.
        closed: (B, span) bool.
        references: Identity, style, text and scene, each (B, its size).
        given: (B, 4) bool, which of them are told.
    """

    mels: Mels
    latents: Latents
    plain: Latents
    visemes: NDArray[np.int64]
    closed: NDArray[np.bool_]
    references: tuple[NDArray[np.float32], ...]
    given: NDArray[np.bool_]


class BatchSampler:
    """Draws batches.

    Args:
        shards: Of all voices.
        testing: Whether to draw from the sentences kept for testing, and leave the face as it is.
        voices: Only these; all that are taught if None.
        disguised: Whether sound is disguised; what is taught is, what is tested is not, if None.
    """

    def __init__(
        self,
        shards: dict[str, Shard],
        testing: bool = False,
        voices: list[str] | None = None,
        disguised: bool | None = None,
    ) -> None:
        self._shards = shards
        self._testing = testing
        self._disguised = not testing if disguised is None else disguised
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
        """Disguises the sound; moves the face in the manner of a person, a style, a sentence."""
        size, plain = len(mels), normalise(latents)
        factors = np.ones((size, STYLE_SIZE), np.float32)
        references = [np.zeros((size, n), np.float32) for n in REFERENCE_SIZES]
        given = np.zeros((size, len(REFERENCE_SIZES)), bool)
        power = np.exp(mels)
        if self._disguised:
            power = disguise(power, random)
        if not self._testing:
            given = random.uniform(size=given.shape) < _GIVEN
            drawn = _references(random, size)
            references = [d * given[:, i : i + 1] for i, d in enumerate(drawn)]
            factors = 1 + references[1]
            references[1] = style_vector(factors)
            identity, _, text, scene = references
            moved = in_manner(_in_style(latents, factors), identity, text, scene)
            latents = bounded(blinking(moved, identity, random))
        return Batch(
            mels=log_mels(power),
            latents=normalise(latents)[:, CONTEXT_FRAMES:],
            plain=plain,
            visemes=visemes,
            closed=closed,
            references=tuple(references),
            given=given,
        )


def _references(random: np.random.Generator, size: int) -> list[NDArray[np.float32]]:
    """Draws somebody, a style (factors less 1), a kind of sentence and an occasion per row."""
    return [
        random.uniform(-1, 1, (size, IDENTITY_SIZE)).astype(np.float32),
        random.uniform((-0.4, -0.4, -0.6), (0.3, 0.3, 0.6), (size, STYLE_SIZE)).astype(np.float32),
        np.eye(TEXT_SIZE, dtype=np.float32)[random.integers(TEXT_SIZE, size=size)],
        np.eye(SCENE_SIZE, dtype=np.float32)[random.integers(SCENE_SIZE, size=size)],
    ]


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
