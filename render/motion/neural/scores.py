"""How well one motion follows another: aperture, lag, closures."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from render.clock import FRAME_SECONDS
from render.motion.neural.latent import LATENT_INDEX, Latents

_JAW, _SEAL, _LOWER, _UPPER = (
    LATENT_INDEX[name] for name in ("jawOpen", "seal", "mouthLowerDown", "mouthUpperUp")
)
SEALED: Final = 0.5
"""Value of `seal`, or an opening below `SHUT`, from which lips are seen to meet."""
SHUT: Final = 0.03
APART: Final = 0.05
"""Opening from which lips are seen to be apart."""
_NEAR: Final = 6
"""Frames around a closure in which the mouth must have been open."""
_FINER: Final = 4
_LAGS: Final = sorted(range(-40, 41), key=abs)
"""Lags that are tried, in quarters of a frame; of equally good ones the smallest is taken."""


def aperture(latents: Latents) -> NDArray[np.float32]:
    """Returns (...,) how far mouths (..., LATENT_SIZE) visibly open; see `performer.opening`."""
    lips = latents[..., _LOWER] + latents[..., _UPPER]
    opened: NDArray[np.float32] = (1 - latents[..., _SEAL]) * (latents[..., _JAW] + 0.25 * lips)
    return opened


def correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Returns Pearson's r; 0 where either does not move."""
    if one.std() < 1e-6 or other.std() < 1e-6:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def lag_ms(moved: list[NDArray[np.float32]], wanted: list[NDArray[np.float32]]) -> float:
    """Returns by how much clips (T,) come too late, in ms, where they fit best.

    Curves are read between the frames, by straight lines, every 10 ms.
    """
    pairs = [(_finer(a), _finer(b)) for a, b in zip(moved, wanted, strict=True)]
    best, found = -2.0, 0
    for lag in _LAGS:
        parts = [_overlap(a, b, lag) for a, b in pairs if len(a) > 2 * abs(lag)]
        if not parts:
            continue
        r = correlation(*(np.concatenate(side) for side in zip(*parts, strict=True)))
        if r > best:
            best, found = r, lag
    return found * 1000 * FRAME_SECONDS / _FINER


def _finer(curve: NDArray[np.float32]) -> NDArray[np.float32]:
    moments = np.arange((len(curve) - 1) * _FINER + 1) / _FINER
    return np.asarray(np.interp(moments, np.arange(len(curve)), curve), np.float32)


def _overlap(
    moved: NDArray[np.float32], wanted: NDArray[np.float32], lag: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    if lag >= 0:
        return moved[lag:], wanted[: len(wanted) - lag]
    return moved[:lag], wanted[-lag:]


def closures(closed: NDArray[np.bool_]) -> list[slice]:
    """Returns the runs of frames in (T,) that are True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], closed.astype(np.int8), [0]])))
    return [slice(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def closure_recall(latents: Latents, closed: NDArray[np.bool_]) -> tuple[int, int]:
    """Returns how many closures (T,) a motion (T, LATENT_SIZE) shows, and how many there are.

    A closure is shown where lips are shut within a frame of it, having been apart within a
    quarter of a second: a mouth that never opens shows none.
    """
    opened = aperture(latents)
    shut = (latents[..., _SEAL] >= SEALED) | (opened <= SHUT)
    runs = closures(closed)
    reached = 0
    for run in runs:
        met = shut[max(run.start - 1, 0) : run.stop + 1].any()
        apart = opened[max(run.start - _NEAR, 0) : run.stop + _NEAR].max(initial=0) >= APART
        reached += bool(met and apart)
    return reached, len(runs)


def closure_precision(latents: Latents, closed: NDArray[np.bool_]) -> tuple[int, int]:
    """Returns how many of a motion's sealed stretches belong to a closure, and how many it has."""
    runs = closures(latents[..., _SEAL] >= SEALED)
    meant = sum(bool(closed[max(run.start - 1, 0) : run.stop + 1].any()) for run in runs)
    return meant, len(runs)
