"""What a camera reads off a face, as numbers that can be filtered and compared."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from render.face import topology
from render.face.landmarks import DetectedFace, head_angles
from render.types import ARKIT_SHAPES

READINGS: Final[tuple[str, ...]] = (
    *ARKIT_SHAPES, "yaw", "pitch", "roll", "x", "y", "z", "gap", "drop", "lip",
)  # fmt: skip
"""Scores of the landmarker in [0, 1]; degrees as `render.types.POSE` has them; centimetres to the
right of the picture, up and toward the camera; height of the opening between the inner lips over
its width; length from nose to chin, and from nose to upper lip, over the distance between the
eyes."""
READ: Final = {name: index for index, name in enumerate(READINGS)}
_NOSE, _LIP = 94, 0
_EYES = 33, 263
Reading = NDArray[np.float64]


def read_face(face: DetectedFace) -> Reading:
    """Returns (len(READINGS),) what is read off a face."""
    yaw, lowered = head_angles(face.pose)
    roll = -np.degrees(np.arctan2(face.pose[1, 0], face.pose[0, 0]))
    points = face.points[:, :2]
    tall = np.linalg.norm(points[topology.UPPER_LIP] - points[topology.LOWER_LIP])
    wide = np.linalg.norm(points[topology.INNER_UPPER[0]] - points[topology.INNER_UPPER[-1]])
    chin, nose, lip, right, left = face.points[[topology.CHIN, _NOSE, _LIP, *_EYES]]
    eyes = max(float(np.linalg.norm(left - right)), 1e-6)
    down = np.linalg.norm(chin - nose) / eyes, np.linalg.norm(lip - nose) / eyes
    scores = [face.scores.get(name, 0.0) for name in ARKIT_SHAPES]
    gap = tall / max(float(wide), 1e-6)
    return np.array([*scores, yaw, -lowered, roll, *face.pose[:3, 3], gap, *down])
