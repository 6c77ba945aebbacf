"""Moves the mesh at rest into an expression, compiled."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from render.puppet.correctives import (
    ROUND_LOWER,
    ROUND_UPPER,
    VISIBLE,
    follow_rim,
    keep_skin,
    keep_thickness,
    part_lids,
    part_lips,
    round_ring,
    rounding,
    seal_lips,
    tuck_lower,
)


class Shape(NamedTuple):
    """The mesh at rest and what moves it, as the kernels take it.

    Attributes:
        rest: (n, 3) float32.
        deltas: (53, n, 3) float32; the last is what the photo's own expression adds.
        axes: (3, 3) float32 rows right, up, forward.
        width: Face width, canvas pixels.
        edge: (3,) float32 incisal edge of the upper teeth.
        upper, lower: (4, m) int32 lip rings.
        parted: (m,) float32 as in `Lips`.
        upper_thickness, lower_thickness: (3, m) float32.
        rim, skin, skin_weight, near, near_rim, near_distance, near_direction: As in `Lips`.
        lids: (2 eyes, 2, m) int32 upper and lower rims.
    """

    rest: NDArray[np.float32]
    deltas: NDArray[np.float32]
    axes: NDArray[np.float32]
    width: float
    edge: NDArray[np.float32]
    upper: NDArray[np.int32]
    lower: NDArray[np.int32]
    parted: NDArray[np.float32]
    upper_thickness: NDArray[np.float32]
    lower_thickness: NDArray[np.float32]
    rim: NDArray[np.int32]
    skin: NDArray[np.int32]
    skin_weight: NDArray[np.float32]
    near: NDArray[np.int32]
    near_rim: NDArray[np.int32]
    near_distance: NDArray[np.float32]
    near_direction: NDArray[np.float32]
    lids: NDArray[np.int32]


@njit(nogil=True, cache=True)
def add_shapes(shape: Shape, weights: NDArray[np.float32], vertices: NDArray[np.float32]) -> None:
    """Writes the rest plus the weighted shapes ((53,) weights) into (n, 3) `vertices`."""
    out, rest = vertices.reshape(vertices.size), shape.rest.reshape(shape.rest.size)
    out[:] = rest
    for s in range(weights.shape[0]):
        weight = weights[s]
        if weight != 0.0:
            delta = shape.deltas[s].reshape(out.size)
            for i in range(out.size):
                out[i] += weight * delta[i]


@njit(nogil=True, cache=True)
def deform(
    shape: Shape,
    weights: NDArray[np.float32],
    seal: float,
    tuck: float,
    round_asked: float,
    vertices: NDArray[np.float32],
) -> None:
    """Writes the face under an expression into (n, 3) `vertices`, head space."""
    add_shapes(shape, weights, vertices)
    right, up, forward = shape.axes[0], shape.axes[1], shape.axes[2]
    upper, lower = shape.upper, shape.lower
    before = vertices[shape.rim]
    amount = rounding(vertices, upper, lower, right, up, round_asked)
    if amount > VISIBLE:
        for ring in range(4):
            round_ring(vertices, upper[ring], right, up, amount * ROUND_UPPER[ring])
            round_ring(vertices, lower[ring], right, up, amount * ROUND_LOWER[ring])
    if tuck > VISIBLE:
        tuck_lower(vertices, lower, right, up, forward, shape.edge, shape.width, tuck)
    if seal > VISIBLE:
        seal_lips(vertices, upper, lower, seal)
    part_lips(vertices, upper, lower, up)
    keep_thickness(vertices, upper, shape.upper_thickness, up, 1.0)
    keep_thickness(vertices, lower, shape.lower_thickness, up, -1.0)
    follow_rim(vertices, shape.rim, before, shape.skin, shape.skin_weight)
    keep_skin(vertices, shape.near, shape.near_rim, shape.near_distance, shape.near_direction)
    for eye in range(2):
        part_lids(vertices, shape.lids[eye, 0], shape.lids[eye, 1], up)
