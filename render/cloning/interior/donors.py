"""Insides of mouths for people of whom only one portrait exists, read from `donors.npz`.

The pictures come from the synthetic people of the package openpeople (MIT, see NOTICE); `python -m
render.cloning.data_tools.donors` makes the file.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from render.cloning.interior.shading import NEUTRAL, RatioGrid, lay_grid
from render.cloning.interior.textures import PinnedTexture

DONORS_FILE = Path(__file__).with_name("donors.npz")


@dataclass(frozen=True, slots=True)
class Donor:
    """One person's mouth, in that person's portrait pixels.

    Attributes:
        upper_teeth: Pinned to the middle of the incisal edge.
        cavity: Pinned to the middle of the lower inner lip.
        mouth_width: Corner to corner at rest, pixels.
        face_width: Pixels.
        skin_light: Brightness of the skin beside the mouth, 0..255.
    """

    upper_teeth: PinnedTexture
    cavity: PinnedTexture
    mouth_width: float
    face_width: float
    skin_light: float


@dataclass(frozen=True, slots=True)
class DonorBook:
    """All donors, and how people's skin changes on average.

    Attributes:
        donors: In the order of the file.
        points: (468, 2) float32 the mean face the ratio maps lie on.
        grid: Of the mean face.
        smile_ratio, open_ratio: (rows, columns, 3) float32.
    """

    donors: tuple[Donor, ...]
    points: NDArray[np.float32]
    grid: RatioGrid
    smile_ratio: NDArray[np.float32]
    open_ratio: NDArray[np.float32]

    def nearest(self, skin_light: float) -> Donor:
        """Returns the donor whose skin is lit most alike."""
        return min(self.donors, key=lambda donor: abs(donor.skin_light - skin_light))


@cache
def load_donors() -> DonorBook:
    """Reads the packaged donors once."""
    with np.load(DONORS_FILE, allow_pickle=False) as data:
        donors = tuple(
            Donor(
                upper_teeth=PinnedTexture(
                    _decode(data[f"teeth_{index}"]), data["teeth_boxes"][index]
                ),
                cavity=PinnedTexture(_decode(data[f"cavity_{index}"]), data["cavity_boxes"][index]),
                mouth_width=float(mouth),
                face_width=float(face),
                skin_light=float(light),
            )
            for index, (mouth, face, light) in enumerate(data["measures"])
        )
        points = data["points"].astype(np.float32)
        return DonorBook(
            donors,
            points,
            lay_grid(points),
            data["smile_ratio"].astype(np.float32) / NEUTRAL,
            data["open_ratio"].astype(np.float32) / NEUTRAL,
        )


def _decode(webp: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Decodes WebP to RGBA; opaque pictures are stored without alpha."""
    pixels = np.asarray(cv2.imdecode(webp, cv2.IMREAD_UNCHANGED), np.uint8)
    alpha = pixels[..., 3] if pixels.shape[2] == 4 else np.full(pixels.shape[:2], 255, np.uint8)
    return np.dstack([pixels[..., 2::-1], alpha])
