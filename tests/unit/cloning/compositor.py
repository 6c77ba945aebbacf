"""Draws a mouth from an `Interior` as its documentation says, plainly and slowly.

`python tests/unit/cloning/compositor.py OUT.png` writes a sheet: rows of people, columns of
openings and smiles.
"""

import sys

import cv2
import numpy as np
from numpy.typing import NDArray

from render.cloning.fit import fit_face
from render.cloning.interior.exemplar import Exemplar
from render.cloning.interior.interior import (
    CONTACT_REACH,
    CONTACT_SHADOW,
    Interior,
    build_interior,
    cavity_light,
)
from render.cloning.interior.shading import NEUTRAL
from render.cloning.interior.textures import PinnedTexture
from render.face import topology
from render.face.shapes import load_shapes
from render.types import ARKIT_SHAPES

INNER = [*topology.INNER_UPPER, *topology.INNER_LOWER[-2:0:-1]]
POSES: tuple[dict[str, float], ...] = (
    {},
    {"jawOpen": 0.15},
    {"jawOpen": 0.3},
    {"jawOpen": 0.55},
    {"jawOpen": 0.8},
    {"jawOpen": 0.25, "mouthSmile": 0.4, "mouthUpperUp": 0.2},
    {"mouthSmile": 0.6, "mouthUpperUp": 0.5, "mouthLowerDown": 0.4},
    {"mouthSmile": 0.95, "mouthUpperUp": 0.7, "mouthLowerDown": 0.5, "jawOpen": 0.12},
)


def rest_points(portrait: Exemplar) -> NDArray[np.float32]:
    """(468, 2) landmarks with closed lips and no expression."""
    neutral = fit_face(portrait.face, load_shapes()).neutral
    return (neutral[:, :2] * [1, -1]).astype(np.float32)


def pose(portrait: Exemplar, weights: dict[str, float]) -> NDArray[np.float32]:
    """(468, 2) landmarks under some shapes; names without a side move both."""
    fit = fit_face(portrait.face, load_shapes())
    moved = fit.neutral.copy()
    for index, name in enumerate(ARKIT_SHAPES):
        stem = name.removesuffix("Left").removesuffix("Right")
        moved += weights.get(name, weights.get(stem, 0.0)) * fit.deltas[index]
    return (moved[:, :2] * [1, -1]).astype(np.float32)


def compose(
    portrait: Exemplar, interior: Interior, weights: dict[str, float]
) -> NDArray[np.float32]:
    """The lower face under some shapes, (h, w, 3) float32, around the resting mouth."""
    points = pose(portrait, weights)
    corner, size = _view(rest_points(portrait))
    uv = _texture_coordinates(points, portrait.points, corner, size)
    places = (uv - 0.5).astype(np.float32)
    photo = portrait.rgb.astype(np.float32)
    skin = np.asarray(cv2.remap(photo, places[..., 0], places[..., 1], cv2.INTER_CUBIC), np.float32)
    smile, jaw = weights.get("mouthSmile", 0.0), weights.get("jawOpen", 0.0)
    for ratio, weight in ((interior.smile_ratio, smile), (interior.open_ratio, jaw)):
        skin *= 1 + weight * (_sample_ratio(ratio, interior.ratio_box, uv) - 1)
    return _lay_mouth(skin, interior, points, corner)


def _lay_mouth(
    skin: NDArray[np.float32],
    interior: Interior,
    points: NDArray[np.float32],
    corner: NDArray[np.float32],
) -> NDArray[np.float32]:
    shape = skin.shape[:2]
    mask = _polygon(points[INNER] - corner, shape)
    gap = float(points[topology.LOWER_LIP, 1] - points[topology.UPPER_LIP, 1])
    wide = float(np.linalg.norm(points[78] - points[308]))
    if gap < 0.5:
        return skin
    lip = points[topology.LOWER_LIP] - corner
    cavity = _place(interior.cavity, lip, shape)
    teeth = _place(interior.upper_teeth, interior.upper_pin - corner, shape)
    colour = cavity[..., :3] * cavity_light(gap, wide)
    alpha = teeth[..., 3:] / 255
    colour = colour * (1 - alpha) + teeth[..., :3] * alpha
    near = cv2.GaussianBlur(1 - mask, (0, 0), CONTACT_REACH * wide)
    colour *= 1 - CONTACT_SHADOW * np.clip(near, 0, 1)[..., None]
    over = cv2.GaussianBlur(mask, (0, 0), 0.35)[..., None]
    return np.asarray(skin * (1 - over) + colour * over, np.float32)


def _view(rest: NDArray[np.float32]) -> tuple[NDArray[np.float32], tuple[int, int]]:
    width = float(np.linalg.norm(rest[61] - rest[291]))
    middle = rest[[topology.UPPER_LIP, topology.LOWER_LIP]].mean(0)
    corner = np.floor(middle - np.array([1.15, 0.8]) * width).astype(np.float32)
    return corner, (int(2.3 * width), int(1.9 * width))


def _texture_coordinates(
    points: NDArray[np.float32],
    source: NDArray[np.float32],
    corner: NDArray[np.float32],
    size: tuple[int, int],
) -> NDArray[np.float32]:
    """(h, w, 2) where each pixel of the view lies in the portrait, triangle by triangle."""
    uv = np.stack(np.meshgrid(np.arange(size[0]), np.arange(size[1])), -1) + corner + 0.5
    uv = uv.astype(np.float32)
    for triangle in load_shapes().triangles:
        target = points[triangle] - corner
        low = np.maximum(np.floor(target.min(0)).astype(int), 0)
        high = np.minimum(np.ceil(target.max(0)).astype(int), size)
        if (low >= high).any():
            continue
        matrix = np.column_stack([target, np.ones(3)])
        if abs(np.linalg.det(matrix)) < 1e-3:
            continue
        x, y = np.meshgrid(np.arange(low[0], high[0]) + 0.5, np.arange(low[1], high[1]) + 0.5)
        share = np.stack([x, y, np.ones_like(x)], -1) @ np.linalg.inv(matrix)
        inside = (share > -1e-3).all(-1)
        uv[low[1] : high[1], low[0] : high[0]][inside] = (share @ source[triangle])[inside]
    return uv


def _sample_ratio(
    ratio: NDArray[np.uint8], box: NDArray[np.float32], uv: NDArray[np.float32]
) -> NDArray[np.float32]:
    size = np.array([ratio.shape[1], ratio.shape[0]])
    cells = ((uv - box[:2]) / (box[2:] - box[:2]) * size - 0.5).astype(np.float32)
    sampled = cv2.remap(
        ratio.astype(np.float32) / NEUTRAL,
        cells[..., 0],
        cells[..., 1],
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(1.0, 1.0, 1.0),
    )
    return np.asarray(sampled, np.float32)


def _place(
    texture: PinnedTexture, pin: NDArray[np.float32], shape: tuple[int, ...]
) -> NDArray[np.float32]:
    left, top, right, bottom = texture.box + np.tile(pin, 2)
    height, width = texture.rgba.shape[:2]
    scale = (right - left) / width
    rgba = texture.rgba.astype(np.float32)
    if scale < 0.9:
        rgba = np.asarray(cv2.GaussianBlur(rgba, (0, 0), 0.4 / scale), np.float32)
    matrix = np.array(
        [[scale, 0, left], [0, (bottom - top) / height, top]], np.float64
    )  # fmt: skip
    matrix[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5
    placed = cv2.warpAffine(rgba, matrix, (shape[1], shape[0]), flags=cv2.INTER_LINEAR)
    return np.asarray(placed, np.float32)


def _polygon(points: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.float32]:
    fine = np.zeros((shape[0] * 4, shape[1] * 4), np.uint8)
    cv2.fillPoly(fine, [np.round((points * 4 - 0.5) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    mask = cv2.resize(fine, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(mask, np.float32) / np.float32(255)


def sheet(names: tuple[str, ...]) -> NDArray[np.uint8]:
    """Two rows a person: with all of their own, and with what a donor lends."""
    from render.cloning.data_tools.donors import load_person
    from render.face.landmarks import FaceFinder

    rows = []
    with FaceFinder() as finder:
        people = [load_person(name, finder) for name in names]
    for person in people:
        rest = rest_points(person.portrait)
        photos = [person.selfie] if person.selfie else []
        own = build_interior(person.portrait, rest, sheet=person.sheet, photos=photos)
        donated = build_interior(person.portrait, rest)
        for interior in (own, donated):
            cells = [compose(person.portrait, interior, weights) for weights in POSES]
            small = [cv2.resize(np.clip(cell, 0, 255), (300, 248)) for cell in cells]
            rows.append(np.hstack(small))
    return np.vstack(rows).astype(np.uint8)


if __name__ == "__main__":
    picture = sheet(tuple(sys.argv[2:]) or ("P001", "P007", "P010"))
    cv2.imwrite(sys.argv[1], picture[..., ::-1])
