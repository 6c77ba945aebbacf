"""Assembles the mesh of one person: face, surroundings, what moves with what."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from render.cloning.beyond import Margin
from render.cloning.contours import strip
from render.cloning.face_mesh import (
    FaceLayer,
    corner_alpha,
    lid_alpha,
    wind,
)
from render.cloning.fit import FaceFit
from render.cloning.lips import lips_parted
from render.cloning.surround import Surround, build_surround
from render.face import topology
from render.face.avatar import HeadShape, Mesh
from render.face.shapes import FaceShapes

RIM_SHIFT = 0.012
"""How far the texture of parted lips' rims moves into the lip, face widths."""


@dataclass(frozen=True, slots=True)
class Placed:
    """The assembled mesh with the float64 positions other parts measure.

    Attributes:
        mesh: As the bundle holds it.
        source: (n, 3) float64 positions in the photo.
        rest: (n, 3) float64 positions at rest.
    """

    mesh: Mesh
    source: NDArray[np.float64]
    rest: NDArray[np.float64]


Edge = float | NDArray[np.float64]


def smoothstep(start: Edge, end: Edge, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rises smoothly from 0 at `start` to 1 at `end`, which may be the smaller."""
    t = np.clip((x - start) / (end - start), 0, 1)
    return np.asarray(t * t * (3 - 2 * t))


def build_mesh(
    fit: FaceFit,
    layer: FaceLayer,
    shapes: FaceShapes,
    matte: NDArray[np.float32],
    margin: Margin,
) -> Placed:
    """Builds the mesh of one person on the canvas that `matte` (h, w) covers, and its margins."""
    count = len(layer.place)
    surround = build_surround(fit, matte, count, margin)
    source, rest = _positions(fit, layer, surround)
    uv = source[:, :2] * [1, -1]
    _leave_teeth_out(uv, layer, fit)
    face = wind(np.array(layer.face, np.int16), uv).astype(np.int16)
    corner = np.zeros(len(source), np.float32)
    corner[:count] = corner_alpha(layer, rest[:count], fit)
    lids = np.zeros(len(source), np.float32)
    lids[:count] = lid_alpha(layer)
    start, index, weight = _sparse(np.concatenate([layer.follow, surround.follow]))
    scale = np.maximum(np.abs(fit.deltas).max((1, 2)), 1e-6) / 127
    head_weight, breath_weight = _body_weights(fit, uv, matte.shape[0], count)
    lid_triangles = [np.array(strip(eye.crease, eye.lash), np.int16) for eye in layer.eyes]
    mesh = Mesh(
        uv=uv.astype(np.float32),
        rest=rest.astype(np.float32),
        deltas=np.rint(fit.deltas / scale[:, None, None]).astype(np.int8),
        delta_scale=scale.astype(np.float32),
        row_start=start,
        row_index=index,
        row_weight=weight,
        head_weight=head_weight,
        breath_weight=breath_weight,
        corner_alpha=corner,
        lid_alpha=lids,
        surface=shapes.triangles.astype(np.int16),
        solid=surround.solid,
        soft=surround.soft,
        face=face,
        seam=wind(np.array(layer.mouth, np.int16), uv).astype(np.int16),
        corner=face[(corner[face] > 0.02).any(1)],
        lid_right=lid_triangles[0],
        lid_left=lid_triangles[1],
    )
    return Placed(mesh, source, rest)


def build_head(fit: FaceFit, placed: Placed, matte: NDArray[np.float32]) -> HeadShape:
    """Measures the head as a rigid body and where the person ends on the canvas."""
    oval = fit.photo[list(topology.OVAL)]
    chin_row = float(-fit.photo[topology.CHIN, 1])
    pivot = np.array(
        [
            fit.photo[topology.CHIN, 0],
            -(chin_row + 0.12 * fit.height),
            oval[:, 2].min() - 0.35 * fit.width,
        ]
    )
    rows = np.flatnonzero((matte > 0.5).sum(1) > 0.02 * fit.width)
    sides = np.maximum(matte[:, 0], matte[:, -1]) > 0.1
    cut = np.flatnonzero(sides & (np.arange(len(sides)) > chin_row))
    return HeadShape(
        right=fit.right.astype(np.float32),
        up=fit.up.astype(np.float32),
        forward=fit.forward.astype(np.float32),
        width=fit.width,
        height=fit.height,
        pivot=pivot.astype(np.float32),
        eye_depth=float(placed.rest[list(topology.EYES), 2].mean() - pivot[2]),
        chin_row=chin_row,
        crown_row=float(rows[0]) if len(rows) else chin_row - 1.4 * fit.height,
        cut_row=float(cut[0]) if len(cut) else float(matte.shape[0]),
        centre=float(oval[:, 0].mean()),
    )


def _positions(
    fit: FaceFit, layer: FaceLayer, surround: Surround
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Returns (n, 3) positions in the photo and at rest, depth flattened behind the cheeks."""
    outer = np.concatenate([surround.points * [1, -1], surround.depth[:, None]], 1)
    source = np.concatenate([layer.place @ fit.photo, outer])
    change = surround.follow @ (fit.neutral - fit.photo)
    rest = np.concatenate([layer.place @ fit.neutral, outer + change])
    knee = np.quantile(fit.photo[:, 2], 0.25)
    for points in (source, rest):
        deep = points[:, 2] < knee
        points[deep, 2] = knee + (points[deep, 2] - knee) * 0.5
    return source, rest


def _leave_teeth_out(uv: NDArray[np.float64], layer: FaceLayer, fit: FaceFit) -> None:
    """Moves the rims' texture into the lips where the photo shows them apart.

    Otherwise lips that the photo's smile parted would close on a line of teeth.
    """
    parted = lips_parted(fit, layer)
    for inner, outer in zip(layer.lips[0], layer.lips[1], strict=True):
        way = uv[outer] - uv[inner]
        way /= np.linalg.norm(way, axis=1, keepdims=True) + 1e-3
        uv[inner] += way * (parted * RIM_SHIFT * fit.width)[:, None]


def _body_weights(
    fit: FaceFit, uv: NDArray[np.float64], canvas_height: int, face_count: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Returns how much each vertex turns with the head and how much it rises with the breath."""
    chin = -fit.photo[topology.CHIN, 1]
    neck_end = min(chin + 0.42 * fit.height, 0.985 * canvas_height)
    head = 1 - smoothstep(chin + 0.02 * fit.height, neck_end, uv[:, 1])
    head[:face_count] = 1
    shoulders = chin + 0.35 * fit.height
    rising = smoothstep(chin - 0.3 * fit.height, shoulders, uv[:, 1])
    settled = 1 - smoothstep(shoulders, float(canvas_height), uv[:, 1])
    breath = (0.35 + 0.65 * rising) * settled
    breath[:face_count] = 0.35
    return head.astype(np.float32), breath.astype(np.float32)


def _sparse(
    rows: NDArray[np.float64],
) -> tuple[NDArray[np.int32], NDArray[np.int16], NDArray[np.float32]]:
    """Returns (n, 468) mixes as compressed sparse rows."""
    kept = np.abs(rows) > 1e-6
    start = np.concatenate([[0], np.cumsum(kept.sum(1))]).astype(np.int32)
    index = np.nonzero(kept)[1].astype(np.int16)
    return start, index, rows[kept].astype(np.float32)
