"""The process that reads faces off a live camera's pictures and forgets them at once.

Runs as a worker of `agent.models`. A picture exists in memory for as long as it is read; nothing of
it is stored or logged.
"""

import io
from enum import Enum
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from render.face.landmarks import FaceFinder
from render.motion.reading import Reading, read_face

LARGEST_SIDE: Final = 640
"""Pixels; a larger picture is refused before it is decoded."""


class Unreadable(Enum):
    """What came instead of a picture."""

    NO_JPEG = "no_jpeg"
    TOO_LARGE = "too_large"


class CameraReader:
    """Reads one picture after the other; a worker's model."""

    def __init__(self) -> None:
        cv2.setNumThreads(1)
        self._finder = FaceFinder()

    def read(self, jpeg: bytes) -> Reading | Unreadable | None:
        """Returns what is read off the clearest face, or None where there is none."""
        picture = decode_jpeg(jpeg)
        if isinstance(picture, Unreadable):
            return picture
        faces = self._finder.find_faces(picture)
        return read_face(faces[0]) if faces else None


def decode_jpeg(jpeg: bytes) -> NDArray[np.uint8] | Unreadable:
    """Returns an (h, w, 3) RGB picture, if it is one and not too large."""
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
            if max(image.size) > LARGEST_SIDE:
                return Unreadable.TOO_LARGE
            return np.asarray(image.convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return Unreadable.NO_JPEG
