"""Decides whether a face in a photo can become an avatar, and says why not.

Thresholds are set on upright portraits, selfies and expression sheets of people of varied skin,
beards and hair, and on the same pictures blurred, drawn, tilted and compressed; each keeps clear of
every good picture.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from render.cloning.geometry import SKIN_PATCHES, eye_distance, eye_line_roll
from render.cloning.photo.errors import (
    BadlyLit,
    EyesClosed,
    FaceBlurred,
    FaceCutOff,
    FaceSideways,
    FaceTiltedVertically,
    FaceTooSmall,
    FaceTurnedAway,
    MouthWideOpen,
    NoFaceFound,
    NotAPhotograph,
    SeveralFaces,
)
from render.face import topology
from render.face.landmarks import DetectedFace, head_angles

MIN_EYE_DISTANCE = 36.0
"""Smallest usable distance between the eyes, pixels."""
MAX_YAW, MAX_ROLL = 22.0, 50.0
PITCHES = (-18.0, 33.0)
"""Degrees; a level head reads about 7."""

_BYSTANDER = 0.4
_MEASURED_EYE_DISTANCE = 80.0
_SHARP = 0.085


def check_portrait(rgb: NDArray[np.uint8], faces: Sequence[DetectedFace]) -> DetectedFace:
    """Picks the one person meant, or says what is wrong with the photo.

    Faces less than two fifths as large as the largest one are bystanders and do not count.

    Args:
        rgb: (h, w, 3) uint8 photo.
        faces: All faces found in it.

    Returns:
        The face of the person.

    Raises:
        PhotoError: One of its kinds, the most helpful first.
    """
    if not faces:
        raise NoFaceFound
    ordered = sorted(faces, key=lambda face: -face_size(face.points))
    person = ordered[0]
    if len(ordered) > 1 and face_size(ordered[1].points) > _BYSTANDER * face_size(person.points):
        raise SeveralFaces
    if not lies_inside(person.points, rgb.shape[1], rgb.shape[0]):
        raise FaceCutOff
    _check_pose(person)
    if eye_distance(person.points) < MIN_EYE_DISTANCE:
        raise FaceTooSmall
    _check_look(rgb, person.points)
    _check_expression(person)
    return person


def face_size(points: NDArray[np.float32]) -> float:
    """Returns the pixels from forehead to chin, which turning the head hardly changes."""
    return float(np.linalg.norm(points[topology.FOREHEAD, :2] - points[topology.CHIN, :2]))


def _check_pose(face: DetectedFace) -> None:
    yaw, pitch = head_angles(face.pose)
    if abs(eye_line_roll(face.points)) > MAX_ROLL:
        raise FaceSideways
    if abs(yaw) > MAX_YAW:
        raise FaceTurnedAway
    if not PITCHES[0] < pitch < PITCHES[1]:
        raise FaceTiltedVertically


def lies_inside(points: NDArray[np.float32], width: int, height: int) -> bool:
    """Returns whether the face and the beginning of the neck are in the picture."""
    oval = points[list(topology.OVAL), :2]
    neck = 0.08 * face_size(points)
    low, high = oval.min(0), oval.max(0)
    return bool(low.min() >= 0 and high[0] <= width and high[1] + neck <= height)


def _check_look(rgb: NDArray[np.uint8], points: NDArray[np.float32]) -> None:
    """Light, sharpness and drawn surfaces, all measured at one face size."""
    patch, moved = _standard_patch(rgb, points)
    inside = np.zeros(patch.shape[:2], np.uint8)
    cv2.fillPoly(inside, [np.round(moved[list(topology.OVAL)]).astype(np.int32)], 1)
    grey = cv2.cvtColor(patch, cv2.COLOR_RGB2GRAY).astype(np.float32)
    face = inside > 0
    if np.percentile(grey[face], 95) < 45 or np.mean(grey[face] > 250) > 0.4:
        raise BadlyLit
    if _is_drawn(patch, grey, inside, moved):
        raise NotAPhotograph
    wanted = _SHARP * (_MEASURED_EYE_DISTANCE / eye_distance(moved)) ** 0.8
    if eye_sharpness(grey, moved) < wanted:
        raise FaceBlurred


def _standard_patch(
    rgb: NDArray[np.uint8], points: NDArray[np.float32]
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Cuts the face out, reduced to a standard distance of the eyes (never enlarged)."""
    scale = min(1.0, _MEASURED_EYE_DISTANCE / eye_distance(points))
    low, high = points[:, :2].min(0), points[:, :2].max(0)
    margin = 0.1 * (high - low)
    left, top = np.maximum(np.floor(low - margin), 0).astype(int)
    right, bottom = np.ceil(high + margin).astype(int)
    patch = cv2.resize(
        rgb[top:bottom, left:right], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA
    )
    moved = (points[:, :2] - (left, top)) * scale
    return np.asarray(patch, np.uint8), moved.astype(np.float32)


def eye_sharpness(grey: NDArray[np.float32], points: NDArray[np.float32]) -> float:
    """Returns the steepest edges of the sharper eye, as a share of its contrast per pixel.

    Good photos at 80 px between the eyes read .15-.28, a blur of 2.5 px standard deviation .08.

    Args:
        grey: (h, w) float32, 0..255.
        points: (478, 2 or 3) float32, pixels.
    """
    reach = 0.28 * eye_distance(points)
    found = [0.0]
    for upper, lower in topology.EYE_RIMS:
        x, y = points[[*upper, *lower], :2].mean(0)
        rows = slice(max(0, int(y - 0.7 * reach)), max(0, int(y + 0.7 * reach)))
        columns = slice(max(0, int(x - reach)), max(0, int(x + reach)))
        eye = grey[rows, columns]
        if min(eye.shape) > 4:
            steep = np.percentile(np.hypot(*np.gradient(eye)), 95)
            found.append(float(steep / (np.ptp(eye) + 20)))
    return max(found)


def _is_drawn(
    patch: NDArray[np.uint8],
    grey: NDArray[np.float32],
    inside: NDArray[np.uint8],
    points: NDArray[np.float32],
) -> bool:
    """Whether the skin is flat paint, pencil strokes, or few colours with hard outlines."""
    square = np.ones((3, 3), np.uint8)
    skin = cv2.erode(inside, square) > 0
    spread = cv2.dilate(grey, square) - cv2.erode(grey, square)
    if np.mean(spread[skin] <= 1) > 0.33:
        return True
    if _skin_grain(grey, points) > 10:
        return True
    contrast = max(float(grey[skin].std()), 1.0)
    if np.abs(patch[skin].astype(np.float32) - grey[skin][:, None]).mean() < 4:
        return False
    outlines = float(cv2.Laplacian(grey, cv2.CV_32F, ksize=1)[skin].std()) / contrast
    stretched = np.clip(patch[skin] * (45 / contrast), 0, 255).astype(np.int64) // 4
    colours = len(np.unique(stretched @ np.array([1, 64, 4096]))) / max(1, int(skin.sum()))
    return outlines > 8.4 * colours and outlines > 0.55


def _skin_grain(grey: NDArray[np.float32], points: NDArray[np.float32]) -> float:
    """The grey levels by which neighbouring skin pixels differ, on cheeks and forehead."""
    fine = np.abs(grey - cv2.GaussianBlur(grey, (0, 0), 1.2))
    levels = []
    for x, y in points[[*SKIN_PATCHES, *topology.CHEEKS, 151, 9], :2].astype(int):
        patch = fine[max(0, y - 4) : y + 5, max(0, x - 4) : x + 5]
        if patch.size:
            levels.append(float(patch.mean()))
    return float(np.median(levels)) if levels else 0.0


def _check_expression(face: DetectedFace) -> None:
    if face.scores["jawOpen"] > 0.3:
        raise MouthWideOpen
    blink = min(face.scores["eyeBlinkLeft"], face.scores["eyeBlinkRight"])
    if blink > 0.35 and max(_lid_apertures(face.points)) < 0.155:
        raise EyesClosed


def _lid_apertures(points: NDArray[np.float32]) -> list[float]:
    """Height over width of both eyes; open eyes read above .2, closed ones about .1."""
    apertures = []
    for upper, lower in topology.EYE_RIMS:
        middle = len(upper) // 2
        tall = np.linalg.norm(points[upper[middle], :2] - points[lower[middle], :2])
        wide = np.linalg.norm(points[upper[0], :2] - points[upper[-1], :2])
        apertures.append(float(tall / max(float(wide), 1e-6)))
    return apertures
