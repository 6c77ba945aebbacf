"""Drawn teeth and tongue, for mouths no photo shows. Imports images and mesh's smoothstep.

Teeth stand on a circular arch seen from the front; widths are adult averages in millimetres.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from render.face.mesh import smoothstep

Floats = NDArray[np.float64]
ENAMEL = np.array([224.0, 214.0, 198.0])
GUM = np.array([150.0, 78.0, 76.0])
OVERSAMPLING = 2


@dataclass(frozen=True, slots=True)
class _Arch:
    """One row of teeth, from the middle outward on each side.

    Attributes:
        widths: Of the teeth along the arch, millimetres.
        heights: Relative to the tallest.
        crown: Height of the tallest crown as part of the sprite.
        aspect: Height of the sprite over its width.
        bend: How far the row curves up toward its ends.
    """

    widths: tuple[float, ...]
    heights: tuple[float, ...]
    crown: float
    aspect: float
    bend: float


UPPER = _Arch((8.6, 6.7, 7.8, 7.0, 6.8, 9.0), (1.0, 0.90, 0.97, 0.84, 0.78, 0.7), 0.50, 0.32, 0.10)
LOWER = _Arch((5.4, 5.9, 6.9, 7.0, 7.1, 9.0), (0.92, 0.95, 1.0, 0.9, 0.85, 0.8), 0.56, 0.30, 0.0)


def draw_teeth(arch: _Arch, width: int, *, edge_down: bool) -> NDArray[np.uint8]:
    """Draws a row of teeth with gums: (h, width, 4) uint8 RGBA.

    Args:
        arch: `UPPER` or `LOWER`.
        width: Pixels.
        edge_down: Whether the incisal edge is at the bottom (upper teeth).
    """
    wide = width * OVERSAMPLING
    high = round(wide * arch.aspect)
    rows, columns = np.mgrid[:high, :wide] + 0.5
    across = (columns - wide / 2) / (wide * 0.49)
    rise = (high - rows if edge_down else rows) / high - arch.bend * across**2
    colour = ENAMEL * [0.52, 0.45, 0.41] * (1 - 0.6 * np.abs(across) ** 1.9)[..., None]
    alpha = (np.abs(across) < 1) * smoothstep(0.07, 0.15, rise)
    stations = np.concatenate([[0], np.cumsum(arch.widths)])
    stations = np.sin(stations / stations[-1] * 1.28) / np.sin(1.28)
    for side in (-1, 1):
        for i in range(len(arch.widths)):
            middle = side * (stations[i] + stations[i + 1]) / 2
            half = (stations[i + 1] - stations[i]) / 2
            alpha = _paint_tooth(arch, i, middle, (across - middle) / half, rise, colour, alpha)
    alpha = alpha * (1 - smoothstep(0.90, 1.0, np.abs(across)))
    if not edge_down:
        alpha = alpha * (1 - smoothstep(0.9, 1.0, rows / high))
    return _shrink(colour, alpha)


def _paint_tooth(
    arch: _Arch, i: int, middle: float, u: Floats, rise: Floats, colour: Floats, alpha: Floats
) -> Floats:
    """Paints one tooth and its gum into `colour`; returns the new alpha.

    `u` runs from -1 to 1 across the tooth, v from 0 at its edge to 1 at its neck.
    """
    tall = arch.heights[i]
    v = (rise - 0.02 - 0.10 * (1 - tall)) / (arch.crown * tall)
    neck = 0.10 * np.clip(v - 0.35, 0, 1) ** 1.2
    rounding = 0.20 * np.clip(0.14 - v, 0, 0.2) / 0.14 * u**2
    d = np.abs(u) / np.maximum(1 - neck - rounding, 0.3)
    top = 1 - 0.16 * u**2
    edge = smoothstep(-0.045, 0.035, v - 0.05 * np.abs(u) ** 3)
    tooth = (1 - smoothstep(0.90, 1.04, d)) * edge * (1 - smoothstep(top - 0.05, top + 0.03, v))
    outward = abs(middle)
    shade = (
        (1 - 0.20 * np.clip(d, 0, 1.1) ** 3)
        * (1 - 0.10 * np.clip((v - 0.55) / 0.45, 0, 1))
        * (0.90 + 0.10 * smoothstep(0, 0.25, v))
        * (1 - 0.58 * outward**1.9)
    )
    canine = np.array([1.0, 0.98, 0.95]) if i == 2 else np.ones(3)
    enamel = ENAMEL * canine * np.array([1, 0.95, 0.88]) ** (outward**1.5) * shade[..., None]
    enamel[..., 2] *= 1 + 0.05 * (1 - smoothstep(0, 0.22, v))
    colour += (enamel - colour) * tooth[..., None]
    gum = smoothstep(top - 0.03, top + 0.06, v) * (1 - smoothstep(1.0, 1.2, d))
    flesh = GUM * (1 - 0.5 * outward**1.6) * (0.82 + 0.25 * np.clip(v - 1, 0, 0.4))[..., None]
    colour += (flesh - colour) * gum[..., None]
    return np.maximum(np.maximum(alpha, tooth), gum)


def draw_tongue(width: int, height: int) -> NDArray[np.uint8]:
    """Draws a tongue seen from the front: (height, width, 4) uint8 RGBA."""
    rows, columns = np.mgrid[: height * OVERSAMPLING, : width * OVERSAMPLING] + 0.5
    x = (columns / (width * OVERSAMPLING) - 0.5) / 0.48
    y = (rows / (height * OVERSAMPLING) - 0.5) / 0.48
    radius = np.abs(x) ** 2.4 + np.abs(np.where(y < 0, y, y * 0.9)) ** 2.2
    dome = np.sqrt(np.clip(1 - radius, 0, 1))
    slope_y, slope_x = np.gradient(dome * 60)
    normal = np.dstack([-slope_x, -slope_y, np.ones_like(dome)])
    normal /= np.linalg.norm(normal, axis=2, keepdims=True)
    light = np.array([0.1, -0.75, 0.65])
    lit = np.clip(normal @ (light / np.linalg.norm(light)), 0, 1)
    groove = 1 - 0.20 * np.exp(-((x / 0.055) ** 2)) * (1 - np.clip(y, 0, 1) ** 2)
    grain = np.random.default_rng(0).standard_normal(dome.shape)
    texture = 1 + 0.2 * cv2.GaussianBlur(grain, (0, 0), 2.2)
    body = (0.45 + 0.55 * smoothstep(-1.0, 0.1, y)) * (0.50 + 0.60 * lit) * groove * texture
    shine = lit**18 * np.clip(y + 0.6, 0, 1)
    colour = (
        np.array([205.0, 106, 98]) * body[..., None] + np.array([26.0, 18, 16]) * shine[..., None]
    )
    return _shrink(colour, 1 - smoothstep(0.80, 1.0, radius))


def _shrink(colour: Floats, alpha: Floats) -> NDArray[np.uint8]:
    """Averages the oversampled drawing down, colours weighted by their alpha."""
    size = (colour.shape[1] // OVERSAMPLING, colour.shape[0] // OVERSAMPLING)
    weighted = np.dstack([colour * alpha[..., None], alpha])
    small = np.asarray(cv2.resize(weighted, size, interpolation=cv2.INTER_AREA), np.float64)
    small[..., :3] /= np.maximum(small[..., 3:], 1e-3)
    small[..., 3] *= 255
    return np.clip(np.rint(small), 0, 255).astype(np.uint8)
