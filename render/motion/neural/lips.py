"""Lips meet where a P, B or M is heard, and not where none is.

The generator draws a mouth that could be; the encoder, from the same sound, says how probable a
sealing sound is in every hundredth part of it. The second is the better witness: where it is sure,
lips are sealed, and a seal that it heard nothing of is let go.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from render.motion.neural.latent import LATENT_INDEX, Latents
from render.motion.neural.teacher import CLASSES

SEALING: Final = CLASSES.index("pbm")
"""The viseme class of sounds that seal the lips."""
DOUBT: Final = 0.2
"""Probability around a frame below which a seal is let go, wholly; from `_SPAN` above it stays."""
TRUST: Final = 0.3
"""Probability in a frame at which lips are half sealed."""
_SPAN: Final = 0.1
_AROUND: Final = (-2, 4)
"""Audio tokens, counted from a frame's first, in which the sound of its seal may lie."""
_SEAL: Final = LATENT_INDEX["seal"]


def agreed(
    latents: Latents,
    sealing: NDArray[np.float32],
    times: NDArray[np.float32],
    doubt: float = DOUBT,
    trust: float = TRUST,
) -> Latents:
    """Returns latents (T, LATENT_SIZE) whose seals agree with what is heard.

    The thresholds are those of the highest F2, which counts a missed closure as worse than a false
    one, on sentences of the training voices that were kept for testing, disguised
    (`examination.weigh_seals`). A few pairs had been tried on recorded people by then; the model
    card tells what they gave.

    Args:
        latents: As generated, plain units.
        sealing: (A,) probability of a sealing sound per audio token.
        times: (T,) place of each frame among the tokens, in frames.
        doubt: See `DOUBT`.
        trust: See `TRUST`.
    """
    own = 2 * np.round(times).astype(np.int64)
    near = sealing[_within(own[:, None] + np.arange(*_AROUND), sealing)].max(axis=1)
    here = sealing[_within(own[:, None] + np.arange(2), sealing)].mean(axis=1)
    kept = latents[:, _SEAL] * np.clip((near - doubt) / _SPAN, 0, 1)
    out = latents.copy()
    out[:, _SEAL] = np.maximum(kept, np.clip((here - trust) / (1.5 * _SPAN) + 0.5, 0, 1))
    return out


def _within(tokens: NDArray[np.int64], sealing: NDArray[np.float32]) -> NDArray[np.int64]:
    return np.clip(tokens, 0, len(sealing) - 1)
