"""Draws the inside of the mouth over the face. Imports strip, sprites and correctives.

What is near a lip takes the lip's colour and its shadow; tongue, lower and upper teeth stand
behind one another; everything fades into the dark of the corners.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from render.puppet.correctives import smoothstep
from render.puppet.sprites import affine_from, sample_clear
from render.puppet.strip import blurred_step, build_strip, rasterise_strip

CLOSED, OPENED = 0.45, 0.9
"""Gaps in pixels below which nothing is drawn, and above which all is."""
RIM_TINT = (0.42, 0.29, 0.27)
DEEP = (38.0, 15.0, 13.0)
WIDE_OPEN = 0.16
"""Gap of a fully open mouth, face widths."""


class MouthLook(NamedTuple):
    """How the inside of one mouth looks, in one frame.

    Attributes:
        size: Face width, screen pixels.
        lip: (3,) float32 colour of the lips.
        light: Brightness of teeth in the photo's light.
        purse: How pursed the lips are, 0..1.
        lift: How far the tongue's tip is raised, 0..1.
        teeth: How much of the upper teeth shows, 0..1.
    """

    size: float
    lip: NDArray[np.float32]
    light: float
    purse: float
    lift: float
    teeth: float


@njit(nogil=True, cache=True)
def draw_mouth(
    out: NDArray[np.uint32],
    upper: NDArray[np.float32],
    lower: NDArray[np.float32],
    down: NDArray[np.float32],
    look: MouthLook,
    tongue: NDArray[np.float32],
    lower_teeth: NDArray[np.float32],
    upper_teeth: NDArray[np.float32],
    corners: NDArray[np.float32],
) -> float:
    """Draws the opening between the lips.

    Args:
        out: (h, w) picture.
        upper, lower: (m, 2) inner rims of the lips, screen pixels.
        down: (2,) unit vector, the head's down on the screen.
        look: This frame's look.
        tongue, lower_teeth, upper_teeth: Premultiplied (h, w, 4) float32.
        corners: (3, 3, 2) screen places of each of their top left, top right, bottom left.

    Returns:
        The widest gap between the lips, pixels.
    """
    strip = np.empty((upper.shape[0], 2, 5), np.float32)
    gap = build_strip(upper, lower, down[0], down[1], strip)
    if gap < CLOSED:
        return gap
    left = max(0, int(np.floor(strip[:, :, 0].min())))
    top = max(0, int(np.floor(strip[:, :, 1].min())))
    right = min(out.shape[1], int(np.ceil(strip[:, :, 0].max())) + 1)
    bottom = min(out.shape[0], int(np.ceil(strip[:, :, 1].max())) + 1)
    if right <= left or bottom <= top:
        return gap
    field = np.zeros((bottom - top, right - left, 4), np.float32)
    rasterise_strip(strip, left, top, field)
    opened = min(gap / (WIDE_OPEN * look.size), 1.0)
    to_tongue = affine_from(corners[0], tongue.shape[1], tongue.shape[0])
    to_lower = affine_from(corners[1], lower_teeth.shape[1], lower_teeth.shape[0])
    to_upper = affine_from(corners[2], upper_teeth.shape[1], upper_teeth.shape[0])
    appear = smoothstep(CLOSED, OPENED, gap)
    colour = np.empty(3, np.float32)
    for row in range(field.shape[0]):
        for column in range(field.shape[1]):
            cover = field[row, column, 0] * appear
            if cover <= 0.0:
                continue
            x, y = column + left + 0.5, row + top + 0.5
            below, above = field[row, column, 1], field[row, column, 2]
            cavity(look, opened, below, above, colour)
            lay(colour, tongue, to_tongue, x, y, 1.0, tongue_light(look, opened))
            lay(colour, lower_teeth, to_lower, x, y, 1.0, lower_light(look, opened))
            shade = upper_shadow(look, upper_teeth, to_upper, x, y, down)
            for c in range(3):
                colour[c] *= shade
            upper_light = (
                look.light * 0.97 * (1.0 - 0.45 * look.purse) ** 0.6,
                look.light * 0.97 * (1.0 - 0.45 * look.purse) ** 0.6,
                look.light * 0.97 * (1.0 - 0.45 * look.purse) ** 0.6,
            )
            lay(colour, upper_teeth, to_upper, x, y, look.teeth, upper_light)
            dim = lip_shadow(look, opened, below, above)
            dim *= 1.0 - 0.55 * smoothstep(0.55, 1.0, abs(field[row, column, 3]))
            put(out, row + top, column + left, colour, dim, cover)
    return gap


@njit(nogil=True, cache=True, inline="always")
def cavity(
    look: MouthLook, opened: float, below: float, above: float, colour: NDArray[np.float32]
) -> None:
    """Writes the colour of the empty mouth: lip-tinted at its rim, dark inside."""
    radius = 0.05 * look.size
    inside = blurred_step(below, radius) + blurred_step(above, radius) - 1.0
    deep = min(max(inside * 1.25 - 0.15, 0.0), 1.0)
    place = min(max(below / max(below + above, 1e-3), 0.0), 1.0)
    for c in range(3):
        rim = look.lip[c] * RIM_TINT[c]
        colour[c] = (rim * (1.0 - deep) + DEEP[c] * deep) * (0.75 + 0.45 * place)


@njit(nogil=True, cache=True, inline="always")
def lay(
    colour: NDArray[np.float32],
    texture: NDArray[np.float32],
    affine: NDArray[np.float32],
    x: float,
    y: float,
    share: float,
    light: tuple[float, float, float],
) -> None:
    """Lays a sprite over a colour."""
    u = affine[0, 0] * x + affine[0, 1] * y + affine[0, 2]
    v = affine[1, 0] * x + affine[1, 1] * y + affine[1, 2]
    r, g, b, a = sample_clear(texture, u, v)
    rest = 1.0 - a * share
    colour[0] = colour[0] * rest + r * share * light[0]
    colour[1] = colour[1] * rest + g * share * light[1]
    colour[2] = colour[2] * rest + b * share * light[2]


@njit(nogil=True, cache=True, inline="always")
def tongue_light(look: MouthLook, opened: float) -> tuple[float, float, float]:
    """Returns how brightly the tongue is lit: the more so the further out it comes."""
    light = 0.42 + 0.34 * look.lift + 0.16 * opened
    return light, light, light


@njit(nogil=True, cache=True, inline="always")
def lower_light(look: MouthLook, opened: float) -> tuple[float, float, float]:
    """Returns the light of the lower teeth: dimmer and warmer than the upper ones."""
    light = look.light * (0.52 + 0.14 * opened) * (1.0 - 0.45 * look.purse)
    return light, light * 0.93, light * 0.86


@njit(nogil=True, cache=True, inline="always")
def upper_shadow(
    look: MouthLook,
    texture: NDArray[np.float32],
    affine: NDArray[np.float32],
    x: float,
    y: float,
    down: NDArray[np.float32],
) -> float:
    """Returns how the upper teeth darken what is just below them."""
    alpha = 0.0
    for step in range(3):
        way = (0.010 + 0.009 * step) * look.size
        sx, sy = x - down[0] * way, y - down[1] * way
        u = affine[0, 0] * sx + affine[0, 1] * sy + affine[0, 2]
        v = affine[1, 0] * sx + affine[1, 1] * sy + affine[1, 2]
        column, row = int(np.floor(u)), int(np.floor(v))
        if 0 <= column < texture.shape[1] and 0 <= row < texture.shape[0]:
            alpha += texture[row, column, 3] / 3.0
    return 1.0 - 0.5 * look.teeth * alpha


@njit(nogil=True, cache=True, inline="always")
def lip_shadow(look: MouthLook, opened: float, below: float, above: float) -> float:
    """Returns how much light the lips let in: the upper one casts its shadow down."""
    shift, radius = 0.022 * look.size * (0.4 + 0.6 * opened), 0.03 * look.size
    free = blurred_step(below - shift, radius) + blurred_step(above + shift, radius) - 1.0
    lit = min(max(free * 1.15, 0.0), 1.0)
    return 0.34 + 0.66 * float(lit**0.8)


@njit(nogil=True, cache=True, inline="always")
def put(
    out: NDArray[np.uint32],
    row: int,
    column: int,
    colour: NDArray[np.float32],
    light: float,
    cover: float,
) -> None:
    """Mixes a colour into an opaque pixel."""
    below, result = out[row, column], np.uint32(0xFF000000)
    for c in range(3):
        old = float((below >> np.uint32(8 * c)) & np.uint32(255))
        new = min(max(colour[c] * light, 0.0), 255.0)
        result |= np.uint32(int(old + (new - old) * cover + 0.5)) << np.uint32(8 * c)
    out[row, column] = result
