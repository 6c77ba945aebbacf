"""How near a face is to the expression that its photo shows.

The picture of the photo's own teeth and lips appears with `look` and its lips part with `part`;
both follow the commanded shapes smoothly, so nothing pops, and both are 0 in calm speech.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from render.puppet.correctives import smoothstep
from render.types import ARKIT_SHAPES, CHANNEL_INDEX

NEAR = (0.65, 0.97)
"""How much of the photo's expression is commanded where its look begins and is complete."""
AGAINST = (0.20, 0.60)
"""How much of shapes that contradict it makes the look fade and vanish."""
ROOM = 0.6
"""Lowering the lip this much beyond the photo parts the lips as far as the photo does."""

_MOUTH = np.array([name.startswith(("mouth", "jaw")) for name in ARKIT_SHAPES])
_CONTRARY = np.array(
    [
        CHANNEL_INDEX[name]
        for name in (
            "jawOpen", "jawLeft", "jawRight", "mouthClose", "mouthFunnel", "mouthPucker",
            "mouthFrownLeft", "mouthFrownRight", "mouthLeft", "mouthRight", "mouthPressLeft",
            "mouthPressRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower",
            "seal", "tuck", "round", "tongueUp",
        )
    ]
)  # fmt: skip
_OPENING = np.array(
    [CHANNEL_INDEX[name] for name in ("jawOpen", "mouthLowerDownLeft", "mouthLowerDownRight")]
)
_OPENING_PARTS = np.array([1.0, 0.5, 0.5], np.float32)


class OwnWeights(NamedTuple):
    """Weights in [0, 1].

    Attributes:
        look: Of the photo's lips and opening over what is drawn otherwise.
        part: Of the way the photo's lips part beyond what shapes do.
    """

    look: float
    part: float


def own_weights(values: NDArray[np.float32], own: NDArray[np.float32]) -> OwnWeights:
    """Returns how much of the photo's own expression to show.

    Args:
        values: (65,) the motion's channels.
        own: (52,) shapes of the photo's own expression.
    """
    photo = own * _MOUTH
    size = float(photo @ photo)
    if size < 1e-6:
        return OwnWeights(0.0, 0.0)
    along = float(values[: len(own)] @ photo) / size
    if along <= NEAR[0]:
        return OwnWeights(0.0, 0.0)
    wanted = np.zeros(len(values), np.float32)
    wanted[: len(own)] = own
    beyond = np.maximum(values - wanted, 0)
    against = float(beyond[_CONTRARY].sum())
    look = smoothstep(*NEAR, along) * (1 - smoothstep(*AGAINST, against))
    opened = float(beyond[_OPENING] @ _OPENING_PARTS)
    return OwnWeights(look, look * max(0.0, 1 - opened / ROOM))
