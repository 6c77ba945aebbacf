"""The wrinkles of moving brows: ratio maps of the forehead in the portrait's own texture space.

As the shading of smiles, an expression divided by the neutral face of the same person, but only
its fine part: wrinkles, not the light of another picture. One texture, "brow_ratio", holds three
maps: red for raised brows (level lines), green for grieving ones (drawn up between the eyes),
blue for a frown (upright lines). A colour is multiplied by
`1 + sum(weight * (code / 128 - 1))`; each half of the face has weights of its own.
People of whom only one portrait exists borrow from `folds.npz`, made from the synthetic people of
the package openpeople (MIT, see NOTICE) by `python -m render.cloning.data_tools.folds`.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from render.cloning.geometry import eye_centres, eye_distance
from render.cloning.interior.exemplar import Exemplar
from render.cloning.interior.shading import NEUTRAL, RatioGrid, carry_cells, carry_map
from render.face import topology
from render.face.avatar import Texture
from render.face.images import encode

FOLDS_FILE = Path(__file__).with_name("folds.npz")
KINDS = (("surprised", "shocked", "scared"), ("sad",), ("angry",))
"""Tiles that show raised, grieving and frowning brows, the best first."""
BROWS = (
    (70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
    (336, 296, 334, 293, 300, 276, 283, 282, 295, 285),
)
"""Outlines of the right and the left brow."""
CELLS = 64
"""Columns of the maps between the eyes."""
FINE = 14.0
"""Standard deviation of the light that is no wrinkle, cells."""
NOISE = 0.032
"""Log ratios below this are skin seen twice, not a wrinkle."""
DEPTH = (1.6, 1.15, 1.35)
"""How much deeper each of `KINDS` is drawn than tiles of half the resolution show it."""
RIDGE = 0.3
"""How much of the light on the ridges between wrinkles stays: at full it looks wet."""
DONOR_DEPTH = 0.7
ENOUGH = (0.9, 0.9, 0.7)
"""Mean strength of each map, in hundredths, of skin that wrinkles well: smoother skin borrows
some of the donor's lines, or its brows would seem to float."""
BORROWED = 0.6
HAIR = 0.62
"""Part of the skin's brightness below which a cell is hair."""
LOSSLESS = 101
_LEAST, _MOST = 0.62, 1.2


def build_brow_shading(portrait: Exemplar, sheet: Mapping[str, Exemplar] | None) -> Texture:
    """Builds the texture "brow_ratio" of one person.

    Args:
        portrait: The picture the avatar is made of; its pixels are canvas pixels.
        sheet: Expressions of the person in one light, from `cut_sheet`.
    """
    grid = lay_brow_grid(portrait)
    own, donor = own_maps(grid, portrait, sheet or {}), _donor_maps(grid, portrait)
    if own is None:
        maps = DONOR_DEPTH * donor
    else:
        strength = 100 * np.abs(own).mean((0, 1))
        maps = own + np.clip(1 - strength / ENOUGH, 0, 1) * BORROWED * donor
    maps = np.where(maps > 0, RIDGE * maps, maps) * DEPTH * grid.mask[..., None]
    ratio = np.clip(np.exp(maps), _LEAST, _MOST)
    codes = np.clip(np.rint(ratio * NEUTRAL), 1, 255).astype(np.uint8)
    left, top, right, bottom = (float(edge) for edge in grid.box)
    return encode(codes, "webp", LOSSLESS, (left, top, right, bottom))


def lay_brow_grid(portrait: Exemplar) -> RatioGrid:
    """Lays the maps' grid from the top of the forehead to the eyes."""
    points = portrait.points
    step = eye_distance(points) / CELLS
    oval = points[list(topology.OVAL)]
    bottom = float(np.mean(eye_centres(points), axis=0)[1])
    left, right, top = oval[:, 0].min(), oval[:, 0].max(), oval[:, 1].min()
    columns = max(8, int(np.ceil((right - left) / step)))
    rows = max(8, int(np.ceil((bottom - top) / step)))
    x = left + (np.arange(columns) + 0.5) * step
    y = bottom + (np.arange(rows) + 0.5 - rows) * step
    places = np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)
    box = np.array([left, bottom - rows * step, left + columns * step, bottom], np.float32)
    shape = (rows, columns)
    light = _light(portrait, places, shape)
    mask = _face_mask((points - box[:2]) / step - 0.5, shape) * _bare(light)
    return RatioGrid(box, shape, places, mask)


def own_maps(
    grid: RatioGrid, portrait: Exemplar, sheet: Mapping[str, Exemplar]
) -> NDArray[np.float32] | None:
    """Returns (rows, columns, 3) float32 log ratios of `KINDS`, or None where one is missing."""
    found = [next((sheet[name] for name in kind if name in sheet), None) for kind in KINDS]
    if "neutral" not in sheet or None in found:
        return None
    maps = [_wrinkles(grid, portrait, one, sheet["neutral"]) for one in found if one is not None]
    return np.dstack(maps)


def _wrinkles(
    grid: RatioGrid, portrait: Exemplar, expression: Exemplar, neutral: Exemplar
) -> NDArray[np.float32]:
    """Returns (rows, columns) float32 log ratio of the lines alone."""
    bent, plain = (
        _light(one, carry_cells(grid, portrait.points, one.points), grid.shape)
        for one in (expression, neutral)
    )
    change = np.log((bent + 8) / (plain + 8))
    seen = grid.mask * _bare(bent) * _bare(plain)
    around = _blurred(change * seen, FINE) / np.maximum(_blurred(seen, FINE), 1e-3)
    fine = (change - around) * seen
    strong = _blurred(fine**2, 1.5)
    return np.asarray(_blurred(fine, 0.6) * strong / (strong + NOISE**2), np.float32)


def _light(
    photo: Exemplar, places: NDArray[np.float64], shape: tuple[int, int]
) -> NDArray[np.float32]:
    """Samples a photo's luminance, (rows, columns), at as many places."""
    cells = places.reshape(*shape, 2).astype(np.float32) - np.float32(0.5)
    across = float(np.median(np.linalg.norm(np.diff(cells, axis=1), axis=2)))
    grey = cv2.cvtColor(photo.rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    soft = cv2.GaussianBlur(grey, (0, 0), max(0.4, 0.6 * across))
    picked = cv2.remap(
        soft, cells[..., 0], cells[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(picked, np.float32)


def _bare(light: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns (rows, columns) 1 on skin, 0 on and near hair."""
    skin = float(np.percentile(light, 70))
    hair = cv2.dilate((light < HAIR * skin).astype(np.uint8), np.ones((5, 5), np.uint8))
    small = cv2.morphologyEx(hair, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    return _blurred(1 - small.astype(np.float32), 1.5)


def _face_mask(cells: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
    """Returns (rows, columns) 0 at the rim, the brows and the eyes."""
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.rint(cells[list(topology.OVAL)]).astype(np.int32)], 1)
    mask = np.asarray(cv2.erode(mask, np.ones((9, 9), np.uint8), borderValue=0), np.uint8)
    holes = np.zeros(shape, np.uint8)
    for brow in BROWS:
        cv2.fillConvexPoly(holes, cv2.convexHull(np.rint(cells[list(brow)]).astype(np.int32)), 1)
    for upper, lower in topology.EYE_CREASES:
        eye = np.rint(cells[[*upper, *lower]]).astype(np.int32)
        cv2.fillConvexPoly(holes, cv2.convexHull(eye), 1)
    holes = np.asarray(cv2.dilate(holes, np.ones((7, 7), np.uint8)), np.uint8)
    soft = _blurred((mask * (1 - holes)).astype(np.float32), 2.0)
    above_eyes = np.clip((shape[0] - 1 - np.arange(shape[0], dtype=np.float32)) / 8, 0, 1)
    return np.asarray(soft * above_eyes[:, None], np.float32)


def _blurred(values: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), np.float32)


@cache
def _load_folds() -> tuple[NDArray[np.float32], NDArray[np.float32], RatioGrid]:
    """Reads the donor's (rows, columns, 3) log ratios, (468, 2) landmarks and grid once."""
    with np.load(FOLDS_FILE, allow_pickle=False) as data:
        maps = np.log(data["codes"].astype(np.float32) / NEUTRAL)
        shape = (maps.shape[0], maps.shape[1])
        whole = np.ones(shape, np.float32)
        grid = RatioGrid(data["box"], shape, np.zeros((0, 2)), whole)
        return maps, data["points"].astype(np.float32), grid


def _donor_maps(grid: RatioGrid, portrait: Exemplar) -> NDArray[np.float32]:
    maps, points, donor = _load_folds()
    return carry_map(grid, portrait.points, maps, donor, points)
