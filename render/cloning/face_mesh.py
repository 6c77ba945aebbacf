"""The mesh of the face itself: landmarks, refined lips and lids, lashes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from render.cloning.contours import ContourRefiner, Triangle, strip
from render.cloning.fit import FaceFit
from render.face import topology
from render.face.shapes import FaceShapes

LASH_HEIGHT = 0.3
"""Where the lash ring lies between the rim of the upper lid and its crease."""
CORNER_REACH = 0.085
"""How far around the mouth's corners the smooth texture reaches, face widths."""
LASH_FOLLOW = 0.94
"""How rigidly the lash ring moves with the rim: lashes are carried, not stretched."""


@dataclass(frozen=True, slots=True)
class EyeRings:
    """Vertices of one eye's rings, left to right."""

    upper: list[int]
    lower: list[int]
    crease: list[int]
    lash: list[int]


@dataclass(frozen=True, slots=True)
class FaceLayer:
    """The face's vertices as mixes of the landmarks, and its triangles.

    Attributes:
        place: (n, 468) float64, mixes for positions.
        follow: (n, 468) float64, mixes for motion and shade.
        lips: Four refined rings, each (upper, lower).
        eyes: Right and left.
        face: Triangles of skin, lips and lids.
        mouth: The strip between the lips: the photo's own seam.
    """

    place: NDArray[np.float64]
    follow: NDArray[np.float64]
    lips: list[tuple[list[int], list[int]]]
    eyes: tuple[EyeRings, EyeRings]
    face: list[Triangle]
    mouth: list[Triangle]


def build_face_layer(shapes: FaceShapes) -> FaceLayer:
    """Refines the canonical mesh; the result is the same for everybody."""
    refiner = ContourRefiner()
    lips = [refiner.refine_loop(upper, lower) for upper, lower in topology.LIP_RINGS]
    rims = [refiner.refine_loop(upper, lower) for upper, lower in topology.EYE_RIMS]
    creases = [refiner.refine_loop(upper, lower) for upper, lower in topology.EYE_CREASES]
    matrix = refiner.matrix()
    place, follow, eyes = [matrix], [matrix], []
    count = len(matrix)
    for (upper, lower), (crease, _) in zip(rims, creases, strict=True):
        lash = list(range(count, count + len(upper)))
        count += len(lash)
        place.append((1 - LASH_HEIGHT) * matrix[upper] + LASH_HEIGHT * matrix[crease])
        follow.append(LASH_FOLLOW * matrix[upper] + (1 - LASH_FOLLOW) * matrix[crease])
        eyes.append(EyeRings(upper, lower, crease, lash))
    face = _skin_triangles(shapes, refiner)
    for eye in eyes:
        face += strip(eye.crease, eye.lash) + strip(eye.lash, eye.upper)
    return FaceLayer(
        place=np.concatenate(place),
        follow=np.concatenate(follow),
        lips=lips,
        eyes=(eyes[0], eyes[1]),
        face=face,
        mouth=strip(lips[0][0], lips[0][1]),
    )


def _skin_triangles(shapes: FaceShapes, refiner: ContourRefiner) -> list[Triangle]:
    """Takes the canonical triangles but those of the mouth's slit and of the upper lids."""
    left_out = [set(topology.INNER_UPPER) | set(topology.INNER_LOWER)]
    for (rim, _), (crease, _) in zip(topology.EYE_RIMS, topology.EYE_CREASES, strict=True):
        left_out.append(set(rim) | set(crease))
    triangles: list[Triangle] = []
    for a, b, c in shapes.triangles.tolist():
        if not any({a, b, c} <= zone for zone in left_out):
            triangles += refiner.split((a, b, c))
    return triangles


def wind(triangles: NDArray[np.integer[Any]], uv: NDArray[np.float64]) -> NDArray[np.integer[Any]]:
    """Winds (t, 3) triangles clockwise on the canvas, so that a turned-away one can be told."""
    result = triangles.copy()
    a, b, c = (uv[result[:, k]] for k in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])
    result[area < 0] = result[area < 0][:, ::-1]
    return result


def corner_alpha(layer: FaceLayer, rest: NDArray[np.float64], fit: FaceFit) -> NDArray[np.float32]:
    """Returns (n,) float32: how much the smooth texture may cover around the mouth's corners."""
    corners = [np.linalg.norm(rest[:, :2] - rest[i, :2], axis=1) for i in topology.MOUTH_CORNERS]
    alpha = np.exp(-((np.minimum(*corners) / (CORNER_REACH * fit.width)) ** 4))
    for ring, keep in zip(layer.lips, (0.1, 0.45, 0.9), strict=False):
        alpha[[*ring[0], *ring[1]]] *= keep
    return np.asarray(alpha, np.float32)


def lid_alpha(layer: FaceLayer) -> NDArray[np.float32]:
    """Returns (n,) float32: where the smooth texture covers a closing lid."""
    alpha = np.zeros(len(layer.place), np.float32)
    for eye in layer.eyes:
        count = len(eye.lash)
        ends = np.minimum(np.arange(count), count - 1 - np.arange(count))
        alpha[eye.lash] = np.clip(ends / 8.0, 0, 1)
    return alpha
