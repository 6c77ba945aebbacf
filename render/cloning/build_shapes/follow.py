"""Follows the landmarks through the face units."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree  # type: ignore[import-untyped]

from render.cloning.build_shapes.makehuman import MakeHumanHead
from render.cloning.build_shapes.picture import Camera, draw_head, look
from render.cloning.fit import fit_similarity
from render.face import topology
from render.face.landmarks import find_face
from render.types import ARKIT_SHAPES

OPEN = {"jawOpen": 0.45, "eyeWideLeft": 0.6, "eyeWideRight": 0.6}
"""A pose in which lips and lids lie apart, so that each landmark meets its own."""
FRONT_DEPTH = 0.35
"""Surface farther behind its surroundings (the throat) is not the face, decimetres."""
SMOOTHING_ROUNDS, SMOOTHING = 2, 0.4
FRONT_PERCENTILE = 85
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FollowedShapes:
    """Motion on the canonical mesh, centimetres, in the order of `ARKIT_SHAPES`.

    Attributes:
        deltas: (52, 468, 3).
        lower_teeth: (52, 3).
        tongue: (52, 3).
    """

    deltas: Floats
    lower_teeth: Floats
    tongue: Floats


@dataclass(frozen=True, slots=True)
class _Seats:
    """Where each landmark sits: (468,) triangle numbers and (468, 3) barycentric weights."""

    triangle: NDArray[np.int64]
    weights: Floats


def follow_shapes(
    head: MakeHumanHead, canonical: Floats, canonical_triangles: NDArray[np.int64]
) -> FollowedShapes:
    """Carries the face units to the canonical mesh."""
    body = head.triangles[head.group == 0]
    units = {name: head.unit(name) for name in ARKIT_SHAPES}
    closed = _seats(head, body, head.vertices)
    opened = _seats(head, body, head.vertices + sum(w * units[n] for n, w in OPEN.items()))
    use_open = np.zeros(topology.LANDMARKS, bool)
    use_open[[*topology.LIPS, *topology.EYES, *topology.NEAR_MOUTH]] = True
    seats = _Seats(
        np.where(use_open, opened.triangle, closed.triangle),
        np.where(use_open[:, None], opened.weights, closed.weights),
    )
    scale, rotation, _ = fit_similarity(_at(seats, body, head.vertices), canonical)
    turn = scale * rotation.T
    deltas = np.stack([_at(seats, body, units[name]) @ turn for name in ARKIT_SHAPES])
    deltas = _symmetric(deltas, canonical)
    deltas = _smooth(deltas, canonical_triangles)

    def front(group: str) -> Floats:
        vertices = head.group_vertices(group)
        depth = head.vertices[vertices, 2]
        vertices = vertices[depth >= np.percentile(depth, FRONT_PERCENTILE)]
        return np.stack([units[name][vertices].mean(0) @ turn for name in ARKIT_SHAPES])

    return FollowedShapes(deltas, front("helper-lower-teeth"), front("helper-tongue"))


def _seats(head: MakeHumanHead, body: NDArray[np.int64], vertices: Floats) -> _Seats:
    """Finds the landmarks on a picture of the posed head and the surface under each."""
    camera = Camera(head)
    found = find_face(draw_head(head, camera, vertices)).points[: topology.LANDMARKS, :2]
    seen = look(camera.project(vertices), body)
    surface = np.where(seen.triangle >= 0, seen.depth, -1e4).astype(np.float32)
    around = cv2.dilate(surface, np.ones((41, 41), np.uint8))
    front = (seen.triangle >= 0) & (seen.depth > around - FRONT_DEPTH * camera.scale)
    rows, columns = np.nonzero(front)
    _, nearest = cKDTree(np.stack([columns, rows], 1)).query(found)
    place = rows[nearest], columns[nearest]
    return _Seats(seen.triangle[place].astype(np.int64), seen.weights[place])


def _at(seats: _Seats, body: NDArray[np.int64], values: Floats) -> Floats:
    """Returns (468, 3): per-vertex values where the landmarks sit."""
    return np.asarray((values[body[seats.triangle]] * seats.weights[:, :, None]).sum(1))


def _mirror_name(name: str) -> str:
    if name.endswith("Left"):
        return name.removesuffix("Left") + "Right"
    return name.removesuffix("Right") + "Left" if name.endswith("Right") else name


def _symmetric(deltas: Floats, canonical: Floats) -> Floats:
    """Averages each shape with the mirror image of its counterpart."""
    mirror = cKDTree(canonical).query(canonical * [-1, 1, 1])[1]
    partner = [ARKIT_SHAPES.index(_mirror_name(name)) for name in ARKIT_SHAPES]
    return np.asarray(0.5 * (deltas + deltas[partner][:, mirror] * [-1, 1, 1]))


def _smooth(deltas: Floats, triangles: NDArray[np.int64]) -> Floats:
    """Smooths lightly away from the rims of lips and lids."""
    neighbours: list[set[int]] = [set() for _ in range(topology.LANDMARKS)]
    for triangle in triangles.tolist():
        for corner in triangle:
            neighbours[corner].update(set(triangle) - {corner})
    rims = set(topology.LIPS) | set(topology.EYES)
    for _ in range(SMOOTHING_ROUNDS):
        smoothed = deltas.copy()
        for v in set(range(topology.LANDMARKS)) - rims:
            mean = deltas[:, sorted(neighbours[v])].mean(1)
            smoothed[:, v] = (1 - SMOOTHING) * deltas[:, v] + SMOOTHING * mean
        deltas = smoothed
    return deltas
