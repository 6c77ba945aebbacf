"""How well one motion follows another: aperture, lag, closures. Imports numpy and `latent`."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from render.motion.neural.latent import LATENT_INDEX, Latents

_JAW, _SEAL, _LOWER, _UPPER = (
    LATENT_INDEX[name] for name in ("jawOpen", "seal", "mouthLowerDown", "mouthUpperUp")
)
SEALED: Final = 0.5
"""Value of `seal`, or an opening below `SHUT`, from which lips are seen to meet."""
SHUT: Final = 0.03
_LAGS: Final = range(-10, 11)


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


def lag_ms(moved: NDArray[np.float32], wanted: NDArray[np.float32], step_ms: float) -> float:
    """Returns by how much `moved` comes too late, where it fits `wanted` best."""
    best, found = -2.0, 0
    for lag in _LAGS:
        first, last = max(lag, 0), len(moved) + min(lag, 0)
        r = correlation(moved[first:last], wanted[first - lag : last - lag])
        if r > best:
            best, found = r, lag
    return found * step_ms


def closures(closed: NDArray[np.bool_]) -> list[slice]:
    """Returns the runs of frames in (T,) that are True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], closed.astype(np.int8), [0]])))
    return [slice(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def closure_recall(latents: Latents, closed: NDArray[np.bool_]) -> tuple[int, int]:
    """Returns how many closures are reached, within a frame, and how many there are."""
    shut = (latents[..., _SEAL] >= SEALED) | (aperture(latents) <= SHUT)
    runs = closures(closed)
    reached = sum(bool(shut[max(run.start - 1, 0) : run.stop + 1].any()) for run in runs)
    return reached, len(runs)
