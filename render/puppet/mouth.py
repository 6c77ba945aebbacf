"""Draws the inside of the mouth over the face.

The cavity with tongue and lower teeth comes from a photo and hangs on the lower lip; the upper
teeth hang on the skull before it; both darken where the lips touch them.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from render.puppet.correctives import smoothstep
from render.puppet.sprites import affine_from, sample_clear, sample_edge
from render.puppet.strip import blurred_step, build_strip, cover_strip

CLOSED, OPENED = 0.45, 0.9
"""Gaps in pixels below which nothing is drawn, and above which all is."""
CONTACT_SHADOW, CONTACT_REACH = 0.45, 0.047
"""How much lips darken what they touch, and how far that reaches in mouth widths."""
GAUSSIAN_RADIUS = 2.0
"""Radius of the soft disc that blurs about as a Gaussian of standard deviation 1 does."""


class MouthLook(NamedTuple):
    """How the inside of one mouth looks, in one frame.

    Attributes:
        cavity_light: Brightness of the cavity, 0..1.
        tongue_light: Brightness of the raised tongue.
        lift: How much of the raised tongue shows, 0..1.
        teeth_light: Brightness of the upper teeth, 0..1.
        own: How much of the photo's own opening shows, 0..1.
    """

    cavity_light: float
    tongue_light: float
    lift: float
    teeth_light: float
    own: float


@njit(nogil=True, cache=True)
def draw_mouth(
    out: NDArray[np.uint32],
    upper: NDArray[np.float32],
    lower: NDArray[np.float32],
    down: NDArray[np.float32],
    look: MouthLook,
    tongue: NDArray[np.float32],
    cavity: NDArray[np.float32],
    teeth: NDArray[np.float32],
    own: NDArray[np.float32],
    corners: NDArray[np.float32],
) -> float:
    """Draws the opening between the lips.

    Args:
        out: (h, w) picture.
        upper, lower: (m, 2) inner rims of the lips, screen pixels.
        down: (2,) unit vector, the head's down on the screen.
        look: This frame's look.
        tongue, cavity, teeth, own: Premultiplied (h, w, 4) float32.
        corners: (4, 3, 2) screen places of each of their top left, top right, bottom left.

    Returns:
        The widest gap between the lips, pixels.
    """
    last = upper.shape[0] - 1
    strip = np.empty((last + 1, 2, 5), np.float32)
    gap = build_strip(upper, lower, down[0], down[1], strip)
    if gap < CLOSED:
        return gap
    left, top, field = cover_strip(strip, out.shape[1], out.shape[0])
    wide = np.hypot(upper[last, 0] - upper[0, 0], upper[last, 1] - upper[0, 1])
    radius = max(GAUSSIAN_RADIUS * CONTACT_REACH * wide, 0.5)
    to_tongue = affine_from(corners[0], tongue.shape[1], tongue.shape[0])
    to_cavity = affine_from(corners[1], cavity.shape[1], cavity.shape[0])
    to_teeth = affine_from(corners[2], teeth.shape[1], teeth.shape[0])
    to_own = affine_from(corners[3], own.shape[1], own.shape[0])
    appear = smoothstep(CLOSED, OPENED, gap)
    colour = np.empty(3, np.float32)
    for row in range(field.shape[0]):
        for column in range(field.shape[1]):
            cover = field[row, column, 0] * appear
            if cover <= 0.0:
                continue
            x, y = column + left + 0.5, row + top + 0.5
            u = to_cavity[0, 0] * x + to_cavity[0, 1] * y + to_cavity[0, 2]
            v = to_cavity[1, 0] * x + to_cavity[1, 1] * y + to_cavity[1, 2]
            r, g, b, _ = sample_edge(cavity, u, v)
            colour[0], colour[1], colour[2] = r, g, b
            for c in range(3):
                colour[c] *= look.cavity_light
            if look.lift > 0.0:
                lay(colour, tongue, to_tongue, x, y, look.lift, look.tongue_light)
            lay(colour, teeth, to_teeth, x, y, 1.0, look.teeth_light)
            below, above = field[row, column, 1], field[row, column, 2]
            free = blurred_step(below, radius) + blurred_step(above, radius) - 1.0
            light = 1.0 - CONTACT_SHADOW * (1.0 - max(free, 0.0))
            for c in range(3):
                colour[c] *= light
            if look.own > 0.0:
                lay(colour, own, to_own, x, y, look.own, 1.0)
            put(out, row + top, column + left, colour, 1.0, cover)
    return gap


@njit(nogil=True, cache=True)
def lay(
    colour: NDArray[np.float32],
    texture: NDArray[np.float32],
    affine: NDArray[np.float32],
    x: float,
    y: float,
    share: float,
    light: float,
) -> None:
    """Lays a sprite over a colour."""
    u = affine[0, 0] * x + affine[0, 1] * y + affine[0, 2]
    v = affine[1, 0] * x + affine[1, 1] * y + affine[1, 2]
    r, g, b, a = sample_clear(texture, u, v)
    rest = 1.0 - a * share
    colour[0] = colour[0] * rest + r * share * light
    colour[1] = colour[1] * rest + g * share * light
    colour[2] = colour[2] * rest + b * share * light


@njit(nogil=True, cache=True)
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
