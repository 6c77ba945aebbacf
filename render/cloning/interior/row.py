"""Makes a cut row of upper teeth into one that any opening may show, or finds it unfit.

A cut ends where the photo's lips ended: it is short, its incisal edge follows noise, and at the
sides it rises with the smile, so that small openings would show a few teeth between black corners.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from render.cloning.interior.textures import PinnedTexture, smoothstep

ARC = 0.4
"""How much of the smile's arc is kept: in speech the lips cover what rises at the sides."""
SCALLOP, MOST_SCALLOP = 0.35, 0.010
"""How much of the single teeth's edges is kept, and at most, in mouth widths."""
EDGE_SOFTNESS = 0.014
"""Over which the incisal edge fades, mouth widths."""
ROW_ENDS = (0.46, 0.56)
"""Where the row fades away to each side, mouth widths from its middle."""
DEEPEST, DEEPENING = 0.58, (0.16, 0.50)
"""How much darker the row is towards the corners of the mouth, and over which way."""
CONTRAST = 0.85
"""How much of a cut's contrast is kept: smiles are lit more directly than speech."""
ENAMEL_LIGHT = (115.0, 185.0)
"""Bounds on the luminance of the brightest enamel."""
UNDER_SKIN = 1.0
"""Brightest enamel over brightest skin, at most."""

ENAMEL, ENAMEL_SHARE = (1.0, 0.91, 0.77), 0.9
"""Colour of teeth by daylight, and how far cuts are taken to it."""

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_MOST_ROUGHNESS, _MOST_LOPSIDEDNESS, _MOST_GAPS = 0.022, 0.22, 0.10
_SHORTEST = 0.44
_GAP_LIGHT = 0.55


@dataclass(frozen=True, slots=True)
class RowQuality:
    """How a cut row looks; lengths in mouth widths.

    Attributes:
        length: Of the row.
        roughness: Root mean square distance of the incisal edge from a smooth arc.
        lopsidedness: Difference between the two sides of the middle, over the length.
        gaps: Share of the row in which no enamel shows.
    """

    length: float
    roughness: float
    lopsidedness: float
    gaps: float

    @property
    def sound(self) -> bool:
        """Whether the row may stand for this person's teeth."""
        return (
            self.length > _SHORTEST
            and self.roughness < _MOST_ROUGHNESS
            and self.lopsidedness < _MOST_LOPSIDEDNESS
            and self.gaps < _MOST_GAPS
        )


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as the cut has it, in texture pixels.

    Attributes:
        left, right: First and last whole column.
        edges: (columns,) row at which each ends, smooth arc of the ones seen outside them.
        arc: (columns,) the smooth arc.
        across: (columns,) distance from the pin, mouth widths.
        unit: Pixels of a mouth width.
    """

    left: int
    right: int
    edges: NDArray[np.float32]
    arc: NDArray[np.float32]
    across: NDArray[np.float32]
    unit: float


def judge_row(teeth: PinnedTexture, mouth_width: float) -> RowQuality:
    """Measures a cut row.

    Args:
        teeth: As cut, gums included.
        mouth_width: Of the resting mouth, in the units of the texture's box.
    """
    row = _find_row(teeth, mouth_width)
    if row is None:
        return RowQuality(0.0, 1.0, 1.0, 1.0)
    seen = slice(row.left, row.right + 1)
    span = row.across[[row.left, row.right]]
    inner = slice(row.left + round(0.03 * row.unit), row.right + 1 - round(0.03 * row.unit))
    luma = teeth.rgba[..., :3].astype(np.float32) @ _LUMA
    level = np.array([
        luma[max(0, int(edge - 0.07 * row.unit)) : max(1, int(edge - 0.015 * row.unit))].max(0)[c]
        for c, edge in enumerate(row.edges)
    ])  # fmt: skip
    enamel = float(np.percentile(level[inner], 80)) * (1 - 0.6 * row.across[inner] ** 2 * 4)
    return RowQuality(
        length=float(span[1] - span[0]),
        roughness=float(np.sqrt(np.mean((row.edges - row.arc)[seen] ** 2)) / row.unit),
        lopsidedness=float(abs(span.sum()) / max(span[1] - span[0], 1e-6)),
        gaps=float(np.mean(level[inner] < _GAP_LIGHT * enamel)),
    )


def dress_row(teeth: PinnedTexture, mouth_width: float, skin_light: float) -> PinnedTexture:
    """Evens the incisal edge, flattens the arc, and carries the row on to the corners.

    Args:
        teeth: As cut, gums included.
        mouth_width: Of the resting mouth, in the units of the texture's box.
        skin_light: Luminance of the brightest skin, 0..255.

    Returns:
        A row as wide as the mouth, darker towards its ends, dimmer than the skin; unchanged
        where the texture holds no row.
    """
    row = _find_row(teeth, mouth_width)
    if row is None:
        return teeth
    height, width = teeth.rgba.shape[:2]
    middle = float(np.interp(0.0, row.across, row.arc))
    own = cv2.GaussianBlur((row.edges - row.arc)[None], (0, 0), 0.012 * row.unit)[0]
    scallop = np.clip(SCALLOP * own, -MOST_SCALLOP * row.unit, MOST_SCALLOP * row.unit)
    columns = _mirrored(width, row)
    edge = middle + ARC * (row.arc - middle) + scallop[columns.round().astype(int)]
    edge = np.minimum(edge, height - 1.0)
    colour = _carried(teeth.rgba[..., :3].astype(np.float32), row, columns, edge)
    colour = _toned(colour, edge, row, skin_light)
    rows = np.arange(height, dtype=np.float32)[:, None]
    soft = EDGE_SOFTNESS * row.unit
    alpha = smoothstep(0.0, 1.0, (edge - rows) / soft + 0.5)
    alpha = alpha * (1 - smoothstep(*ROW_ENDS, np.abs(row.across)))
    rgba = np.dstack([np.clip(colour, 0, 255), 255 * alpha])
    return replace(teeth, rgba=np.round(rgba).astype(np.uint8))


def _find_row(teeth: PinnedTexture, mouth_width: float) -> _Row | None:
    solid = teeth.rgba[..., 3] > 150
    height, width = solid.shape
    unit = width / float(teeth.box[2] - teeth.box[0]) * mouth_width
    tall = np.flatnonzero(solid.sum(0) > 0.05 * unit)
    if len(tall) < 0.2 * unit:
        return None
    left, right = int(tall[0]), int(tall[-1])
    lowest = (height - solid[::-1].argmax(0)).astype(np.float32)
    pin = -float(teeth.box[0]) / mouth_width * unit
    across = ((np.arange(width) + 0.5 - pin) / unit).astype(np.float32)
    seen = np.zeros(width, bool)
    seen[tall] = True
    arc = _arc(across, lowest, seen, 0.02 * unit)
    edges = np.where(seen, lowest, arc).astype(np.float32)
    return _Row(left, right, edges, arc, across, unit)


def _arc(
    across: NDArray[np.float32],
    edges: NDArray[np.float32],
    seen: NDArray[np.bool_],
    spread: float,
) -> NDArray[np.float32]:
    """Fits a parabola, little moved by notches and ends."""
    terms = np.stack([np.ones_like(across), across, across**2], 1)
    weight = seen * np.exp(-((across / 0.35) ** 2)) + 1e-9
    for _ in range(6):
        root = np.sqrt(weight)[:, None]
        fit = np.linalg.lstsq(terms * root, edges * root[:, 0], rcond=None)[0]
        off = (edges - terms @ fit) / spread
        weight = seen * np.exp(-((across / 0.35) ** 2)) / (1 + off**2) + 1e-9
    return np.asarray(terms @ fit, np.float32)


def _mirrored(width: int, row: _Row) -> NDArray[np.float32]:
    """The column each column shows: beyond the row's ends, the row again from its end inward."""
    inset = 0.035 * row.unit
    left, right = row.left + inset, row.right - inset
    columns = np.arange(width, dtype=np.float32)
    columns = np.where(columns < left, 2 * left - columns, columns)
    columns = np.where(columns > right, 2 * right - columns, columns)
    return np.clip(columns, left, right).astype(np.float32)


def _carried(
    colour: NDArray[np.float32],
    row: _Row,
    columns: NDArray[np.float32],
    edge: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Moves every column so that its own edge comes to `edge`; below it, enamel goes on."""
    height = colour.shape[0]
    place = columns.round().astype(int)
    rows = np.arange(height, dtype=np.float32)[:, None]
    source = rows + (row.arc[place] - edge)[None]
    last = row.edges[place] - 0.03 * row.unit
    source = np.where(source > last, last + (source - last) * 0.12, source)
    across = np.broadcast_to(columns, source.shape)
    moved = cv2.remap(
        colour,
        np.ascontiguousarray(across, np.float32),
        np.ascontiguousarray(source, np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(moved, np.float32)


def _toned(
    colour: NDArray[np.float32], edge: NDArray[np.float32], row: _Row, skin_light: float
) -> NDArray[np.float32]:
    """Dims enamel below the skin, evens its contrast, and deepens it towards the corners."""
    rows = np.arange(colour.shape[0], dtype=np.float32)[:, None]
    crowns = (rows < edge - 0.02 * row.unit) & (rows > edge - 0.10 * row.unit)
    crowns &= np.abs(row.across) < 0.25
    enamel = colour[crowns]
    if not len(enamel):
        return colour
    luma = enamel @ _LUMA
    bright = enamel[luma >= np.percentile(luma, 50)].mean(0)
    tint = np.array(ENAMEL, np.float32) / (_LUMA @ np.array(ENAMEL, np.float32))
    tint *= (bright @ _LUMA) / np.maximum(bright, 1.0)
    colour = (bright + CONTRAST * (colour - bright)) * (1 + ENAMEL_SHARE * (tint - 1))
    most = float(np.clip(UNDER_SKIN * skin_light, *ENAMEL_LIGHT))
    gain = min(1.0, most / float(np.percentile(luma, 92)))
    deep = 1 - DEEPEST * smoothstep(*DEEPENING, np.abs(row.across))
    return np.asarray(colour * gain * deep[None, :, None], np.float32)
