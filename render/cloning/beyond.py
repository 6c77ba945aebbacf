"""What goes on beyond a photo's edges, where they cut the person.

A head cut by the photo's top would show a straight edge as soon as it nods, and one cut at the
sides would stand between two straight edges in a wide picture. The person's hair goes on mirrored
there and fades away.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from render.cloning.fit import FaceFit
from render.face import topology

ABOVE, BESIDE = 0.28, 0.24
"""How far the person goes on above, face heights, and to the sides, face widths."""
HAIR_ABOVE, EAR = 0.45, 0.15
"""Part of what lies between the photo's top and the face that is hair, and the width of an ear,
face widths: neither face nor ears are mirrored."""
LEAST = 0.03
"""Narrowest band that is mirrored, face widths; it goes on to and fro up to `REPEATED` times."""
REPEATED = 2
CUT = 0.02
"""Part of an edge, in face widths, that must be the person for it to count as cut."""
SOLID = 0.25
"""Part of the margin over which the person is still solid."""


class Side(NamedTuple):
    """How the person goes on beyond one edge.

    Attributes:
        wide: How far, pixels; 0 where the edge does not cut the head.
        band: Pixels inside the edge that are mirrored, to and fro.
    """

    wide: int = 0
    band: int = 1


class Margin(NamedTuple):
    """How the person goes on beyond the canvas."""

    left: Side = Side()
    top: Side = Side()
    right: Side = Side()


def cut_edges(matte: NDArray[np.float32], fit: FaceFit) -> Margin:
    """Finds the edges that cut the head.

    Args:
        matte: (h, w) float32, how much of each pixel of the canvas is the person.
        fit: The face.
    """
    oval = fit.photo[list(topology.OVAL), :2] * [1, -1]
    (left, top), (right, chin) = oval.min(0), oval.max(0)
    needed, least, ear = (part * fit.width for part in (CUT, LEAST, EAR))
    head = matte[: max(1, int(chin))]

    def side(edge: NDArray[np.float32], most: float, hair: float) -> Side:
        if edge.sum() <= needed:
            return Side()
        band = max(hair, least)
        return Side(round(min(most, REPEATED * band)), max(1, int(min(band, most))))

    beside = BESIDE * fit.width
    return Margin(
        left=side(head[:, 0], beside, left - ear),
        top=side(matte[0], ABOVE * fit.height, HAIR_ABOVE * top),
        right=side(head[:, -1], beside, matte.shape[1] - right - ear),
    )


def go_on(pixels: NDArray[np.float32], margin: Margin) -> NDArray[np.float32]:
    """Returns a picture (h, w) or (h, w, 3) with mirrored margins."""
    height, width = pixels.shape[:2]
    rows, columns = np.arange(height), np.arange(width)
    rows = np.concatenate([_to_and_fro(margin.top)[::-1], rows])
    columns = np.concatenate(
        [_to_and_fro(margin.left)[::-1], columns, width - 1 - _to_and_fro(margin.right)]
    )
    return np.asarray(pixels[rows.clip(0, height - 1)][:, columns.clip(0, width - 1)], np.float32)


def _to_and_fro(side: Side) -> NDArray[np.intp]:
    """Returns (wide,) how far inside the edge each place beyond it is taken from."""
    beyond = np.arange(1, side.wide + 1) % (2 * side.band)
    return np.minimum(beyond, 2 * side.band - beyond).astype(np.intp)


def fade_out(matte: NDArray[np.float32], margin: Margin) -> NDArray[np.float32]:
    """Returns a matte with margins in which the person goes on and vanishes smoothly."""
    height, width = matte.shape
    x = np.arange(-margin.left.wide, width + margin.right.wide, dtype=np.float32)
    y = np.arange(-margin.top.wide, height, dtype=np.float32)
    across = _share(-x, margin.left.wide) * _share(x - width + 1, margin.right.wide)
    down = _share(-y, margin.top.wide)
    return np.asarray(go_on(matte, margin) * down[:, None] * across, np.float32)


def _share(beyond: NDArray[np.float32], margin: int) -> NDArray[np.float32]:
    """Falls smoothly from 1 on the canvas to 0 at the end of the margin."""
    t = np.clip((beyond / max(margin, 1) - SOLID) / (1 - SOLID), 0, 1)
    return np.asarray(1 - t * t * (3 - 2 * t), np.float32)
