"""How a smile or an open mouth shades the skin: ratio maps in the portrait's own texture space.

After Liu, Shan and Zhang, "Expressive expression mapping with ratio images" (SIGGRAPH 2001): an
expression divided by the neutral face of the same person in the same light, multiplied onto another
picture.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import LinearNDInterpolator  # type: ignore[import-untyped]

from render.cloning.geometry import eye_centres, eye_distance
from render.cloning.interior.exemplar import Exemplar
from render.face import topology

NEUTRAL = 128
"""Code of an unchanged colour: a ratio is its code divided by this."""

_CELLS = 64
_LEAST, _MOST = 0.45, 1.7
_COLOURFUL = 0.4


@dataclass(frozen=True, slots=True)
class RatioGrid:
    """The part of a portrait that ratio maps cover, and where its cells lie.

    Attributes:
        box: (4,) float32 left, top, right, bottom in portrait pixels.
        shape: Rows and columns of the maps; 64 columns between the eyes.
        places: (rows * columns, 2) float64 portrait pixels of the cells' centres.
        mask: (rows, columns) float32 in [0, 1], 0 at the rim, the eyes and the seam of the lips.
    """

    box: NDArray[np.float32]
    shape: tuple[int, int]
    places: NDArray[np.float64]
    mask: NDArray[np.float32]


def lay_grid(points: NDArray[np.float32]) -> RatioGrid:
    """Lays the grid of the ratio maps over a portrait with these (478, 2) landmarks."""
    step = eye_distance(points) / _CELLS
    oval = points[list(topology.OVAL), :2]
    eyes = float(np.mean(eye_centres(points), axis=0)[1])
    left, right, bottom = oval[:, 0].min(), oval[:, 0].max(), oval[:, 1].max()
    columns = max(8, int(np.ceil((right - left) / step)))
    rows = max(8, int(np.ceil((bottom - eyes) / step)))
    x = left + (np.arange(columns) + 0.5) * step
    y = eyes + (np.arange(rows) + 0.5) * step
    places = np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)
    box = np.array([left, eyes, left + columns * step, eyes + rows * step], np.float32)
    return RatioGrid(box, (rows, columns), places, _mask(points, box[:2], step, (rows, columns)))


def expression_ratio(
    grid: RatioGrid,
    points: NDArray[np.float32],
    expression: Exemplar,
    neutral: Exemplar,
) -> NDArray[np.float32]:
    """Divides an expression by the neutral face, both brought to the portrait's landmarks.

    Args:
        grid: The portrait's.
        points: (478, 2) landmarks of the portrait.
        expression: The person with the expression.
        neutral: The same person in the same light without it.

    Returns:
        (rows, columns, 3) float32 ratios, about 1.
    """
    bright, plain = (
        _sample(one.rgb, carry_cells(grid, points, one.points), grid.shape)
        for one in (expression, neutral)
    )
    ratio = np.clip((bright + 10) / (plain + 10), _LEAST, _MOST)
    inside = grid.mask > 0.5
    if inside.any():
        ratio = ratio / np.median(ratio[inside].mean(1)) ** 0.5
    grey = ratio.mean(2, keepdims=True)
    return np.asarray(grey + (ratio - grey) * _COLOURFUL, np.float32)


def plainest_ratio(
    grid: RatioGrid,
    points: NDArray[np.float32],
    sheet: Mapping[str, Exemplar],
    labels: Sequence[str],
) -> NDArray[np.float32]:
    """Returns that of several expressions which changes the skin least: no hand on a cheek."""
    ratios = [
        expression_ratio(grid, points, sheet[label], sheet["neutral"])
        for label in labels
        if label in sheet
    ]
    return min(ratios, key=lambda ratio: float((np.abs(np.log(ratio)).mean(2) * grid.mask).sum()))


def carry_map(
    grid: RatioGrid,
    points: NDArray[np.float32],
    ratio: NDArray[np.float32],
    template: RatioGrid,
    template_points: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Brings a ratio map from one face's grid to another's, landmark on landmark."""
    places = carry_cells(grid, points, template_points)
    step = (template.box[2] - template.box[0]) / template.shape[1]
    cells = ((places - template.box[:2]) / step - 0.5).astype(np.float32)
    cells = cells.reshape(*grid.shape, 2)
    moved = cv2.remap(
        ratio, cells[..., 0], cells[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(moved, np.float32)


def encode_ratio(
    ratio: NDArray[np.float32], mask: NDArray[np.float32], strength: float
) -> NDArray[np.uint8]:
    """Fades a ratio to 1 outside the mask and writes it as codes around `NEUTRAL`.

    Args:
        ratio: (rows, columns, 3) float32.
        mask: (rows, columns) float32 in [0, 1].
        strength: 1 as it is, 0 no change.
    """
    faded = np.exp(np.log(np.clip(ratio, _LEAST, _MOST)) * (strength * mask)[..., None])
    return np.asarray(np.clip(np.round(faded * NEUTRAL), 1, 255), np.uint8)


def carry_cells(
    grid: RatioGrid, points: NDArray[np.float32], target: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Takes the cells of the grid to where another face has them, piecewise linearly."""
    source = points[: topology.LANDMARKS, :2].astype(np.float64)
    shift = target[: topology.LANDMARKS, :2].astype(np.float64)
    moved = LinearNDInterpolator(source, shift)(grid.places)
    outside = np.isnan(moved[:, 0])
    moved[outside] = shift.mean(0)
    return np.asarray(moved, np.float64)


def _sample(
    rgb: NDArray[np.uint8], places: NDArray[np.float64], shape: tuple[int, int]
) -> NDArray[np.float32]:
    across = np.linalg.norm(np.diff(places.reshape(*shape, 2), axis=1), axis=2)
    blur = max(0.3, 0.9 * float(np.median(across)))
    soft = cv2.GaussianBlur(rgb.astype(np.float32), (0, 0), blur)
    cells = (places.reshape(*shape, 2) - 0.5).astype(np.float32)
    picked = cv2.remap(
        soft, cells[..., 0], cells[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(cv2.GaussianBlur(picked, (0, 0), 0.8), np.float32)


def _mask(
    points: NDArray[np.float32],
    corner: NDArray[np.float32],
    step: float,
    shape: tuple[int, int],
) -> NDArray[np.float32]:
    cells = (points[:, :2] - corner) / step - 0.5
    face = _polygon(cells[list(topology.OVAL)], shape)
    face = np.asarray(cv2.erode(face, np.ones((9, 9), np.uint8), borderValue=0), np.float32)
    face = np.asarray(cv2.GaussianBlur(face, (0, 0), 3.0), np.float32)
    rim = np.pad(np.ones((shape[0] - 2, shape[1] - 2), np.float32), 1)
    face *= rim
    inner = [*topology.INNER_UPPER, *topology.INNER_LOWER[-2:0:-1]]
    seam = cv2.dilate(_polygon(cells[inner], shape), np.ones((3, 3), np.uint8))
    seam = np.asarray(cv2.GaussianBlur(seam, (0, 0), 1.0), np.float32)
    below_eyes = np.clip((np.arange(shape[0], dtype=np.float32) - 10) / 14, 0, 1)[:, None]
    return np.asarray(face * (1 - seam) * below_eyes, np.float32)


def _polygon(cells: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round(cells * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return np.asarray(mask, np.float32) / np.float32(255)
