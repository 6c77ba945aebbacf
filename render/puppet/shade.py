"""Relights the photo and moves lip texture as the face moves, compiled.

Relighting multiplies by the ratio of Lambert terms after and before the deformation, softened
and clamped (Liu, Shan, Zhang 2001, "expressive expression mapping with ratio images", in spirit).
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from render.puppet.correctives import along
from render.puppet.deform import Shape

LIGHT = (0.10, 0.50, 0.86)
"""Where the light comes from: right, up, forward, of length 1."""
AMBIENT, STRENGTH = 0.45, 0.7
"""Share of light from everywhere, and how much of a change of light is shown."""
DARKEST, BRIGHTEST = 0.82, 1.10
"""Factors on a colour that relighting stays between."""
TUCK_SHADE = (0.35, 0.18)
"""How dark the two inner rings of a lower lip under the teeth become."""
PART_GAP, PART_SHIFT = 0.035, 0.017
"""Lips parted by the first (face widths) show lip from inside the rim by the second."""
CORNER_COLUMNS = 14
"""Columns of the lips, from a corner on, whose texture a pursed mouth moves."""
CORNER_KEEP, CORNER_GAIN = (0.2, 0.3, 0.5), (0.8, 0.6, 0.1)
"""How far that of each ring slides to the middle with closed lips, and what open ones add."""
CORNER_SLIDE, CORNER_FADE = 0.9, 0.8
"""How far it goes at most, and the exponent of its fading away from the corner."""
PURSED, TUCKED = 0.05, 0.01
"""Weights below which a pursed mouth and a tucked lip change nothing."""
LOWER_LASHES = 0.5
"""How dark lower lashes are, as a share of the upper ones."""
SEAM_SHADE = 0.45
"""How dark the seam of lips becomes that the photo shows apart."""
LASH_SHADE, LASH_GAP = 0.45, 0.4
"""How dark the rims of closing lids become, and from what part of their gap at rest on."""


class Relief(NamedTuple):
    """What relighting needs.

    Attributes:
        surface: (898, 3) int32 triangles of the landmarks.
        lambert: (468,) float32 Lambert term of each landmark at rest.
        fixed: (k,) int32 landmarks that keep the photo's light (eyes, outline).
        row_start, row_index, row_weight: Sparse rows from landmarks to vertices.
        lit: Number of leading vertices that are relit (the face).
    """

    surface: NDArray[np.int32]
    lambert: NDArray[np.float32]
    fixed: NDArray[np.int32]
    row_start: NDArray[np.int32]
    row_index: NDArray[np.int32]
    row_weight: NDArray[np.float32]
    lit: int


@njit(nogil=True, cache=True)
def lambert_terms(
    surface: NDArray[np.int32], vertices: NDArray[np.float32], terms: NDArray[np.float32]
) -> None:
    """Writes (468,) ambient plus diffuse light of the landmarks."""
    normals = np.zeros((terms.shape[0], 3), np.float32)
    for t in range(surface.shape[0]):
        a, b, c = surface[t, 0], surface[t, 1], surface[t, 2]
        ux = vertices[b, 0] - vertices[a, 0]
        uy = vertices[b, 1] - vertices[a, 1]
        uz = vertices[b, 2] - vertices[a, 2]
        vx = vertices[c, 0] - vertices[a, 0]
        vy = vertices[c, 1] - vertices[a, 1]
        vz = vertices[c, 2] - vertices[a, 2]
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        for corner in (a, b, c):
            normals[corner, 0] += nx
            normals[corner, 1] += ny
            normals[corner, 2] += nz
    for i in range(terms.shape[0]):
        n = normals[i]
        size = np.sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]) + 1e-6
        facing = (n[0] * LIGHT[0] + n[1] * LIGHT[1] + n[2] * LIGHT[2]) / size
        terms[i] = AMBIENT + (1.0 - AMBIENT) * min(max(facing, 0.0), 1.0)


@njit(nogil=True, cache=True)
def relight(
    relief: Relief,
    shape: Shape,
    vertices: NDArray[np.float32],
    tuck: float,
    shade: NDArray[np.float32],
) -> None:
    """Writes (n,) brightness factors into `shade`."""
    ratio = np.empty_like(relief.lambert)
    lambert_terms(relief.surface, vertices, ratio)
    for i in range(ratio.shape[0]):
        soft = STRENGTH * (ratio[i] / relief.lambert[i] - 1.0)
        ratio[i] = min(max(1.0 + soft, DARKEST), BRIGHTEST) - 1.0
    for i in relief.fixed:
        ratio[i] = 0.0
    shade[:] = 1.0
    for i in range(relief.lit):
        change = 0.0
        for k in range(relief.row_start[i], relief.row_start[i + 1]):
            change += relief.row_weight[k] * ratio[relief.row_index[k]]
        if abs(change) > 1.0 / 512.0:
            shade[i] = 1.0 + change
    shade_seam(shape, vertices, shade)
    shade_lashes(shape, vertices, shade)
    if tuck > TUCKED:
        for ring in range(2):
            for i in shape.lower[ring]:
                shade[i] *= 1.0 - TUCK_SHADE[ring] * tuck


@njit(nogil=True, cache=True)
def shade_seam(shape: Shape, vertices: NDArray[np.float32], shade: NDArray[np.float32]) -> None:
    """Darkens the rims where lips meet that the photo shows apart, so without their seam."""
    for k in range(shape.parted.shape[0]):
        if shape.parted[k] > 0.0:
            gap = along(vertices, shape.upper[0, k], shape.lower[0, k], shape.axes[1])
            touching = 1.0 - min(max(gap / (PART_GAP * shape.width), 0.0), 1.0)
            factor = 1.0 - SEAM_SHADE * shape.parted[k] * touching
            shade[shape.upper[0, k]] *= factor
            shade[shape.lower[0, k]] *= factor


@njit(nogil=True, cache=True)
def shade_lashes(shape: Shape, vertices: NDArray[np.float32], shade: NDArray[np.float32]) -> None:
    """Darkens the rims of closing lids, where lashes lie over one another."""
    up = shape.axes[1]
    for eye in range(2):
        upper, lower = shape.lids[eye, 0], shape.lids[eye, 1]
        for k in range(1, upper.shape[0] - 1):
            rest = along(shape.rest, upper[k], lower[k], up)
            gap = along(vertices, upper[k], lower[k], up)
            closed = 1.0 - min(max(gap / max(LASH_GAP * rest, 1e-3), 0.0), 1.0)
            shade[upper[k]] *= 1.0 - LASH_SHADE * closed
            shade[lower[k]] *= 1.0 - LOWER_LASHES * LASH_SHADE * closed


@njit(nogil=True, cache=True)
def shade_skin(
    skin: NDArray[np.uint8],
    smile_change: NDArray[np.int16],
    open_change: NDArray[np.int16],
    smile: int,
    opened: int,
    result: NDArray[np.uint8],
) -> None:
    """Shades skin with the folds of a smile and the shadows of an open mouth.

    Args:
        skin: (h, w, 4) uint8 at rest.
        smile_change, open_change: (h, w, 4) int16 change of a colour in 1/256.
        smile, opened: How much of each, 0..256.
        result: (h, w, 4) uint8.
    """
    for row in range(skin.shape[0]):
        for column in range(skin.shape[1]):
            for c in range(4):
                by_smile = 65536 + smile * int(smile_change[row, column, c])
                by_open = 65536 + opened * int(open_change[row, column, c])
                factor = ((by_smile >> 4) * (by_open >> 4)) >> 12
                colour = (int(skin[row, column, c]) * factor + 2048) >> 12
                result[row, column, c] = min(colour, 255)


@njit(nogil=True, cache=True)
def move_lip_texture(
    shape: Shape,
    vertices: NDArray[np.float32],
    uv_rest: NDArray[np.float32],
    purse: float,
    uv: NDArray[np.float32],
) -> None:
    """Writes (n, 2) texture places: `uv_rest`, changed at the lips.

    Parting lips show lip from inside the rim instead of the photo's dark seam; the corners of
    pursing lips take theirs from nearer the middle.
    """
    uv[:] = uv_rest
    last = shape.upper.shape[1] - 1
    opened = np.empty(last + 1, np.float32)
    for k in range(last + 1):
        gap = along(vertices, shape.upper[0, k], shape.lower[0, k], shape.axes[1])
        opened[k] = min(max(gap / (PART_GAP * shape.width), 0.0), 1.0)
    for half in (shape.upper, shape.lower):
        if purse > PURSED:
            slide_corners(half, opened, uv_rest, purse, uv)
        for k in range(last + 1):
            inner, outer = half[0, k], half[1, k]
            dx = uv_rest[outer, 0] - uv_rest[inner, 0]
            dy = uv_rest[outer, 1] - uv_rest[inner, 1]
            way = opened[k] * PART_SHIFT * shape.width / (np.sqrt(dx * dx + dy * dy) + 1e-3)
            uv[inner, 0] += dx * way
            uv[inner, 1] += dy * way


@njit(nogil=True, cache=True)
def slide_corners(
    half: NDArray[np.int32],
    opened: NDArray[np.float32],
    uv_rest: NDArray[np.float32],
    purse: float,
    uv: NDArray[np.float32],
) -> None:
    """Slides the texture of half the lips from the corners toward the middle."""
    last, columns = half.shape[1] - 1, min(CORNER_COLUMNS, half.shape[1] // 2)
    for ring in range(3):
        keep, gain = CORNER_KEEP[ring], CORNER_GAIN[ring]
        for k in range(columns):
            fade = purse * (1.0 - k / columns) ** CORNER_FADE
            for side in range(2):
                own = half[ring, k if side == 0 else last - k]
                source = half[ring, columns - 2 if side == 0 else last - columns + 2]
                part = opened[k if side == 0 else last - k]
                way = CORNER_SLIDE * (keep + gain * part) * fade
                uv[own, 0] += way * (uv_rest[source, 0] - uv_rest[own, 0])
                uv[own, 1] += way * (uv_rest[source, 1] - uv_rest[own, 1])
