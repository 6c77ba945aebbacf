"""A drawn tongue with a raised tip, for the sounds that show it (L, TH).

Photos of open mouths show tongues that lie flat.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from render.cloning.mesh import smoothstep

Floats = NDArray[np.float64]
OVERSAMPLING = 2


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
    groove = 1 - 0.10 * np.exp(-((x / 0.09) ** 2)) * (1 - np.clip(y, 0, 1) ** 2)
    grain = np.random.default_rng(0).standard_normal(dome.shape)
    texture = 1 + 0.2 * cv2.GaussianBlur(grain, (0, 0), 2.2)
    sides = 1 - 0.45 * np.abs(x) ** 2
    body = sides * (0.45 + 0.55 * smoothstep(-1.0, 0.1, y)) * (0.50 + 0.60 * lit) * groove * texture
    shine = lit**18 * np.clip(y + 0.6, 0, 1)
    colour = (
        np.array([205.0, 106, 98]) * body[..., None] + np.array([26.0, 18, 16]) * shine[..., None]
    )
    return _shrink(colour, 1 - smoothstep(0.45, 1.0, radius))


def _shrink(colour: Floats, alpha: Floats) -> NDArray[np.uint8]:
    """Averages the oversampled drawing down, colours weighted by their alpha."""
    size = (colour.shape[1] // OVERSAMPLING, colour.shape[0] // OVERSAMPLING)
    weighted = np.dstack([colour * alpha[..., None], alpha])
    small = np.asarray(cv2.resize(weighted, size, interpolation=cv2.INTER_AREA), np.float64)
    small[..., :3] /= np.maximum(small[..., 3:], 1e-3)
    small[..., 3] *= 255
    return np.clip(np.rint(small), 0, 255).astype(np.uint8)
