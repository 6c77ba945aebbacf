"""One photo in, one checked portrait out: upright, level, cut to head and shoulders."""

from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from render.cloning.geometry import eye_distance, eye_line_roll
from render.cloning.glasses import find_frame
from render.cloning.photo.checks import (
    MAX_YAW,
    PITCHES,
    check_portrait,
    face_size,
    lies_inside,
)
from render.cloning.photo.errors import FaceSideways, NoFaceFound
from render.cloning.photo.file import load_photo
from render.face import topology
from render.face.landmarks import DetectedFace, FaceFinder, head_angles

__all__ = ["Portrait", "check_portrait", "find_faces", "load_photo", "take_portrait"]

MAX_HEIGHT = 1536
"""Largest height of a portrait, pixels; wider pictures keep their width in proportion."""
ABOVE, BELOW, BESIDE = 0.95, 1.25, 2.5
"""How much of the photo is kept, in face heights: above the forehead, below the chin, to each
side of the middle of the face."""

ROOM_ABOVE, ROOM_BESIDE = 0.16, 0.14
"""Room that hair and ears need: above the face, face heights, and beside it, face widths."""

_LEVEL = 2.0
_WIDE = 1.4
_ZOOMS = (0.6, 0.35)
_STEADY = 0.09


@dataclass(frozen=True, slots=True)
class Portrait:
    """A person ready to become an avatar.

    Attributes:
        rgb: (h, w, 3) uint8 head and shoulders, the eyes level, h at most `MAX_HEIGHT`.
        face: The landmarks, scores and pose in `rgb`.
        roll_corrected: Degrees by which the photo was turned to level the eyes, positive
            anticlockwise on screen.
        advice: Sentences on what would make a better avatar; empty for a good photo.
    """

    rgb: NDArray[np.uint8]
    face: DetectedFace
    roll_corrected: float
    advice: tuple[str, ...]

    @property
    def landmarks(self) -> NDArray[np.float32]:
        """(478, 3) float32 pixels of `rgb`."""
        return self.face.points

    @property
    def scores(self) -> dict[str, float]:
        """The ARKit shape scores of the photo's own expression, each in [0, 1]."""
        return self.face.scores


def take_portrait(source: bytes | Path | NDArray[np.uint8]) -> Portrait:
    """Reads and checks a photo, levels the head and cuts the person out.

    Args:
        source: The file's bytes, where it lies, or its (h, w, 3) uint8 pixels.

    Raises:
        PhotoError: The photo cannot be used; its message says why and what to do.
    """
    rgb = source if isinstance(source, np.ndarray) else load_photo(source)
    with FaceFinder(max_faces=4) as finder:
        faces = find_faces(rgb, finder)
        if not faces and _lies_sideways(rgb, finder):
            raise FaceSideways
        person = check_portrait(rgb, faces)
        cut, middle, roll = _level_and_cut(rgb, person.points)
        found = finder.find_faces(cut)
    if not found:
        raise NoFaceFound
    face = min(found, key=lambda one: np.linalg.norm(_middle(one.points) - middle))
    return Portrait(cut, face, roll, _advice(cut, face, len(faces)))


def find_faces(rgb: NDArray[np.uint8], finder: FaceFinder) -> list[DetectedFace]:
    """Finds all faces, also small ones: the whole picture first, then parts of it.

    Args:
        rgb: (h, w, 3) uint8 photo.
        finder: Opened for at least two faces.

    Returns:
        Each face once, in pixels of `rgb`.
    """
    height, width = rgb.shape[:2]
    short, long = sorted((height, width))
    faces = finder.find_faces(rgb)
    if long > _WIDE * short:
        faces += _find_in_parts(rgb, short, finder)
    faces = _confirmed(rgb, faces, finder)
    for zoom in _ZOOMS:
        if not faces:
            found = _find_in_parts(rgb, int(zoom * short), finder)
            faces = _confirmed(rgb, found, finder)
    return faces


def _confirmed(
    rgb: NDArray[np.uint8], faces: list[DetectedFace], finder: FaceFinder
) -> list[DetectedFace]:
    """Looks at each face once more from near; what is no face is seldom found twice alike."""
    kept = []
    for face in _distinct(faces):
        tall, (x, y) = face_size(face.points), _middle(face.points)
        left, top = (max(0, int(edge - 1.3 * tall)) for edge in (x, y))
        near = rgb[top : int(y + 1.3 * tall) + 1, left : int(x + 1.3 * tall) + 1]
        again = [_moved(one, left, top) for one in finder.find_faces(near)]
        again = [one for one in again if _disagreement(face.points, one.points) < _STEADY]
        kept += again[:1]
    return _distinct(kept)


def _disagreement(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Root mean square distance of two sets of landmarks, in face heights."""
    apart = np.linalg.norm(first[:, :2] - second[:, :2], axis=1)
    return float(np.sqrt(np.mean(apart**2))) / max(face_size(first), 1.0)


def _find_in_parts(rgb: NDArray[np.uint8], side: int, finder: FaceFinder) -> list[DetectedFace]:
    """Looks through overlapping squares of the picture."""
    height, width = rgb.shape[:2]
    found = []
    for top in _starts(height, side):
        for left in _starts(width, side):
            part = finder.find_faces(rgb[top : top + side, left : left + side])
            found.append([_moved(face, left, top) for face in part])
    return list(chain.from_iterable(found))


def _starts(length: int, side: int) -> list[int]:
    steps = 1 + int(np.ceil(2 * max(0, length - side) / side))
    return [int(start) for start in np.linspace(0, max(0, length - side), steps)]


def _moved(face: DetectedFace, left: int, top: int) -> DetectedFace:
    shift = np.array([left, top, 0], np.float32)
    return DetectedFace(points=face.points + shift, scores=face.scores, pose=face.pose)


def _middle(points: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(points[list(topology.OVAL), :2].mean(0), np.float32)


def _distinct(faces: list[DetectedFace]) -> list[DetectedFace]:
    """Drops faces found twice; the larger, better seen one stays."""
    kept: list[DetectedFace] = []
    for face in sorted(faces, key=lambda one: -face_size(one.points)):
        middle, reach = _middle(face.points), 0.6 * face_size(face.points)
        if all(
            np.linalg.norm(_middle(other.points) - middle)
            > max(reach, 0.6 * face_size(other.points))
            for other in kept
        ):
            kept.append(face)
    return kept


def _lies_sideways(rgb: NDArray[np.uint8], finder: FaceFinder) -> bool:
    """Whether a face that looks into the camera appears once the picture is turned."""
    for turns in (1, 2, 3):
        turned = np.ascontiguousarray(np.rot90(rgb, turns))
        for face in _confirmed(turned, finder.find_faces(turned), finder):
            yaw, pitch = head_angles(face.pose)
            whole = lies_inside(face.points, turned.shape[1], turned.shape[0])
            if whole and abs(yaw) < MAX_YAW and PITCHES[0] < pitch < PITCHES[1]:
                return True
    return False


def _level_and_cut(
    rgb: NDArray[np.uint8], points: NDArray[np.float32]
) -> tuple[NDArray[np.uint8], NDArray[np.float32], float]:
    """Turns the photo so that the eyes are level, then cuts head and shoulders out.

    Returns:
        The (h, w, 3) picture, the (2,) middle of the face in it, and the degrees turned.
    """
    roll = eye_line_roll(points)
    roll = roll if abs(roll) > _LEVEL else 0.0
    middle = _middle(points)
    pivot = (float(middle[0]), float(middle[1]))
    turn = np.asarray(cv2.getRotationMatrix2D(pivot, roll, 1.0), np.float64)
    upright = (points[:, :2] @ turn[:, :2].T + turn[:, 2]).astype(np.float32)
    left, top, right, bottom = _extent(upright, rgb.shape[1], rgb.shape[0])
    scale = min(1.0, MAX_HEIGHT / (bottom - top))
    size = (round((right - left) * scale), round((bottom - top) * scale))
    if roll:
        turn[:, 2] -= (left, top)
        rgb = _turned(rgb, turn, (right - left, bottom - top))
    else:
        rgb = rgb[top:bottom, left:right]
    cut = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA) if scale < 1 else rgb
    return np.ascontiguousarray(cut, np.uint8), (middle - (left, top)) * scale, roll


def _turned(
    rgb: NDArray[np.uint8], turn: NDArray[np.float64], size: tuple[int, int]
) -> NDArray[np.uint8]:
    """Turns a picture; corners it does not reach take blurred colours of what is near."""
    turned = cv2.warpAffine(
        rgb, turn, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
    )
    reached = cv2.warpAffine(np.ones(rgb.shape[:2], np.float32), turn, size)
    if reached.min() >= 1:
        return np.asarray(turned, np.uint8)
    reach = max(3, min(size) // 12)
    blurred = cv2.blur(cv2.blur(turned, (reach, reach)), (reach, reach))
    inner = cv2.erode(reached, np.ones((5, 5), np.uint8), borderValue=1)
    share = np.clip(cv2.blur(inner, (9, 9)), 0, 1)[..., None]
    return np.asarray(turned * share + blurred * (1 - share) + 0.5, np.uint8)


def _extent(points: NDArray[np.float32], width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of head and shoulders within the picture, pixels."""
    tall = face_size(points)
    x = float(_middle(points)[0])
    forehead, chin = points[topology.FOREHEAD, 1], points[topology.CHIN, 1]
    left, right = max(0, int(x - BESIDE * tall)), min(width, int(x + BESIDE * tall))
    top = max(0, int(forehead - ABOVE * tall))
    bottom = min(height, int(chin + BELOW * tall))
    return left, top, right, bottom


def _advice(rgb: NDArray[np.uint8], face: DetectedFace, faces: int) -> tuple[str, ...]:
    advice = []
    if eye_distance(face.points) < 70:
        advice.append("The face is small in the photo; one taken from nearer will look sharper.")
    if faces > 1:
        advice.append("Other people are in the background; a plain background will look calmer.")
    if face.scores["mouthSmileLeft"] > 0.6:
        advice.append(
            "Your smile is kept and comes back when the avatar smiles; a calm face with closed "
            "lips would rest a little more naturally."
        )
    if _cuts_head(rgb, face.points):
        advice.append(
            "The photo cuts off hair or ears; one with more room around the head will look better "
            "when it moves."
        )
    if find_frame(rgb, face.points):
        advice.append(
            "Glasses are kept and stay still, so the brows behind them hardly move; without them "
            "the face shows more."
        )
    return tuple(advice)


def _cuts_head(rgb: NDArray[np.uint8], points: NDArray[np.float32]) -> bool:
    """Whether the picture leaves less room than hair and ears need."""
    oval = points[list(topology.OVAL), :2]
    (left, top), (right, bottom) = oval.min(0), oval.max(0)
    beside = ROOM_BESIDE * (right - left)
    return bool(top < ROOM_ABOVE * (bottom - top) or left < beside or rgb.shape[1] - right < beside)
