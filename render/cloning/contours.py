"""Smooth contours through landmarks: every added vertex is a fixed mix of four landmarks.

Lips and lids get closed Catmull-Rom curves; because the mix is linear it holds for positions,
shapes and shading alike and costs nothing per frame.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from render.face.topology import LANDMARKS

SEGMENTS = 4
"""Refined segments per contour edge."""

Triangle = tuple[int, int, int]


class ContourRefiner:
    """Collects refined contours and splits the triangles along them."""

    def __init__(self) -> None:
        self._mixes: list[dict[int, float]] = []
        self._edges: dict[tuple[int, int], list[int]] = {}

    def refine_loop(
        self, upper: Sequence[int], lower: Sequence[int]
    ) -> tuple[list[int], list[int]]:
        """Refines the closed contour of two halves that share their ends.

        Returns:
            Both halves with the added vertices, in their own direction.
        """
        loop = [*upper, *lower[-2:0:-1]]
        count = len(loop)
        for i in range(count):
            around = (loop[i - 1], loop[i], loop[(i + 1) % count], loop[(i + 2) % count])
            self._refine_edge(around)
        return self._path(upper), self._path(lower)

    def _refine_edge(self, around: tuple[int, int, int, int]) -> None:
        _, start, end, _ = around
        if (start, end) in self._edges:
            return
        vertices = [start]
        for j in range(1, SEGMENTS):
            mix: dict[int, float] = {}
            for landmark, weight in zip(around, _catmull_rom(j / SEGMENTS), strict=True):
                mix[landmark] = mix.get(landmark, 0.0) + weight
            self._mixes.append(mix)
            vertices.append(LANDMARKS + len(self._mixes) - 1)
        vertices.append(end)
        self._edges[start, end] = vertices
        self._edges[end, start] = vertices[::-1]

    def _path(self, half: Sequence[int]) -> list[int]:
        path = [half[0]]
        for start, end in pairwise(half):
            path += self._edges[start, end][1:]
        return path

    def split(self, triangle: Triangle) -> list[Triangle]:
        """Splits a triangle along its refined edges, so that no T-junction is left."""
        for i in range(3):
            a, b, c = triangle[i], triangle[(i + 1) % 3], triangle[(i + 2) % 3]
            if (a, b) in self._edges:
                path = self._edges[a, b]
                parts = pairwise(path)
                return [piece for p, q in parts for piece in self.split((p, q, c))]
        return [triangle]

    def matrix(self) -> NDArray[np.float64]:
        """Returns (n, 468): each vertex so far as a mix of the landmarks."""
        rows = np.zeros((LANDMARKS + len(self._mixes), LANDMARKS))
        rows[:LANDMARKS] = np.eye(LANDMARKS)
        for i, mix in enumerate(self._mixes):
            for landmark, weight in mix.items():
                rows[LANDMARKS + i, landmark] = weight
        return rows


def strip(first: Sequence[int], second: Sequence[int]) -> list[Triangle]:
    """Triangulates the band between two lines of equally many vertices."""
    triangles: list[Triangle] = []
    for i in range(len(first) - 1):
        triangles.append((first[i], first[i + 1], second[i]))
        triangles.append((first[i + 1], second[i + 1], second[i]))
    return triangles


def _catmull_rom(t: float) -> tuple[float, float, float, float]:
    return (
        (-t + 2 * t**2 - t**3) / 2,
        (2 - 5 * t**2 + 3 * t**3) / 2,
        (t + 4 * t**2 - 3 * t**3) / 2,
        (t**3 - t**2) / 2,
    )
