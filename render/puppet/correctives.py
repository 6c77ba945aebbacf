"""What linear shapes cannot do to lips and lids, compiled.

All act on (n, 3) float32 vertices in head space. Lip rings are (4, m) vertex numbers, inner to
outer, left to right; `up`, `right` and `forward` are the head's axes.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Vertices = NDArray[np.float32]
Rings = NDArray[np.int32]
Vector = NDArray[np.float32]

SEAL = (1.0, 0.95, 0.78, 0.45)
"""How far each lip ring, inner to outer, follows when lips are sealed."""
SEAL_UPPER, SEAL_LOWER = 0.35, 0.65
"""Shares of a gap that the upper and the lower lip close."""
PART_UPPER, PART_LOWER = 0.45, 0.55
"""Shares of a crossing that they give way by."""
TUCK = (1.0, 0.92, 0.68, 0.30)
"""How far each ring of the lower lip follows to the teeth."""
TUCK_OVER = 0.016
"""How much of the upper teeth the lower lip covers, face widths."""
TUCK_BACK = (1.0, 0.7, 0.3, 0.0)
TUCK_DEPTH = 0.02
"""How far the lower lip goes back under the teeth, face widths, and each ring's share of it."""
ROUND_UPPER = (1.0, 0.92, 0.60, 0.30)
ROUND_LOWER = (1.0, 0.97, 0.92, 0.85)
"""How far each ring of the upper and the lower lip follows a rounded mouth."""
ROUND_POWER = 2.2
"""Exponent of the superellipse that a round mouth is."""
AUTO_ROUND, AUTO_FROM, AUTO_TO = 0.55, 0.25, 0.7
"""How round a mouth becomes of itself, and from and to what opening, in mouth widths."""
MIN_RING = 0.35
"""Least thickness of a lip ring, as a share of that at rest."""
MIN_SKIN = 0.60
"""Least distance of the skin from the lips, as a share of that at rest."""
VISIBLE = 0.01
"""Weight of a corrective below which it is left out."""


@njit(nogil=True, cache=True)
def along(vertices: Vertices, a: int, b: int, axis: Vector) -> float:
    """Returns how far vertex `a` lies beyond vertex `b` along an axis."""
    return float(
        (vertices[a, 0] - vertices[b, 0]) * axis[0]
        + (vertices[a, 1] - vertices[b, 1]) * axis[1]
        + (vertices[a, 2] - vertices[b, 2]) * axis[2]
    )


@njit(nogil=True, cache=True)
def push(vertices: Vertices, a: int, axis: Vector, distance: float) -> None:
    """Moves a vertex along an axis."""
    for d in range(3):
        vertices[a, d] += axis[d] * distance


@njit(nogil=True, cache=True)
def smoothstep(start: float, end: float, x: float) -> float:
    """Rises smoothly from 0 at `start` to 1 at `end`."""
    t = min(max((x - start) / (end - start), 0.0), 1.0)
    return t * t * (3.0 - 2.0 * t)


@njit(nogil=True, cache=True)
def rounding(
    vertices: Vertices, upper: Rings, lower: Rings, right: Vector, up: Vector, asked: float
) -> float:
    """Returns how round the mouth is: as asked, and of itself where it stands wide open."""
    last, middle = upper.shape[1] - 1, upper.shape[1] // 2
    width = along(vertices, upper[0, last], upper[0, 0], right) + 1e-3
    gap = along(vertices, upper[0, middle], lower[0, middle], up)
    auto = AUTO_ROUND * smoothstep(AUTO_FROM, AUTO_TO, gap / width)
    return min(max(asked, auto), 1.0)


@njit(nogil=True, cache=True)
def round_ring(
    vertices: Vertices, ring: NDArray[np.int32], right: Vector, up: Vector, amount: float
) -> None:
    """Pulls half a ring toward the superellipse through its ends and its middle."""
    last = ring.shape[0] - 1
    first, end = ring[0], ring[last]
    half = along(vertices, end, first, right) / 2 + 1e-3
    level = along(vertices, end, first, up) / 2
    crest = along(vertices, ring[ring.shape[0] // 2], first, up) - level
    for k in range(1, last):
        x = min(max(along(vertices, ring[k], first, right) / half - 1.0, -1.0), 1.0)
        y = along(vertices, ring[k], first, up) - level
        target = crest * (1.0 - abs(x) ** ROUND_POWER) ** (1.0 / ROUND_POWER)
        push(vertices, ring[k], up, (target - y) * amount)


@njit(nogil=True, cache=True)
def tuck_lower(
    vertices: Vertices,
    lower: Rings,
    right: Vector,
    up: Vector,
    forward: Vector,
    edge: Vector,
    face_width: float,
    amount: float,
) -> None:
    """Brings the lower lip up to the edge of the upper teeth and back under it (F, V)."""
    last = lower.shape[1] - 1
    first, end = lower[0, 0], lower[0, last]
    half = along(vertices, end, first, right) / 2 + 1e-3
    for k in range(lower.shape[1]):
        inner = lower[0, k]
        x = along(vertices, inner, first, right) / half - 1.0
        profile = max(1.0 - x**4, 0.0) ** 0.5 * amount
        to_edge = TUCK_OVER * face_width
        for d in range(3):
            to_edge += (edge[d] - vertices[inner, d]) * up[d]
        for ring in range(4):
            push(vertices, lower[ring, k], up, TUCK[ring] * to_edge * profile)
            push(
                vertices,
                lower[ring, k],
                forward,
                -TUCK_DEPTH * face_width * TUCK_BACK[ring] * profile,
            )


@njit(nogil=True, cache=True)
def seal_lips(vertices: Vertices, upper: Rings, lower: Rings, amount: float) -> None:
    """Closes the lips column by column, whatever the jaw does (P, B, M)."""
    for k in range(upper.shape[1]):
        for d in range(3):
            gap = (vertices[upper[0, k], d] - vertices[lower[0, k], d]) * amount
            for ring in range(4):
                vertices[upper[ring, k], d] -= SEAL_UPPER * SEAL[ring] * gap
                vertices[lower[ring, k], d] += SEAL_LOWER * SEAL[ring] * gap


@njit(nogil=True, cache=True)
def part_lips(vertices: Vertices, upper: Rings, lower: Rings, up: Vector) -> None:
    """Keeps the upper rim from going below the lower one."""
    for k in range(upper.shape[1]):
        gap = along(vertices, upper[0, k], lower[0, k], up)
        if gap < 0:
            for ring in range(4):
                push(vertices, upper[ring, k], up, -PART_UPPER * SEAL[ring] * gap)
                push(vertices, lower[ring, k], up, PART_LOWER * SEAL[ring] * gap)


@njit(nogil=True, cache=True)
def keep_thickness(
    vertices: Vertices, rings: Rings, thickness: NDArray[np.float32], up: Vector, sign: float
) -> None:
    """Keeps each ring some of its distance at rest outside the next inner one."""
    for ring in range(3):
        for k in range(rings.shape[1]):
            outer, inner = rings[ring + 1, k], rings[ring, k]
            lack = MIN_RING * thickness[ring, k] - sign * along(vertices, outer, inner, up)
            if lack > 0:
                push(vertices, outer, up, sign * lack)


@njit(nogil=True, cache=True)
def follow_rim(
    vertices: Vertices,
    rim: NDArray[np.int32],
    before: Vertices,
    skin: NDArray[np.int32],
    weight: NDArray[np.float32],
) -> None:
    """Lets the skin around the mouth follow what the correctives did to the outer ring."""
    for s in range(skin.shape[0]):
        for r in range(rim.shape[0]):
            if weight[s, r] > 1e-4:
                for d in range(3):
                    vertices[skin[s], d] += weight[s, r] * (vertices[rim[r], d] - before[r, d])


@njit(nogil=True, cache=True)
def keep_skin(
    vertices: Vertices,
    near: NDArray[np.int32],
    near_rim: NDArray[np.int32],
    distance: NDArray[np.float32],
    direction: NDArray[np.float32],
) -> None:
    """Keeps the first row of skin from being squeezed against the lips."""
    for p in range(near.shape[0]):
        lack = MIN_SKIN * distance[p] - along(vertices, near[p], near_rim[p], direction[p])
        if lack > 0:
            push(vertices, near[p], direction[p], lack)


@njit(nogil=True, cache=True)
def part_lids(
    vertices: Vertices, upper: NDArray[np.int32], lower: NDArray[np.int32], up: Vector
) -> None:
    """Keeps the lids from crossing."""
    for k in range(upper.shape[0]):
        crossed = along(vertices, lower[k], upper[k], up)
        if crossed > 0:
            push(vertices, upper[k], up, 0.5 * crossed)
            push(vertices, lower[k], up, -0.5 * crossed)
