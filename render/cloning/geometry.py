"""Small measures of a face that the photo checks and the mouth interior share.

Landmarks are MediaPipe's 478 points, in pixels.
"""

import numpy as np
from numpy.typing import NDArray

SUBNASALE = 2
SKIN_PATCHES = (205, 425, 187, 411, 207, 427)
"""Points on both cheeks, beside the mouth, where lips and shadows never reach."""

_EYE_CORNERS = ((33, 133), (362, 263))


def eye_centres(landmarks: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Returns the (2,) centres of the picture's left and right eye."""
    left, right = (landmarks[list(corners), :2].mean(0) for corners in _EYE_CORNERS)
    return left, right


def eye_line_roll(landmarks: NDArray[np.float32]) -> float:
    """Returns the tilt of the line through the eyes in degrees, positive clockwise on screen."""
    left, right = eye_centres(landmarks)
    return float(np.degrees(np.arctan2(right[1] - left[1], right[0] - left[0])))


def eye_distance(landmarks: NDArray[np.float32]) -> float:
    """Returns the pixels between the centres of the eyes."""
    left, right = eye_centres(landmarks)
    return float(np.linalg.norm(right - left))
