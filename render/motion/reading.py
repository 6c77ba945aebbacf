"""What a camera reads off a face, as numbers that can be filtered and compared.

Imports `render.types` and the landmarks, topology and measures of `render.face`.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from render.face import topology
from render.face.landmarks import DetectedFace
from render.face.photo_checks import head_angles
from render.types import ARKIT_SHAPES

READINGS: Final[tuple[str, ...]] = (
    *ARKIT_SHAPES, "yaw", "pitch", "roll", "x", "y", "z", "gap", "drop",
)  # fmt: skip
"""Scores of the landmarker in [0, 1]; degrees as `render.types.POSE` has them; centimetres to the
right of the picture, up and toward the camera; height of the opening between the inner lips over
its width; length from nose to chin over that of the nose."""
READ: Final = {name: index for index, name in enumerate(READINGS)}
_NOSE, _BRIDGE = 94, 168
Reading = NDArray[np.float64]


def read_face(face: DetectedFace) -> Reading:
    """Returns (len(READINGS),) what is read off a face."""
    yaw, down = head_angles(face.pose)
    roll = -np.degrees(np.arctan2(face.pose[1, 0], face.pose[0, 0]))
    points = face.points[:, :2]
    tall = np.linalg.norm(points[topology.UPPER_LIP] - points[topology.LOWER_LIP])
    wide = np.linalg.norm(points[topology.INNER_UPPER[0]] - points[topology.INNER_UPPER[-1]])
    chin, nose, bridge = face.points[[topology.CHIN, _NOSE, _BRIDGE]]
    drop = np.linalg.norm(chin - nose) / max(float(np.linalg.norm(bridge - nose)), 1e-6)
    scores = [face.scores.get(name, 0.0) for name in ARKIT_SHAPES]
    gap = tall / max(float(wide), 1e-6)
    return np.array([*scores, yaw, -down, roll, *face.pose[:3, 3], gap, drop])
