"""The expression a photo itself shows, kept so that the person can return to it.

A smiling photo is made neutral by taking shapes out of it and closing its lips; what that loses,
the way its lips part and its own teeth between them, is kept here.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from render.cloning.face_mesh import FaceLayer
from render.cloning.fit import FaceFit, undo_weight
from render.face import topology
from render.face.avatar import OwnLook, Texture
from render.face.images import encode, fill_holes, to_bytes
from render.types import ARKIT_SHAPES

LEAST_GAP = 0.012
"""Lips less far apart than this, and ways shorter than it, keep nothing; face widths."""
LIPS_MARGIN, MOUTH_MARGIN = 0.05, 0.06
"""How far the pictures of lips and mouth reach beyond these, face widths."""
FADE = (0.02, 0.05)
"""Between which distances from the opening its picture fades away, face widths."""
DEPTH = 0.035
"""How far behind the lips the picture of the opening stands, face widths."""
LIPS_QUALITY, MOUTH_QUALITY = 94, 95


def build_own_look(
    rgb: NDArray[np.uint8], fit: FaceFit, layer: FaceLayer, scores: dict[str, float]
) -> tuple[OwnLook | None, dict[str, Texture]]:
    """Keeps what a photo of parted lips shows.

    Args:
        rgb: (h, w, 3) uint8, the canvas.
        fit: The face.
        layer: The mesh of the face.
        scores: The photo's shapes, each in [0, 1].

    Returns:
        The look with its textures, or None and none where shapes alone bring a closed mouth back.
    """
    upper, lower = (layer.place[half] @ fit.photo for half in layer.lips[0])
    weights = np.array([undo_weight(name, scores.get(name, 0.0)) for name in ARKIT_SHAPES])
    left_over = fit.photo - fit.neutral - np.tensordot(weights, fit.deltas, 1)
    parted = ((upper - lower) @ fit.up).max() > LEAST_GAP * fit.width
    if not parted and np.linalg.norm(left_over, axis=1).max() < LEAST_GAP * fit.width:
        return None, {}
    scale = max(float(np.abs(left_over).max()) / 127, 1e-6)
    rims = np.stack([upper, lower])
    lips = fit.photo[[topology.UPPER_LIP, topology.LOWER_LIP]].mean(0)
    own = OwnLook(
        weights=weights.astype(np.float32),
        delta=np.rint(left_over / scale).astype(np.int8),
        delta_scale=scale,
        rim_uv=(rims[..., :2] * [1, -1]).astype(np.float32),
        depth=float(lips[2] - DEPTH * fit.width),
    )
    outline = fit.photo[list(topology.LIPS), :2] * [1, -1]
    return own, {
        "own_lips": _picture(rgb, outline, LIPS_MARGIN * fit.width),
        "own_mouth": _opening(rgb, own.rim_uv, fit.width),
    }


def _box(
    points: NDArray[np.floating], margin: float, shape: tuple[int, ...]
) -> tuple[int, int, int, int]:
    left, top = np.maximum(np.floor(points.min(0) - margin), 0).astype(int)
    right, bottom = np.minimum(np.ceil(points.max(0) + margin), [shape[1], shape[0]]).astype(int)
    return int(left), int(top), int(right), int(bottom)


def _picture(rgb: NDArray[np.uint8], points: NDArray[np.floating], margin: float) -> Texture:
    """Cuts the photo around the lips."""
    left, top, right, bottom = box = _box(points, margin, rgb.shape)
    return encode(rgb[top:bottom, left:right], "webp", LIPS_QUALITY, box)


def _opening(rgb: NDArray[np.uint8], rims: NDArray[np.float32], width: float) -> Texture:
    """Cuts the opening, carries it on beyond the lips' edge and fades it there."""
    outline = np.concatenate([rims[0], rims[1][::-1]])
    left, top, right, bottom = box = _box(outline, MOUTH_MARGIN * width, rgb.shape)
    inside = np.zeros((bottom - top, right - left), np.uint8)
    corners = np.rint((outline - [left, top] - 0.5) * 16).astype(np.int32)
    cv2.fillPoly(inside, [corners], 1, cv2.LINE_8, 4)
    away = cv2.distanceTransform(1 - inside, cv2.DIST_L2, 5)
    colour = rgb[top:bottom, left:right].astype(np.float32)
    filled = fill_holes(colour, inside.astype(np.float32))
    fade = np.clip((FADE[1] * width - away) / ((FADE[1] - FADE[0]) * width), 0, 1)
    picture = np.dstack([to_bytes(filled), to_bytes(255 * fade)])
    return encode(picture, "webp", MOUTH_QUALITY, box)
