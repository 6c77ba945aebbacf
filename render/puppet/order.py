"""Sorts triangles by depth, compiled."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

BUCKETS = 512


@njit(nogil=True, cache=True)
def depth_order(
    depth: NDArray[np.float32], triangles: NDArray[np.int32], order: NDArray[np.int32]
) -> None:
    """Writes (t,) rows of `triangles`, the farthest first.

    Args:
        depth: (n, 3) vertices; z rises toward the viewer.
        triangles: (t, 3).
        order: Result. Equal depths keep their order.
    """
    count = triangles.shape[0]
    keys = np.empty(count, np.float32)
    for t in range(count):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        keys[t] = depth[a, 2] + depth[b, 2] + depth[c, 2]
    low = keys.min()
    step = (BUCKETS - 1) / max(float(keys.max() - low), 1e-6)
    starts = np.zeros(BUCKETS + 1, np.int32)
    for t in range(count):
        starts[int((keys[t] - low) * step) + 1] += 1
    for bucket in range(BUCKETS):
        starts[bucket + 1] += starts[bucket]
    for t in range(count):
        bucket = int((keys[t] - low) * step)
        order[starts[bucket]] = t
        starts[bucket] += 1


@njit(nogil=True, cache=True)
def mark_away(
    screen: NDArray[np.float32], triangles: NDArray[np.int32], away: NDArray[np.uint8]
) -> None:
    """Writes (t,) 1 for each triangle that shows its back ((n, 2) screen pixels), else 0."""
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        area = (screen[b, 0] - screen[a, 0]) * (screen[c, 1] - screen[a, 1]) - (
            screen[c, 0] - screen[a, 0]
        ) * (screen[b, 1] - screen[a, 1])
        away[t] = 1 if area < 0 else 0
