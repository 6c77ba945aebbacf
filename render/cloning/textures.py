"""The layers of a photo: the person's own colour, how much of each pixel is the person, what is
behind, and a crease-free second face.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from render.cloning.beyond import Margin, fade_out, go_on
from render.cloning.fit import FaceFit
from render.face import topology
from render.face.avatar import Texture
from render.face.images import encode, fill_holes, to_bytes

SKIN_QUALITY, BACKDROP_QUALITY, SMOOTH_QUALITY = 92, 88, 88
PARTED, SEAM_LIGHT = 0.012, 0.8
"""From what gap on lips count as parted, face widths, and how dark their opening is filled."""
BACKDROP_BLUR = 0.02
"""Face widths by which the background is out of focus; it hides where the person was."""
CLEAR_BELOW, SOLID_ABOVE = 0.03, 0.97
"""Mattes outside these bounds count as nothing and as all: a background that must not move."""

EYE_ZONES = ((70, 63, 105, 66, 107, 133, 23, 33), (300, 293, 334, 296, 336, 362, 253, 263))
"""Landmarks around each eye with its brow."""


def build_layers(
    rgb: NDArray[np.uint8], matte: NDArray[np.float32], fit: FaceFit, margin: Margin
) -> dict[str, Texture]:
    """Builds the textures "skin", "matte", "backdrop" and "smooth".

    Args:
        rgb: (h, w, 3) uint8, the canvas.
        matte: (h, w) float32 in [0, 1] from `clean_matte`.
        fit: The face.
        margin: How far the person goes on beyond the canvas.
    """
    backdrop = _fill_backdrop(rgb, matte, fit)
    skin = _own_colour(close_opening(rgb, fit, SEAM_LIGHT), matte, backdrop)
    height, width = matte.shape
    skin, matte = go_on(skin, margin), fade_out(matte, margin)
    left, top, right, bottom = _person_box(matte)
    x, y = margin.left.wide, margin.top.wide
    box = (left - x, top - y, right - x, bottom - y)
    half = (max(1, width // 2), max(1, height // 2))
    small = to_bytes(np.asarray(cv2.resize(backdrop, half, interpolation=cv2.INTER_AREA)))
    cropped = skin[top:bottom, left:right], matte[top:bottom, left:right]
    return {
        "skin": encode(to_bytes(cropped[0]), "jpeg", SKIN_QUALITY, box),
        "matte": encode(to_bytes(cropped[1] * 255), "png", 0, box),
        "backdrop": encode(small, "jpeg", BACKDROP_QUALITY, (0, 0, width, height)),
        "smooth": _smooth_face(rgb, fit),
    }


def clean_matte(matte: NDArray[np.float32]) -> NDArray[np.float32]:
    """Stretches a matte so that faint traces vanish and near-solid parts become solid."""
    stretched = (matte - CLEAR_BELOW) / (SOLID_ABOVE - CLEAR_BELOW)
    return np.asarray(np.clip(stretched, 0, 1), np.float32)


def _person_box(matte: NDArray[np.float32]) -> tuple[int, int, int, int]:
    columns, rows = np.flatnonzero(matte.any(0)), np.flatnonzero(matte.any(1))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _fill_backdrop(
    rgb: NDArray[np.uint8], matte: NDArray[np.float32], fit: FaceFit
) -> NDArray[np.float32]:
    """Returns (h, w, 3) float32: the picture with the person painted over by what is around."""
    size = int(0.06 * fit.width) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    person = cv2.dilate((matte > 0).astype(np.uint8), kernel).astype(np.float32)
    filled = fill_holes(rgb.astype(np.float32), 1 - person)
    return np.asarray(cv2.GaussianBlur(filled, (0, 0), BACKDROP_BLUR * fit.width), np.float32)


def _own_colour(
    rgb: NDArray[np.uint8], matte: NDArray[np.float32], backdrop: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Returns (h, w, 3) float32: the person's colour without what shines through from behind."""
    share = matte[..., None]
    pure = (rgb - (1 - share) * backdrop) / np.maximum(share, 0.05)
    pure = np.clip(pure, 0, 255).astype(np.float32)
    known = np.clip((matte - 0.6) / 0.35, 0, 1)
    filled = fill_holes(rgb.astype(np.float32), known)
    trust = np.clip((matte - 0.02) / 0.28, 0, 1)[..., None]
    return np.asarray(filled * (1 - trust) + pure * trust, np.float32)


def _smooth_face(rgb: NDArray[np.uint8], fit: FaceFit) -> Texture:
    """Builds the face with dark creases closed, at half the canvas' resolution."""
    oval = fit.photo[list(topology.OVAL), :2] * [1, -1]
    height, width = rgb.shape[:2]
    left, top = np.maximum(np.floor(oval.min(0)).astype(int), 0)
    right, bottom = np.minimum(np.ceil(oval.max(0)).astype(int), (width, height))
    face = close_opening(rgb, fit, 1.0)[top:bottom, left:right]
    size = int(0.055 * fit.width) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    closed = cv2.morphologyEx(face, cv2.MORPH_CLOSE, kernel)
    closed = cv2.GaussianBlur(closed, (0, 0), 0.010 * fit.width)
    mixed = cv2.addWeighted(closed, 0.85, face, 0.15, 0)
    mixed = _skin_toned(np.asarray(mixed, np.uint8), oval - [left, top], fit)
    half = cv2.resize(mixed, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return encode(np.asarray(half, np.uint8), "jpeg", SMOOTH_QUALITY, (left, top, right, bottom))


def close_opening(rgb: NDArray[np.uint8], fit: FaceFit, light: float) -> NDArray[np.uint8]:
    """Fills the opening between parted lips with what is around it.

    What the photo shows there would otherwise shine through where the lips close or round; the
    inside of the mouth has pictures of its own.

    Args:
        rgb: (h, w, 3) uint8, the canvas.
        fit: The face.
        light: Factor on the filled part.
    """
    upper, lower = (fit.photo[list(half)] for half in topology.LIP_RINGS[0])
    if ((upper - lower) @ fit.up).max() < PARTED * fit.width:
        return rgb
    opening = [*topology.INNER_UPPER, *topology.INNER_LOWER[-2:0:-1]]
    hole = np.zeros(rgb.shape[:2], np.uint8)
    cv2.fillPoly(hole, [np.rint(fit.photo[opening, :2] * [1, -1]).astype(np.int32)], 1)
    size = int(0.016 * fit.width) | 1
    hole = np.asarray(cv2.dilate(hole, np.ones((size, size), np.uint8)), np.uint8)
    filled = fill_holes(rgb.astype(np.float32), 1 - hole.astype(np.float32))
    filled[hole > 0] *= light
    return to_bytes(filled)


def _skin_toned(
    face: NDArray[np.uint8], oval: NDArray[np.float64], fit: FaceFit
) -> NDArray[np.uint8]:
    """Gives a face (h, w, 3) the hue of its bare skin everywhere, its lightness kept.

    Closing takes the brightest of each channel, which tints lids next to lashes and brows.
    """
    lab = cv2.cvtColor(face, cv2.COLOR_RGB2LAB).astype(np.float32)
    light = lab[..., 0]
    bare = np.zeros(light.shape, np.float32)
    cv2.fillPoly(bare, [oval.astype(np.int32)], 1.0)
    offset = oval[0] - fit.photo[topology.OVAL[0], :2] * [1, -1]
    for group in (*EYE_ZONES, topology.OUTER_UPPER + topology.OUTER_LOWER):
        zone = cv2.convexHull((fit.photo[list(group), :2] * [1, -1] + offset).astype(np.int32))
        cv2.fillPoly(bare, [zone], 0.0)
    bare *= light > np.median(light[bare > 0]) - 25
    hue = fill_holes(lab, bare)
    hue = np.asarray(cv2.GaussianBlur(hue, (0, 0), 0.04 * fit.width))
    toned = to_bytes(np.dstack([light, hue[..., 1:]]))
    return np.asarray(cv2.cvtColor(toned, cv2.COLOR_LAB2RGB), np.uint8)
