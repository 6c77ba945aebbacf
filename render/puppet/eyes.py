"""Draws an eyeball behind its lids over the face.

At rest it is the photo's own eye, completed under the lids. A moving gaze fades to a clean white
with the photo's iris sliding on it, as far as the round eye lets it.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from render.puppet.correctives import smoothstep
from render.puppet.mouth import put
from render.puppet.sprites import affine_from, sample_edge
from render.puppet.strip import blurred_step, build_strip, cover_strip

GAZE_REACH_X, GAZE_REACH_Y = 0.20, 0.165
"""How far a full gaze slides the iris, eye widths."""
CLOSED, OPENED = 0.25, 0.7
"""Gaps of the lids in pixels below which no eye is drawn, and above which all of it is."""


class EyeLook(NamedTuple):
    """How one eye looks in one frame.

    Attributes:
        gaze_x, gaze_y: In [-1, 1], to the right of the picture and up.
        width: Of the eye, screen pixels.
        texels: Of the eye's textures, per screen pixel.
        opening: Height of the opening in the photo, screen pixels.
    """

    gaze_x: float
    gaze_y: float
    width: float
    texels: float
    opening: float


@njit(nogil=True, cache=True)
def draw_eye(
    out: NDArray[np.uint32],
    upper: NDArray[np.float32],
    lower: NDArray[np.float32],
    down: NDArray[np.float32],
    look: EyeLook,
    photo: NDArray[np.float32],
    white: NDArray[np.float32],
    iris: NDArray[np.float32],
    corners: NDArray[np.float32],
) -> float:
    """Draws the opening between the lids.

    Args:
        out: (h, w) picture.
        upper, lower: (m, 2) lid rims, screen pixels, left to right.
        down: (2,) unit vector, the head's down on the screen.
        look: This frame's look.
        photo, white, iris: (h, w, 4) float32, the iris premultiplied.
        corners: (3, 2) screen places of the textures' top left, top right, bottom left.

    Returns:
        The widest gap between the lids, pixels.
    """
    strip = np.empty((upper.shape[0], 2, 5), np.float32)
    gap = build_strip(upper, lower, down[0], down[1], strip)
    if gap < CLOSED:
        return gap
    left, top, field = cover_strip(strip, out.shape[1], out.shape[0])
    to_texel = affine_from(corners, photo.shape[1], photo.shape[0])
    moved = smoothstep(0.0, 0.2, np.hypot(look.gaze_x, look.gaze_y))
    slide_x = look.gaze_x * GAZE_REACH_X * look.width * look.texels
    slide_y = -look.gaze_y * GAZE_REACH_Y * look.width * look.texels
    shut = min(max(1.0 - gap / look.opening, 0.0), 1.0)
    appear = smoothstep(CLOSED, OPENED, gap)
    colour = np.empty(3, np.float32)
    for row in range(field.shape[0]):
        for column in range(field.shape[1]):
            cover = field[row, column, 0] * appear
            if cover <= 0.0:
                continue
            x, y = column + left + 0.5, row + top + 0.5
            u = to_texel[0, 0] * x + to_texel[0, 1] * y + to_texel[0, 2]
            v = to_texel[1, 0] * x + to_texel[1, 1] * y + to_texel[1, 2]
            r, g, b, _ = sample_edge(photo, u, v)
            if moved > 0.0:
                wr, wg, wb, _ = sample_edge(white, u, v)
                ir, ig, ib, ia = sample_edge(iris, u - slide_x, v - slide_y)
                r += (wr * (1.0 - ia) + ir - r) * moved
                g += (wg * (1.0 - ia) + ig - g) * moved
                b += (wb * (1.0 - ia) + ib - b) * moved
            colour[0], colour[1], colour[2] = r, g, b
            light = lid_shadow(look, shut, field[row, column, 1], field[row, column, 2])
            put(out, row + top, column + left, colour, light, cover)
    return gap


@njit(nogil=True, cache=True)
def lid_shadow(look: EyeLook, shut: float, below: float, above: float) -> float:
    """Returns the light a lid that comes down leaves on the eyeball."""
    if shut <= 0.03:
        return 1.0
    shift, radius = 0.06 * look.width, 0.09 * look.width
    free = blurred_step(below - shift, radius) + blurred_step(above + shift, radius) - 1.0
    lit = min(max(free * 1.2, 0.0), 1.0)
    return 1.0 - 0.55 * min(1.0, shut * 1.6) * (1.0 - lit)
