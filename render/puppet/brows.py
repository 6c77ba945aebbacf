"""Shades the forehead's skin with the wrinkles of the brows, compiled."""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from render.face import topology
from render.face.avatar import AvatarBundle
from render.puppet.layers import Box, MeshTexture, load_ratio
from render.types import CHANNEL_INDEX

NAME = "brow_ratio"
MIDDLE = 0.10
"""Half the band between the two halves of the forehead, face widths."""
LEVELS = 64
"""Steps of a weight; a step changes a colour by less than it can show."""
FULL = 0.85
"""Weight of a shape at which its wrinkles are as deep as they get."""
GRIEF_OVER_FROWN = 0.7
"""How much of a frown rising inner brows take away."""
RED = 200
"""How much of a change red takes, in 256: skin in its own shadow is warm."""


@dataclass(frozen=True, slots=True)
class BrowRatios:
    """The wrinkles in texels of the skin.

    Attributes:
        change: (h, w, 3) int16 change of a colour in 1/256 by raised, grieving and frowning
            brows.
        leftness: (w,) int16 0..256, how much of a column belongs to the person's left half.
        box: Texels they cover: left, top, right, bottom.
    """

    change: NDArray[np.int16]
    leftness: NDArray[np.int16]
    box: Box


def load_brows(bundle: AvatarBundle, skin: MeshTexture) -> BrowRatios | None:
    """Loads the wrinkles of a bundle; older ones have none."""
    if NAME not in bundle.textures:
        return None
    change, box = load_ratio(bundle, NAME, skin)
    columns = (np.arange(box[0], box[2]) + 0.5 - skin.place[2]) / skin.place[0]
    middle = float(bundle.mesh.uv[topology.BRIDGE, 0])
    across = (columns - middle) / (2 * MIDDLE * bundle.head.width) + 0.5
    leftness = np.rint(256 * np.clip(across, 0, 1)).astype(np.int16)
    return BrowRatios(np.ascontiguousarray(change[..., :3]), leftness, box)


def brow_weights(values: NDArray[np.float32]) -> tuple[int, ...]:
    """Returns six weights in steps of 1 / `LEVELS`: of each map, on the right half and the left.

    Brows raised at their inner ends alone grieve; brows drawn down and together frown, less so
    where their inner ends rise.
    """
    inner = min(float(values[CHANNEL_INDEX["browInnerUp"]]) / FULL, 1.0)
    weights = []
    for side in ("Right", "Left"):
        outer = min(float(values[CHANNEL_INDEX[f"browOuterUp{side}"]]) / FULL, 1.0)
        down = min(float(values[CHANNEL_INDEX[f"browDown{side}"]]) / FULL, 1.0)
        weights.append(
            (outer, inner * (1 - outer), down * (1 - GRIEF_OVER_FROWN * inner) * (1 - outer))
        )
    return tuple(round(LEVELS * max(weights[side][kind], 0.0))
                 for kind in range(3) for side in range(2))  # fmt: skip


@njit(nogil=True, cache=True)
def shade_brows(
    skin: NDArray[np.uint8],
    change: NDArray[np.int16],
    leftness: NDArray[np.int16],
    weights: NDArray[np.int32],
    result: NDArray[np.uint8],
) -> None:
    """Shades the skin of the forehead; where nothing ever changes, nothing is written.

    Args:
        skin: (h, w, 4) uint8 at rest.
        change, leftness: As in `BrowRatios`.
        weights: (6,) from `brow_weights`.
        result: (h, w, 4) uint8.
    """
    columns = np.empty((skin.shape[1], 3), np.int32)
    for column in range(skin.shape[1]):
        left = int(leftness[column])
        for kind in range(3):
            mixed = weights[2 * kind] * (256 - left) + weights[2 * kind + 1] * left
            columns[column, kind] = mixed // LEVELS
    for row in range(skin.shape[0]):
        for column in range(skin.shape[1]):
            by, of = change[row, column], columns[column]
            if by[0] == 0 and by[1] == 0 and by[2] == 0:
                continue
            total = of[0] * by[0] + of[1] * by[1] + of[2] * by[2]
            for c in range(3):
                factor = 65536 + (total * RED // 256 if c == 0 else total)
                colour = (int(skin[row, column, c]) * factor + 32768) >> 16
                result[row, column, c] = min(colour, int(skin[row, column, 3]))
