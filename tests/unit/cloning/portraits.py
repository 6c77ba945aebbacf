"""Pictures of people who do not exist, read once per run."""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from render.cloning.data_tools.donors import people_folder
from render.cloning.photo.file import load_photo
from render.face.landmarks import FaceFinder

Picture = NDArray[np.uint8]


class People:
    """Pictures of the package openpeople, reduced to the size the tests need."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, str, int], Picture] = {}

    def __call__(self, name: str, picture: str, side: int = 1024) -> Picture:
        key = (name, picture, side)
        if key not in self._read:
            rgb = load_photo(people_folder() / name / "assets" / f"{picture}.jpg")
            scale = min(1.0, side / max(rgb.shape[:2]))
            small = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            self._read[key] = np.asarray(small, np.uint8)
        return self._read[key].copy()


people = People()


@cache
def face_finder() -> FaceFinder:
    """The landmarker, opened once."""
    return FaceFinder()


def close_face_finder() -> None:
    """Frees the landmarker; mediapipe cannot do it once Python shuts down."""
    face_finder().close()
    face_finder.cache_clear()
