"""Glasses: whether a photo shows any, where their frame lies, and what must not move under it.

A frame is told from brows, lashes and folds by standing out in two places at once: a line across
the bridge of the nose and an unbroken line below each eye, where skin is plain. Both are looked for
as the clearest path through a band (Viterbi). Rimless glasses and frames about as light as the skin
are not seen: they bend little that shows.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from render.cloning.brows.shading import BROWS
from render.cloning.geometry import eye_centres, eye_distance
from render.face import topology
from render.face.avatar import Texture
from render.face.images import decode, encode

EYES_APART = 80.0
"""Pixels between the eyes at which frames are looked for."""
MIDDLE = (2.0 * EYES_APART, 1.5 * EYES_APART)
PATCH = (int(4 * EYES_APART), int(3.5 * EYES_APART))
"""Where the middle of the eyes lies in the patch, and its size."""
SEEN = 0.2
"""How clear bridge and rims together must be: 190 pictures without glasses, folded noses among
them, read up to .165, a black frame .5, a thin wire .22 to .48."""
THICK = 0.2
"""Widest line that counts as one, distances of the eyes."""
CLEAREST = 0.6
"""Log contrast above which more is no surer."""
BEND = 0.02
"""What a step aside costs a path: frames are smooth."""
BRIDGE = (-0.07, 0.07, -0.3, 0.35)
"""Where a bridge is looked for: left, right, top and bottom from the middle of the eyes."""
RADII = (0.26, 0.72)
LOW, HIGH = 15, 165
"""Degrees below an eye between which the rim must be unbroken, clockwise from its outer side."""
DROP = 0.06
"""How far the middle of a lens lies below the eye, distances of the eyes."""
TURN = 3
"""Degrees from one sample of a rim to the next."""
HALF_BAND = 0.085
"""Half the band along the found line that the frame may fill, distances of the eyes."""
FADE = 0.45
"""How far from what stands still skin moves freely again, distances of the eyes: sooner, brows
would tear."""
ABOVE = (195, 345)
"""Degrees between which a brow may be taken for the rim."""
ON_BROW = 0.5
"""Share of a line within the brow from which it may be the brow."""
CONVINCING = 0.8
"""How clear a line above the eye is, beside the rim below, that surely is the rim."""
KINDS = (cv2.MORPH_BLACKHAT, cv2.MORPH_TOPHAT)
"""What finds dark frames and light ones."""
SAMPLES = 5
RATIO_QUALITY = 101
"""Lossless: codes of ratio maps are exact."""

Lines = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of somebody's glasses.

    Attributes:
        mask: (h, w) uint8, 1 where the frame may be; the lenses are 0.
        contrast: How clearly it was seen.
    """

    mask: NDArray[np.uint8]
    contrast: float


def find_frame(rgb: NDArray[np.uint8], points: NDArray[np.float32]) -> Frame | None:
    """Looks for the frame of glasses.

    Args:
        rgb: (h, w, 3) uint8 photo.
        points: (478, 2 or 3) float32 landmarks, pixels.

    Returns:
        The frame, or None where the face wears none.
    """
    matrix, light = _level_patch(rgb, points)
    bridge, across = _bridge(light)
    moved = points[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    rims = [_rim(light, side, moved[list(brow)]) for side, brow in zip((-1, 1), BROWS, strict=True)]
    contrast = float(np.sqrt(across * min(clear for _, clear in rims)))
    if contrast < SEEN:
        return None
    outer = _temples(rims[0][0][0], rims[1][0][0])
    lines = [bridge, *outer, *(line for rim, _ in rims for line in rim)]
    mask = np.zeros(rgb.shape[:2], np.uint8)
    back = np.asarray(cv2.invertAffineTransform(matrix), np.float32)
    thick = max(1, round(2 * HALF_BAND * eye_distance(points)))
    for line in lines:
        places = np.rint(line @ back[:, :2].T + back[:, 2]).astype(np.int32)
        cv2.polylines(mask, [places], isClosed=False, color=1, thickness=thick)
    return Frame(mask, contrast)


def freedom(
    frame: Frame, points: NDArray[np.float32], triangles: NDArray[np.int32]
) -> NDArray[np.float64]:
    """Returns (468,) how far each landmark may move: 0 under the frame, 1 away from it.

    Every corner of a triangle that the frame crosses stands still, or the frame would bend. Lids
    always move.

    Args:
        frame: On the picture of the landmarks.
        points: (478, 2 or 3) landmarks, pixels.
        triangles: (t, 3) of the face's mesh.
    """
    points = points[: topology.LANDMARKS, :2]
    height, width = frame.mask.shape
    spread = np.array([(i, j, SAMPLES - i - j) for i in range(SAMPLES + 1)
                       for j in range(SAMPLES + 1 - i)]) / SAMPLES  # fmt: skip
    places = np.einsum("bk,tkc->tbc", spread, points[triangles]).astype(int)
    x, y = places[..., 0].clip(0, width - 1), places[..., 1].clip(0, height - 1)
    still = np.unique(triangles[frame.mask[y, x].any(1)])
    still = still[~np.isin(still, topology.EYES)]
    if not len(still):
        return np.ones(len(points))
    away = np.linalg.norm(points[:, None] - points[still], axis=2).min(1)
    near = np.clip(away / (FADE * eye_distance(points)), 0, 1)
    free = np.asarray(near * near * (3 - 2 * near), np.float64)
    free[list(topology.EYES)] = 1
    return free


def spare_frame(texture: Texture, frame: Frame, neutral: int) -> Texture:
    """Leaves the frame unshaded in a ratio map whose code `neutral` changes nothing."""
    codes = decode(texture)
    left, top, right, bottom = texture.box
    rows, columns = codes.shape[:2]
    x = left + (np.arange(columns) + 0.5) * (right - left) / columns
    y = top + (np.arange(rows) + 0.5) * (bottom - top) / rows
    grid = np.stack(np.meshgrid(x, y), -1).astype(np.float32)
    soft = cv2.GaussianBlur(frame.mask.astype(np.float32), (0, 0), (right - left) / columns)
    share = cv2.remap(soft, grid[..., 0], grid[..., 1], cv2.INTER_LINEAR)[..., None]
    spared = np.rint(codes + (neutral - codes.astype(np.float32)) * share)
    box = (float(left), float(top), float(right), float(bottom))
    return encode(spared.astype(np.uint8), "webp", RATIO_QUALITY, box)


def _level_patch(
    rgb: NDArray[np.uint8], points: NDArray[np.float32]
) -> tuple[NDArray[np.float64], Lines]:
    """Returns the (2, 3) map to a patch with level eyes, and its log light against the cheeks."""
    first, second = eye_centres(points)
    scale = EYES_APART / eye_distance(points)
    cos, sin = (second - first) * scale**2 / EYES_APART
    turn = np.array([[cos, sin], [-sin, cos]])
    shift = np.array(MIDDLE) - turn @ ((first + second) / 2)
    matrix = np.hstack([turn, shift[:, None]])
    soft = cv2.GaussianBlur(rgb, (0, 0), 0.5 / scale) if scale < 0.7 else rgb
    patch = cv2.warpAffine(
        soft, matrix, PATCH, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    grey = cv2.cvtColor(patch, cv2.COLOR_RGB2GRAY).astype(np.float32)
    row, column = (int(0.45 * EYES_APART + MIDDLE[1]), int(MIDDLE[0]))
    wide = int(0.8 * EYES_APART)
    cheeks = grey[row : row + int(0.25 * EYES_APART), column - wide : column + wide]
    light = np.log((grey + 12) / (np.median(cheeks) + 12))
    return matrix, np.asarray(cv2.GaussianBlur(light, (0, 0), 1.0), np.float32)


def _bridge(light: Lines) -> tuple[Lines, float]:
    """Returns the clearest line (n, 2) across the nose and how clear nearly all of it is."""
    left, right, top, bottom = (int(side * EYES_APART) for side in BRIDGE)
    column, row = int(MIDDLE[0]), int(MIDDLE[1])
    both = np.maximum(*(_contrast(light.T, kind) for kind in KINDS))
    clear = both[column + left : column + right + 1, row + top : row + bottom]
    path, found = _clearest_path(clear)
    line = np.stack([np.arange(len(path)) + column + left, path + row + top], 1)
    return line.astype(np.float32), float(np.quantile(found, 0.2))


def _rim(light: Lines, side: int, brow: NDArray[np.float64]) -> tuple[list[Lines], float]:
    """Returns the lines (n, 2) around an eye that may be its rim, and how clear it is below.

    Args:
        light: The patch.
        side: -1 for the eye at the left of the picture, 1 for the other.
        brow: (m, 2) outline of its brow in the patch.
    """
    degrees = np.arange(LOW, LOW + 360 + TURN, TURN)
    angles = np.deg2rad(degrees)[:, None]
    radii = np.arange(RADII[0] * EYES_APART, RADII[1] * EYES_APART)
    x = MIDDLE[0] + side * (0.5 * EYES_APART + np.cos(angles) * radii)
    y = MIDDLE[1] + DROP * EYES_APART + np.sin(angles) * radii
    around = cv2.remap(
        light, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    sides = [_contrast(np.asarray(around, np.float32), kind) for kind in KINDS]
    below, clear = max(((_below(one), one) for one in sides), key=lambda pair: pair[0])
    path, found = _clearest_path(clear)
    above = np.flatnonzero((degrees >= ABOVE[0]) & (degrees <= ABOVE[1]))
    taken = np.abs(np.arange(len(radii)) - path[above][:, None]) <= HALF_BAND * EYES_APART
    second, again = _clearest_path(np.where(taken, 0, clear[above]))
    lines = [
        np.stack([x[rows, columns], y[rows, columns]], 1).astype(np.float32)
        for rows, columns in ((np.arange(len(path)), path), (above, second))
    ]
    return _choose(lines, found[above], again, above, below, brow), below


def _below(clear: Lines) -> float:
    """Returns how clear the line around an eye is at nearly all places below it."""
    _, found = _clearest_path(clear)
    return float(np.quantile(found[: (HIGH - LOW) // TURN], 0.25))


def _choose(
    lines: list[Lines],
    first: Lines,
    second: Lines,
    above: NDArray[np.intp],
    below: float,
    brow: NDArray[np.float64],
) -> list[Lines]:
    """Leaves the brow out where another line above the eye surely is the rim; else both may be.

    Args:
        lines: The line all around, and another one above the eye.
        first, second: How clear each is above the eye.
        above: Samples of the first that lie above the eye.
        below: How clear the rim is below.
        brow: (m, 2) outline.
    """
    around, over = lines
    clear = float(np.quantile(second, 0.25)) / max(below, 1e-6)
    if clear > CONVINCING and _share_inside(around[above], brow) > ON_BROW:
        rest = np.delete(around, above, 0)
        return [rest[: above[0]], rest[above[0] :], over]
    sure = float(np.quantile(first, 0.25)) / max(below, 1e-6) > CONVINCING
    if sure and _share_inside(over, brow) > ON_BROW:
        return [around]
    return lines


def _share_inside(line: Lines, outline: NDArray[np.float64]) -> float:
    """Returns which share of a line's points lies within the hull of an outline."""
    hull = cv2.convexHull(outline.astype(np.float32))
    inside = [cv2.pointPolygonTest(hull, (float(x), float(y)), False) >= 0 for x, y in line]
    return float(np.mean(inside))


def _temples(*rims: Lines) -> list[Lines]:
    """Returns lines from the outer side of each rim to the ear."""
    lines = []
    for rim, side in zip(rims, (-1, 1), strict=True):
        outer = rim[np.argmax(side * rim[:, 0])]
        ear = outer + np.array([side * 0.6 * EYES_APART, 0])
        lines.append(np.stack([outer, ear]).astype(np.float32))
    return lines


def _contrast(light: Lines, kind: int) -> Lines:
    """Returns how much each place differs from both sides of it along its row, either way."""
    line = np.ones((1, int(THICK * EYES_APART) | 1), np.uint8)
    return np.asarray(np.minimum(cv2.morphologyEx(light, kind, line), CLEAREST), np.float32)


def _clearest_path(clear: Lines) -> tuple[NDArray[np.intp], Lines]:
    """Follows the clearest line through all rows of (n, m), one column aside at most per row.

    Returns:
        The (n,) columns, and the contrast at each.
    """
    rows, columns = clear.shape
    total = clear[0].copy()
    steps = np.zeros((rows, columns), np.intp)
    for row in range(1, rows):
        padded = np.pad(total, 1, constant_values=-np.inf)
        choices = np.stack([total, padded[:-2] - BEND, padded[2:] - BEND])
        best = choices.argmax(0)
        steps[row] = np.array([0, -1, 1])[best]
        total = choices[best, np.arange(columns)] + clear[row]
    path = np.zeros(rows, np.intp)
    path[-1] = total.argmax()
    for row in range(rows - 1, 0, -1):
        path[row - 1] = path[row] + steps[row, path[row]]
    return path, clear[np.arange(rows), path]
