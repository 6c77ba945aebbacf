"""The mesh around the face: hair, ears, neck, shoulders."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay  # type: ignore[import-untyped]

from render.cloning.beyond import Margin, fade_out
from render.cloning.face_mesh import wind
from render.cloning.fit import FaceFit
from render.face import topology

COLUMNS = 26
"""Grid cells along the canvas' shorter side."""
NEIGHBOURS = 8
"""Outline landmarks that move each outer vertex."""


@dataclass(frozen=True, slots=True)
class Surround:
    """Vertices (m) outside the face's outline.

    Attributes:
        points: (m, 2) float64 canvas pixels.
        depth: (m,) float64 z in head space.
        follow: (m, 468) float64 mixes of the outline's motion, fading with distance.
        solid, soft: (t, 3) int16; outline landmarks by their number, then `first` + row.
    """

    points: NDArray[np.float64]
    depth: NDArray[np.float64]
    follow: NDArray[np.float64]
    solid: NDArray[np.int16]
    soft: NDArray[np.int16]


def build_surround(
    fit: FaceFit, matte: NDArray[np.float32], first: int, margin: Margin
) -> Surround:
    """Meshes the canvas outside the face, and its margins.

    Args:
        fit: The face.
        matte: (h, w) float32, how much of each pixel of the canvas is the person.
        first: Number of the first outer vertex.
        margin: How far the person goes on beyond the canvas.
    """
    height, width = matte.shape
    oval = (fit.photo[list(topology.OVAL), :2] * [1, -1]).astype(np.float32)
    step = min(width, height) / COLUMNS
    area = (-margin.left.wide, -margin.top.wide, width + margin.right.wide, height)
    points = _outer_points(oval, area, step)
    corners = np.concatenate([oval.astype(np.float64), points])
    triangles = Delaunay(corners).simplices
    outside = [cv2.pointPolygonTest(oval, (float(x), float(y)), False) < 0
               for x, y in corners[triangles].mean(1)]  # fmt: skip
    triangles = wind(triangles[outside], corners)
    shifted = corners[triangles] + [margin.left.wide, margin.top.wide]
    solid, empty = _cover(shifted, fade_out(matte, margin), step)
    numbers = np.concatenate([np.array(topology.OVAL), first + np.arange(len(points))])
    distance = np.linalg.norm(points[:, None] - oval[None], axis=2)
    nearest = distance.min(1)
    mix = _near_mix(distance)
    outline_depth = fit.photo[list(topology.OVAL), 2]
    depth = np.maximum(mix @ outline_depth - nearest, outline_depth.min() - 0.15 * fit.width)
    follow = np.zeros((len(points), topology.LANDMARKS))
    fade = np.exp(-((nearest / (0.22 * fit.width)) ** 2))
    fade[fade < 1e-3] = 0
    follow[:, list(topology.OVAL)] = mix * fade[:, None]
    return Surround(
        points=points,
        depth=depth,
        follow=follow,
        solid=numbers[triangles[solid]].astype(np.int16),
        soft=numbers[triangles[~solid & ~empty]].astype(np.int16),
    )


def _outer_points(
    oval: NDArray[np.float32], area: tuple[int, int, int, int], step: float
) -> NDArray[np.float64]:
    """Places a ring close around the outline and a grid over the rest of the area.

    Args:
        oval: (36, 2) outline.
        area: Left, top, right and bottom, canvas pixels.
        step: Between the grid's points, pixels.
    """
    left, top, right, bottom = area
    columns, rows = round((right - left) / step) + 1, round((bottom - top) / step) + 1
    grid = np.stack(
        np.meshgrid(np.linspace(left, right, columns), np.linspace(top, bottom, rows)), -1
    ).reshape(-1, 2)
    inside = [cv2.pointPolygonTest(oval, (float(x), float(y)), True) for x, y in grid]
    grid = grid[np.array(inside) < -0.55 * step]
    middle = oval.mean(0)
    ring = (middle + (oval - middle) * 1.07).astype(np.float64)
    apart = np.linalg.norm(grid[:, None] - ring[None], axis=2).min(1)
    return np.concatenate([ring, grid[apart > 0.45 * step]])


def _near_mix(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns (m, 36) weights that favour the nearest outline landmarks and sum to 1."""
    weights: NDArray[np.float64] = 1 / (distance**2 + 4.0)
    kept = -np.sort(-weights, axis=1)[:, NEIGHBOURS - 1 : NEIGHBOURS]
    weights[weights < kept] = 0
    return np.asarray(weights / weights.sum(1, keepdims=True))


def _cover(
    triangles: NDArray[np.float64], matte: NDArray[np.float32], step: float
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tells which triangles the person fills and which show nothing of it."""
    height, width = matte.shape
    kernel = np.ones((int(step * 0.4) | 1,) * 2, np.uint8)
    low, high = cv2.erode(matte, kernel), cv2.dilate(matte, kernel)
    spread = np.array([(i, j, 4 - i - j) for i in range(5) for j in range(5 - i)]) / 4.0
    samples = np.einsum("bk,tkc->tbc", spread, triangles).astype(int)
    x, y = samples[..., 0].clip(0, width - 1), samples[..., 1].clip(0, height - 1)
    return low[y, x].min(1) > 0.995, high[y, x].max(1) < 0.004
