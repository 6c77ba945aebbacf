"""Places teeth and tongue in one person's mouth. Imports avatar, fit, images, sprites, topology."""

import numpy as np
from numpy.typing import NDArray

from render.face import topology
from render.face.avatar import Mouth, Sprite, Texture
from render.face.fit import FaceFit
from render.face.images import encode
from render.face.sprites import LOWER, UPPER, draw_teeth, draw_tongue

SPRITE_QUALITY = 92
UPPER_WIDTH, LOWER_WIDTH = 0.40, 0.36
"""Of the rows of teeth, in face widths: 56 and 50 mm of a 140 mm face."""


def build_mouth(
    rgb: NDArray[np.uint8], fit: FaceFit, rest: NDArray[np.float64]
) -> tuple[Mouth, dict[str, Texture]]:
    """Builds the inside of the mouth for a face on the canvas `rgb`."""
    seam = (rest[topology.UPPER_LIP] + rest[topology.LOWER_LIP]) / 2
    edge = seam - 0.010 * fit.width * fit.up - 0.035 * fit.width * fit.forward
    lower_edge = seam - 0.027 * fit.width * fit.up - 0.045 * fit.width * fit.forward
    tongue = seam - 0.050 * fit.width * fit.up - 0.060 * fit.width * fit.forward
    upper_height = UPPER_WIDTH * UPPER.aspect * fit.width
    lower_height = LOWER_WIDTH * LOWER.aspect * fit.width
    mouth = Mouth(
        upper_teeth=_sprite(
            "teeth_upper", edge + fit.up * upper_height / 2, UPPER_WIDTH * fit.width, upper_height
        ),
        lower_teeth=_sprite(
            "teeth_lower",
            lower_edge - fit.up * lower_height / 2,
            LOWER_WIDTH * fit.width,
            lower_height,
        ),
        tongue=_sprite("tongue", tongue, 0.29 * fit.width, 0.20 * fit.width),
        upper_edge=edge.astype(np.float32),
        jaw_motion=fit.lower_teeth.astype(np.float32),
        tongue_motion=fit.tongue.astype(np.float32),
        lip_colour=_median_colour(rgb, fit, (15, 16, 316, 86, 85, 315)),
        light=_teeth_light(rgb, fit),
    )
    drawn = {
        "teeth_upper": draw_teeth(UPPER, 320, edge_down=True),
        "teeth_lower": draw_teeth(LOWER, 320, edge_down=False),
        "tongue": draw_tongue(160, 110),
    }
    return mouth, {
        name: encode(pixels, "webp", SPRITE_QUALITY, (0, 0, pixels.shape[1], pixels.shape[0]))
        for name, pixels in drawn.items()
    }


def _sprite(texture: str, centre: NDArray[np.float64], width: float, height: float) -> Sprite:
    return Sprite(texture, centre.astype(np.float32), width, height)


def _median_colour(
    rgb: NDArray[np.uint8], fit: FaceFit, landmarks: tuple[int, ...]
) -> NDArray[np.float32]:
    columns, rows = (fit.photo[list(landmarks), :2] * [1, -1]).astype(int).T
    height, width = rgb.shape[:2]
    samples = rgb[rows.clip(0, height - 1), columns.clip(0, width - 1)]
    return np.asarray(np.median(samples, axis=0), np.float32)


def _teeth_light(rgb: NDArray[np.uint8], fit: FaceFit) -> float:
    """Returns how bright the photo lights a face, about 1 for a studio."""
    cheeks = _median_colour(rgb, fit, topology.CHEEKS).mean()
    return float(np.clip(0.80 + 0.25 * cheeks / 190, 0.75, 1.08))
