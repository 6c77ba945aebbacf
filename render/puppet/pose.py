"""Turns the head, lifts the shoulders and projects to the screen."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from render.types import CHANNEL_INDEX

DEPTH_STRETCH = 1.8
"""The landmarker's depth is shallow: stretched so that a commanded turn looks like that turn."""
FOCAL = 6.0
"""Distance of the camera, face widths."""
BREATH_RISE = 0.016
"""How far a full breath lifts the shoulders, face widths."""
LIMIT_DEGREES = 25.0
LIMIT_SHIFT = 0.5
"""Largest turn in degrees, and largest shift in face widths, that is drawn."""


class Pose(NamedTuple):
    """One frame's pose.

    Attributes:
        rotation: (3, 3) float32.
        pivot: (3,) float32 point the head turns about, head space.
        shift: (3,) float32 canvas pixels, right, up, to the viewer.
        eye_depth: Plane about which depth is stretched, from the pivot.
        focal: Distance of the camera, canvas pixels.
        rise: How far the breath lifts, canvas pixels.
    """

    rotation: NDArray[np.float32]
    pivot: NDArray[np.float32]
    shift: NDArray[np.float32]
    eye_depth: float
    focal: float
    rise: float


class View(NamedTuple):
    """Canvas to screen: screen = canvas * scale + (left, top), pixels."""

    scale: float
    left: float
    top: float


def make_pose(
    values: NDArray[np.float32], pivot: NDArray[np.float32], eye_depth: float, face_width: float
) -> Pose:
    """Reads the pose out of a motion's (65,) values; extreme values are limited."""

    def channel(name: str, limit: float) -> float:
        return float(np.clip(values[CHANNEL_INDEX[name]], -limit, limit))

    yaw, pitch, roll = (
        np.deg2rad(channel(name, LIMIT_DEGREES)) for name in ("yaw", "pitch", "roll")
    )
    cy, sy, cp, sp = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch)
    cr, sr = np.cos(roll), np.sin(roll)
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, sp], [0, -sp, cp]])
    about_z = np.array([[cr, sr, 0], [-sr, cr, 0], [0, 0, 1]])
    shift = [channel(name, LIMIT_SHIFT) * face_width for name in ("shiftX", "shiftY", "shiftZ")]
    return Pose(
        rotation=(about_z @ about_x @ about_y).astype(np.float32),
        pivot=pivot,
        shift=np.array(shift, np.float32),
        eye_depth=eye_depth,
        focal=FOCAL * face_width,
        rise=channel("breath", 1.0) * BREATH_RISE * face_width,
    )


@njit(nogil=True, cache=True)
def turn(
    pose: Pose,
    vertices: NDArray[np.float32],
    head_weight: NDArray[np.float32],
    breath_weight: NDArray[np.float32],
    turned: NDArray[np.float32],
) -> None:
    """Writes (n, 3) posed vertices into `turned`: x and y as seen, z for sorting."""
    r = pose.rotation
    for i in range(vertices.shape[0]):
        x = vertices[i, 0] - pose.pivot[0]
        y = vertices[i, 1] - pose.pivot[1]
        z = vertices[i, 2] - pose.pivot[2]
        z += (z - pose.eye_depth) * (DEPTH_STRETCH - 1.0)
        qx = r[0, 0] * x + r[0, 1] * y + r[0, 2] * z
        qy = r[1, 0] * x + r[1, 1] * y + r[1, 2] * z
        qz = r[2, 0] * x + r[2, 1] * y + r[2, 2] * z + pose.shift[2]
        nearer = (pose.focal - z) / (pose.focal - qz)
        weight = head_weight[i]
        turned[i, 0] = vertices[i, 0] + weight * (qx * nearer + pose.shift[0] - x)
        turned[i, 1] = (
            vertices[i, 1]
            + weight * (qy * nearer + pose.shift[1] - y)
            + breath_weight[i] * pose.rise
        )
        turned[i, 2] = pose.pivot[2] + z + weight * (qz - z)


@njit(nogil=True, cache=True)
def project(view: View, turned: NDArray[np.float32], screen: NDArray[np.float32]) -> None:
    """Writes (n, 2) screen pixels."""
    for i in range(turned.shape[0]):
        screen[i, 0] = turned[i, 0] * view.scale + view.left
        screen[i, 1] = -turned[i, 1] * view.scale + view.top
