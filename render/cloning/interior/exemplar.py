"""Photos that show what a resting portrait hides: teeth, tongue and the folds of a smile."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from render.cloning.geometry import SKIN_PATCHES
from render.face import topology
from render.face.landmarks import DetectedFace, FaceFinder

SHEET_LABELS = (
    "neutral", "happy", "sad", "angry", "surprised", "disgusted", "scared", "confused",
    "smug", "flirty", "thoughtful", "pensive", "exhausted", "shocked", "playful", "determined",
)  # fmt: skip
"""What the 4 x 4 tiles of an expression sheet show, row by row."""

OPEN_LABELS = ("surprised", "shocked")
"""Tiles with an open mouth and the tongue inside."""

RIGID = (33, 133, 263, 362, 168, 6, 197, 195)
"""Eye corners and bridge of the nose: they keep their places in every expression."""

_FRAME_LEVEL = 215
_FRAME_INSET = 7


@dataclass(frozen=True, slots=True)
class Exemplar:
    """A photo of one face.

    Attributes:
        rgb: (h, w, 3) uint8.
        face: Landmarks and scores in pixels of `rgb`.
    """

    rgb: NDArray[np.uint8]
    face: DetectedFace

    @property
    def points(self) -> NDArray[np.float32]:
        """(478, 2) float32 pixels; the first pixel's centre is at 0.5."""
        return self.face.points[:, :2]

    @property
    def mouth_width(self) -> float:
        """Pixels between the corners of the mouth."""
        left, right = self.points[list(topology.MOUTH_CORNERS)]
        return float(np.linalg.norm(right - left))

    @property
    def opening(self) -> float:
        """Height of the inner lips' opening over its width."""
        tall = np.linalg.norm(self.points[topology.UPPER_LIP] - self.points[topology.LOWER_LIP])
        wide = np.linalg.norm(self.points[78] - self.points[308])
        return float(tall / max(float(wide), 1e-6))

    def inner_lips(self) -> NDArray[np.float32]:
        """Returns the (20, 2) outline of the opening."""
        return self.points[[*topology.INNER_UPPER, *topology.INNER_LOWER[-2:0:-1]]]

    def skin_light(self) -> float:
        """Returns how bright the skin beside the mouth is, 0..255."""
        return self._light_at(SKIN_PATCHES)

    def bright_skin(self) -> float:
        """Returns the luminance of the brightest skin of the face, 0..255."""
        mask = np.zeros(self.rgb.shape[:2], np.uint8)
        cv2.fillPoly(mask, [self.points[list(topology.OVAL)].astype(np.int32)], 255)
        skin = self.rgb[mask > 0]
        if not len(skin):
            return self.skin_light()
        return float(np.percentile(skin @ np.array([0.299, 0.587, 0.114]), 92))

    def side_light(self) -> float:
        """Returns how many times brighter one cheek is than the other; 1 is even light."""
        left, right = self._light_at(SKIN_PATCHES[::2]), self._light_at(SKIN_PATCHES[1::2])
        return max(left, right) / max(1.0, min(left, right))

    def _light_at(self, places: tuple[int, ...]) -> float:
        size = max(2, round(0.06 * self.mouth_width))
        patches = []
        for x, y in self.points[list(places)].astype(int):
            patch = self.rgb[max(0, y - size) : y + size + 1, max(0, x - size) : x + size + 1]
            patches.append(patch.reshape(-1, 3))
        pixels = np.concatenate(patches)
        return float(np.median(pixels, axis=0).mean()) if len(pixels) else 0.0


def find_exemplar(rgb: NDArray[np.uint8], finder: FaceFinder) -> Exemplar | None:
    """Makes an exemplar of the clearest face of a photo, or None where there is none."""
    faces = finder.find_faces(rgb)
    return Exemplar(rgb, faces[0]) if faces else None


def cut_sheet(sheet: NDArray[np.uint8], finder: FaceFinder) -> dict[str, Exemplar]:
    """Cuts a sheet of 4 x 4 white-framed expressions of one person into labelled exemplars.

    Args:
        sheet: (h, w, 3) uint8, about 2400 x 1792.
        finder: Opened for one face.

    Returns:
        Those of `SHEET_LABELS` in which a face is found; empty where no 4 x 4 frames are.
    """
    boxes = _frames(sheet)
    if len(boxes) != len(SHEET_LABELS):
        return {}
    found = {}
    for label, (left, top, width, height) in zip(SHEET_LABELS, boxes, strict=True):
        inset = _FRAME_INSET
        tile = sheet[top + inset : top + height - inset, left + inset : left + width - inset]
        doubled = cv2.resize(tile, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        exemplar = find_exemplar(np.asarray(doubled, np.uint8), finder)
        if exemplar:
            found[label] = exemplar
    return found


def _frames(sheet: NDArray[np.uint8]) -> list[tuple[int, int, int, int]]:
    """Returns left, top, width and height of the white frames, row by row."""
    bright = (sheet.min(2) > _FRAME_LEVEL).astype(np.uint8)
    closed = cv2.morphologyEx(bright, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(closed)
    height, width = sheet.shape[:2]
    boxes = [
        (int(x), int(y), int(w), int(h))
        for x, y, w, h, _ in stats[1:]
        if 0.15 < w / width < 0.3 and 0.14 < h / height < 0.3
    ]
    boxes.sort(key=lambda box: box[1])
    rows = [sorted(boxes[start : start + 4]) for start in range(0, len(boxes), 4)]
    return [box for row in rows for box in row]


def similarity(source: NDArray[np.float32], target: NDArray[np.float32]) -> NDArray[np.float64]:
    """Returns the (2, 3) scale, turn and shift that best take (n, 2) points onto others."""
    source_mean, target_mean = source.mean(0), target.mean(0)
    a, b = source - source_mean, target - target_mean
    along = float((a * b).sum() / (a * a).sum())
    across = float((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum() / (a * a).sum())
    turn = np.array([[along, -across], [across, along]])
    return np.column_stack([turn, target_mean - turn @ source_mean])


def apply(matrix: NDArray[np.float64], points: NDArray[np.float32]) -> NDArray[np.float32]:
    """Moves (n, 2) points by a (2, 3) matrix."""
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2], np.float32)


def warp(
    picture: NDArray[np.uint8] | NDArray[np.float32],
    matrix: NDArray[np.float64],
    size: tuple[int, int],
) -> NDArray[np.float32]:
    """Resamples a picture by a (2, 3) matrix of continuous coordinates.

    Args:
        picture: (h, w) or (h, w, c), uint8 or float32.
        matrix: Takes its coordinates (first pixel's centre at 0.5) to those of the result.
        size: Width and height of the result.

    Returns:
        (height, width) or (height, width, c) float32.
    """
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    source = np.asarray(picture, np.float32)
    if scale < 0.9:
        source = np.asarray(cv2.GaussianBlur(source, (0, 0), 0.4 / scale), np.float32)
    shifted = matrix.copy()
    shifted[:, 2] += matrix[:, :2] @ (0.5, 0.5) - (0.5, 0.5)
    moved = cv2.warpAffine(
        source, shifted, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(moved, np.float32)
