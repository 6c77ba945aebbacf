"""Samples pictures that stand in the head, compiled."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def affine_from(corners: NDArray[np.float32], width: float, height: float) -> NDArray[np.float32]:
    """Returns (2, 3): screen pixels to texels.

    Args:
        corners: (3, 2) screen places of the texture's (0, 0), (width, 0) and (0, height).
        width, height: Of the texture, texels.
    """
    ax, ay = (corners[1, 0] - corners[0, 0]) / width, (corners[1, 1] - corners[0, 1]) / width
    bx, by = (corners[2, 0] - corners[0, 0]) / height, (corners[2, 1] - corners[0, 1]) / height
    inverse = 1.0 / (ax * by - bx * ay)
    result = np.empty((2, 3), np.float32)
    result[0, 0], result[0, 1] = by * inverse, -bx * inverse
    result[1, 0], result[1, 1] = -ay * inverse, ax * inverse
    for row in range(2):
        result[row, 2] = -(result[row, 0] * corners[0, 0] + result[row, 1] * corners[0, 1])
    return result


@njit(nogil=True, cache=True)
def sample_clear(
    texture: NDArray[np.float32], u: float, v: float
) -> tuple[float, float, float, float]:
    """Samples premultiplied (h, w, 4) float32 bilinearly; nothing lies outside it."""
    u -= 0.5
    v -= 0.5
    left, top = int(np.floor(u)), int(np.floor(v))
    fu, fv = u - left, v - top
    r, g, b, a = 0.0, 0.0, 0.0, 0.0
    for dy in range(2):
        for dx in range(2):
            x, y = left + dx, top + dy
            if 0 <= x < texture.shape[1] and 0 <= y < texture.shape[0]:
                part = (fu if dx else 1.0 - fu) * (fv if dy else 1.0 - fv)
                r += part * texture[y, x, 0]
                g += part * texture[y, x, 1]
                b += part * texture[y, x, 2]
                a += part * texture[y, x, 3]
    return r, g, b, a


@njit(nogil=True, cache=True)
def sample_edge(
    texture: NDArray[np.float32], u: float, v: float
) -> tuple[float, float, float, float]:
    """Samples (h, w, 4) float32 bilinearly; its edge goes on forever."""
    u = min(max(u - 0.5, 0.0), texture.shape[1] - 1.001)
    v = min(max(v - 0.5, 0.0), texture.shape[0] - 1.001)
    left, top = int(u), int(v)
    fu, fv = u - left, v - top
    w00, w10 = (1.0 - fu) * (1.0 - fv), fu * (1.0 - fv)
    w01, w11 = (1.0 - fu) * fv, fu * fv
    a, b = texture[top, left], texture[top, left + 1]
    c, d = texture[top + 1, left], texture[top + 1, left + 1]
    return (
        w00 * a[0] + w10 * b[0] + w01 * c[0] + w11 * d[0],
        w00 * a[1] + w10 * b[1] + w01 * c[1] + w11 * d[1],
        w00 * a[2] + w10 * b[2] + w01 * c[2] + w11 * d[2],
        w00 * a[3] + w10 * b[3] + w01 * c[3] + w11 * d[3],
    )
