"""Softens the outline where parts of a turned face cover others, compiled.

Triangles are filled without antialiasing; most edges never show because both sides carry the same
photo. Where a triangle that faces the viewer borders one that turned away, the picture has a hard
step: there, each pixel is mixed with its neighbours across the edge (after Persson, "Geometric
post-process anti-aliasing", 2011).
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

REACH = 1.1
"""Pixels on each side of an edge that are mixed."""


def shared_edges(triangles: NDArray[np.int32], own: int) -> NDArray[np.int32]:
    """Returns (e, 4): two vertices and the two triangles that share them.

    Only edges of the first `own` triangles count.
    """
    count = len(triangles)
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    owner = np.tile(np.arange(count, dtype=np.int32), 3)
    edges.sort(axis=1)
    order = np.lexsort((edges[:, 1], edges[:, 0]))
    edges, owner = edges[order], owner[order]
    same = (edges[1:] == edges[:-1]).all(1)
    found = np.column_stack([edges[:-1][same], owner[:-1][same], owner[1:][same]])
    return np.asarray(found[found[:, 2:].min(1) < own], np.int32)


@njit(nogil=True, cache=True)
def soften_outline(
    out: NDArray[np.uint32],
    screen: NDArray[np.float32],
    edges: NDArray[np.int32],
    away: NDArray[np.uint8],
) -> None:
    """Mixes pixels across edges between triangles that face the viewer and ones that do not.

    Args:
        out: (h, w) picture.
        screen: (n, 2) vertices, pixels.
        edges: (e, 4) from `shared_edges`.
        away: (t,) 1 where a triangle turned away.
    """
    height, width = out.shape
    for e in range(edges.shape[0]):
        if away[edges[e, 2]] == away[edges[e, 3]]:
            continue
        ax, ay = screen[edges[e, 0], 0], screen[edges[e, 0], 1]
        bx, by = screen[edges[e, 1], 0], screen[edges[e, 1], 1]
        size = np.hypot(bx - ax, by - ay)
        if size < 1e-3:
            continue
        tx, ty = (bx - ax) / size, (by - ay) / size
        first = max(1, int(min(ay, by) - REACH))
        last = min(height - 2, int(max(ay, by) + REACH))
        start = max(1, int(min(ax, bx) - REACH))
        stop = min(width - 2, int(max(ax, bx) + REACH))
        across_x = abs(ty) > abs(tx)
        for row in range(first, last + 1):
            for column in range(start, stop + 1):
                dx, dy = column + 0.5 - ax, row + 0.5 - ay
                along = dx * tx + dy * ty
                off = abs(dx * ty - dy * tx)
                if off < REACH and 0 <= along < size:
                    share = 0.5 * (1.0 - off / REACH)
                    mix_across(out, row, column, across_x, share)


@njit(nogil=True, cache=True)
def mix_across(
    out: NDArray[np.uint32], row: int, column: int, across_x: bool, share: float
) -> None:
    """Mixes a pixel with its two neighbours to the sides, or above and below."""
    a = out[row, column - 1] if across_x else out[row - 1, column]
    b = out[row, column + 1] if across_x else out[row + 1, column]
    own, result = out[row, column], np.uint32(0)
    for c in range(4):
        shift = np.uint32(8 * c)
        sides = (float((a >> shift) & np.uint32(255)) + float((b >> shift) & np.uint32(255))) / 2
        middle = float((own >> shift) & np.uint32(255))
        result |= np.uint32(int(middle + (sides - middle) * share + 0.5)) << shift
    out[row, column] = result
