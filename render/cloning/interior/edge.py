"""Finds where the upper teeth of a smile end: their incisal edge.

Between lips, teeth differ from photo to photo in tint and light, but they always end in a drop of
brightness, to the lower lip, to the dark or to the lower teeth in their shadow, along an arc.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

REACH = 0.30
"""Half of the row that the arc is fitted to, mouth widths."""
CURVES = np.linspace(0.0, 1.2, 13)
"""How far the arc may rise towards the sides, mouth widths per squared mouth width."""
TILTS = np.linspace(-0.12, 0.12, 9)
ABOVE, BELOW = (0.012, 0.030, 0.048), (0.008, 0.018, 0.028)
"""Distances from the arc at which its two sides are compared, mouth widths."""
SEARCH = 0.022
"""How far single teeth may end from the arc, mouth widths."""
LEAST_DROP, LEAST_SHARE = 0.12, 0.72
"""Smallest drop of brightness over the edge, of the enamel's, and share of columns that drop."""
LEAST_PALE, LIP_RIM = 1.16, 0.05
"""Enamel's weakest over strongest colour, over that of the lips, at least; tongues are as red.
The lips are taken this far around the opening, mouth widths."""
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True, slots=True)
class IncisalEdge:
    """The lower end of the upper teeth.

    Attributes:
        rows: (columns,) float32 row at which each column's tooth ends.
        drop: How much darker it is below, as a share of the enamel's brightness.
        share: Share of the columns in which it is darker below.
        pale: How much paler than the lips the brighter half of what lies above is.
    """

    rows: Floats
    drop: float
    share: float
    pale: float

    @property
    def clear(self) -> bool:
        """Whether teeth surely end there."""
        return self.drop > LEAST_DROP and self.share > LEAST_SHARE and self.pale > LEAST_PALE


def find_incisal_edge(colour: Floats, opening: Floats, width: float) -> IncisalEdge | None:
    """Finds the arc over which brightness drops most, then where each tooth ends near it.

    Args:
        colour: (h, w, 3) float32 RGB around the mouth.
        opening: (h, w) float32 in [0, 1], 1 between the lips.
        width: Of the mouth, pixels.

    Returns:
        The edge, or None where the opening is too small to hold teeth.
    """
    soft = max(0.6, 0.006 * width)
    luma = np.asarray(cv2.GaussianBlur(colour @ _LUMA, (0, 0), soft), np.float32)
    inside = opening > 0.5
    if inside.any(1).sum() < 0.05 * width or inside.any(0).sum() < 0.4 * width:
        return None
    columns = np.flatnonzero(inside.any(0))
    middle = (columns[0] + columns[-1]) / 2
    near = np.arange(
        max(0, int(middle - REACH * width)), min(luma.shape[1], int(middle + REACH * width))
    )
    across = (near - middle) / width
    arcs = _arcs(np.flatnonzero(inside.any(1)), across, width)
    drops = _drops(luma, arcs, near, width)
    held = _held(opening, arcs, near, width)
    best = int((np.clip(drops, -20, None).mean(1) + np.where(held > 0.7, 0, -1e3)).argmax())
    enamel = max(float(np.percentile(luma[inside], 85)), 1.0)
    above = colour[_rows(arcs[best] - ABOVE[1] * width, colour.shape[0]), near]
    level, curve, tilt = _unfold(best, len(arcs), np.flatnonzero(inside.any(1)))
    everywhere = (np.arange(luma.shape[1]) - middle) / width
    arc = level + width * (tilt * everywhere - curve * everywhere**2)
    return IncisalEdge(
        rows=_refined(luma, arc, width),
        drop=float(drops[best].mean()) / enamel,
        share=float((drops[best] > 0.04 * enamel).mean()),
        pale=_paleness(above) / max(_paleness(colour[_lips(opening, width)]), 1e-3),
    )


def _paleness(pixels: Floats) -> float:
    """Returns the weakest over the strongest colour of the brighter half of (n, 3) pixels."""
    luma = pixels @ _LUMA
    bright = pixels[luma >= np.median(luma)]
    return float(np.median(bright.min(1) / np.maximum(bright.max(1), 1.0)))


def _lips(opening: Floats, width: float) -> NDArray[np.bool_]:
    """Returns (h, w): the rim around the opening."""
    size = round(2 * LIP_RIM * width) | 1
    around = cv2.dilate(opening, np.ones((size, size), np.uint8))
    return np.asarray((around > 0.5) & (opening < 0.5))


def _rows(places: NDArray[np.float64], height: int) -> NDArray[np.intp]:
    return np.rint(places).astype(np.intp).clip(0, height - 1)


def _levels(rows: NDArray[np.intp]) -> NDArray[np.float64]:
    return np.arange(rows[0], rows[-1] + 2, 1.0)


def _arcs(rows: NDArray[np.intp], across: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    """Returns (arcs, columns): the rows of every arc that is tried."""
    bends = TILTS[:, None] * across - CURVES[:, None, None] * across**2
    shapes = bends.reshape(-1, len(across)) * width
    return np.asarray((_levels(rows)[:, None, None] + shapes).reshape(-1, len(across)))


def _unfold(best: int, count: int, rows: NDArray[np.intp]) -> tuple[float, float, float]:
    """Returns level, curve and tilt of an arc by its number."""
    levels = _levels(rows)
    level, shape = divmod(best, count // len(levels))
    curve, tilt = divmod(shape, len(TILTS))
    return float(levels[level]), float(CURVES[curve]), float(TILTS[tilt])


def _drops(
    luma: Floats, arcs: NDArray[np.float64], columns: NDArray[np.intp], width: float
) -> NDArray[np.float64]:
    """Returns (arcs, columns): how much brighter it is above than below."""

    def mean(offsets: tuple[float, ...], sign: float) -> NDArray[np.float64]:
        places = [np.rint(arcs + sign * part * width).astype(int) for part in offsets]
        found = [luma[rows.clip(0, luma.shape[0] - 1), columns] for rows in places]
        return np.asarray(np.mean(found, axis=0), np.float64)

    return np.asarray(mean(ABOVE, -1.0) - mean(BELOW, 1.0))


def _held(
    opening: Floats, arcs: NDArray[np.float64], columns: NDArray[np.intp], width: float
) -> NDArray[np.float64]:
    """Returns (arcs,): in how many columns teeth above the arc lie within the opening."""
    rows = np.rint(arcs - ABOVE[1] * width).astype(int)
    inside = (rows >= 0) & (rows < opening.shape[0])
    return np.asarray(
        ((opening[rows.clip(0, opening.shape[0] - 1), columns] > 0.5) & inside).mean(1)
    )


def _refined(luma: Floats, arc: NDArray[np.float64], width: float) -> Floats:
    """Moves each column's end to the steepest drop near the arc, evened over half a tooth."""
    reach = max(1, round(SEARCH * width))
    offsets = np.arange(-reach, reach + 1)
    rows = np.rint(arc + offsets[:, None]).astype(int)
    columns = np.arange(luma.shape[1])
    step = max(1, round(0.008 * width))
    last = luma.shape[0] - 1
    drop = luma[(rows - step).clip(0, last), columns] - luma[(rows + step).clip(0, last), columns]
    drop = np.maximum(drop, 0) * np.exp(-((offsets[:, None] / (0.7 * reach)) ** 2))
    drop = cv2.GaussianBlur(drop.astype(np.float32), (0, 0), max(0.6, 0.012 * width), sigmaY=0.6)
    share = drop**2 + 1e-3
    moved = (share * offsets[:, None]).sum(0) / share.sum(0)
    return np.asarray(arc + moved, np.float32)
