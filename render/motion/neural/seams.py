"""Slow channels go on where the known frames left them.

A head does not jump where a chunk begins: what is left of a difference to the known frames is
carried over and fades (inertialisation, as for the mouth in `render.motion.mouth.Settling`). Mouth
and lids stay as they were generated: they may be fast, and do not need it. Nor does a saccade.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from render.motion.neural.latent import LATENT, LATENT_SIZE, Latents, bounded

FADE_FRAMES: Final = 10
_MOMENTUM: Final = 0.8
"""Share of the last known movement that is taken to go on."""
_MOST: Final = np.array(
    [
        np.inf if n in ("yaw", "pitch", "roll") or n.startswith("brow")
        else 0.12 if n.startswith("gaze") else 0.0
        for n in LATENT
    ], np.float32,
)  # fmt: skip
"""Largest difference that is carried over; beyond, a jump is meant."""


_SLOW: Final = np.array([n in ("yaw", "pitch", "roll") or n.startswith("brow") for n in LATENT])
_EVEN: Final = (1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16)
"""Weights over five frames that take the last tremble of a sampler out of a head."""


def steady(made: Latents) -> Latents:
    """Returns motion (T, LATENT_SIZE) with its slow channels smoothed over time."""
    padded = np.pad(made, ((2, 2), (0, 0)), mode="edge")
    count = len(made)
    even = sum(weight * padded[i : i + count] for i, weight in enumerate(_EVEN))
    return np.where(_SLOW, even, made).astype(np.float32)


def carry_over(made: Latents, mask: NDArray[np.bool_], times: NDArray[np.float32]) -> Latents:
    """Returns motion (T, LATENT_SIZE) whose slow channels meet the known frames smoothly.

    Args:
        made: What was generated, known frames in their places.
        mask: (T,) True where a frame is known.
        times: (T,) in frames.
    """
    forward = _corrections(made, mask, times)
    backward = _corrections(made[::-1], mask[::-1], -times[::-1])[::-1]
    return bounded(made + forward + backward)


def _corrections(made: Latents, mask: NDArray[np.bool_], times: NDArray[np.float32]) -> Latents:
    """(T, LATENT_SIZE) what is added after each known frame that a generated one follows."""
    added = np.zeros_like(made)
    for first in np.flatnonzero(mask[:-1] & ~mask[1:]) + 1:
        rest = np.flatnonzero(mask[first:])
        stop = first + int(rest[0]) if len(rest) else len(made)
        known, before = made[first - 1], made[first - 2] if first > 1 and mask[first - 2] else None
        step = np.zeros(LATENT_SIZE, np.float32) if before is None else known - before
        offset = known + _MOMENTUM * step - made[first]
        offset = np.where(np.abs(offset) <= _MOST, offset, 0)
        span = min(FADE_FRAMES, float(times[stop - 1] - times[first]) + 1)
        age = np.minimum((times[first:stop] - times[first]) / span, 1)
        added[first:stop] += (1 - age * age * (3 - 2 * age))[:, None] * offset
    return added
