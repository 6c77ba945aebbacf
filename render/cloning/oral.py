"""Places the photographed inside of a mouth in one person's head."""

import cv2
import numpy as np
from numpy.typing import NDArray

from render.cloning.fit import FaceFit
from render.cloning.interior.interior import Interior
from render.cloning.interior.textures import PinnedTexture, incisal_edge
from render.cloning.tongue import draw_tongue
from render.face import topology
from render.face.avatar import Mouth, Sprite, Texture
from render.face.images import encode

TEETH_QUALITY, CAVITY_QUALITY, LOSSLESS = 92, 88, 101
TEETH_DEPTH, CAVITY_DEPTH, TONGUE_DEPTH = 0.035, 0.050, 0.060
"""How far behind the lips each stands, face widths."""
CAVITY_DROP = 0.014
"""How far below the rim of the lower lip the photographed cavity begins, face widths."""
TONGUE_DROP = 0.045
TONGUE_WIDTH, TONGUE_HEIGHT = 0.31, 0.20
MAX_PIXELS_PER_CANVAS = 2.0


def build_mouth(
    rgb: NDArray[np.uint8], fit: FaceFit, interior: Interior
) -> tuple[Mouth, dict[str, Texture]]:
    """Builds the inside of the mouth for a face on the canvas `rgb` ((h, w, 3) uint8)."""
    seam = fit.neutral[[topology.UPPER_LIP, topology.LOWER_LIP]].mean(0)
    lower_lip = fit.neutral[topology.LOWER_LIP]
    behind = fit.forward * fit.width
    edge = incisal_edge(interior.upper_teeth)
    mouth = Mouth(
        upper_teeth=_pinned("teeth", interior.upper_teeth, seam - TEETH_DEPTH * behind, fit),
        cavity=_pinned(
            "cavity",
            interior.cavity,
            lower_lip - CAVITY_DEPTH * behind - CAVITY_DROP * fit.width * fit.up,
            fit,
        ),
        tongue=Sprite(
            "tongue",
            (seam - TONGUE_DROP * fit.width * fit.up - TONGUE_DEPTH * behind).astype(np.float32),
            TONGUE_WIDTH * fit.width,
            TONGUE_HEIGHT * fit.width,
        ),
        upper_edge=(seam - edge * fit.up - TEETH_DEPTH * behind).astype(np.float32),
        tongue_motion=fit.tongue.astype(np.float32),
        light=_light(rgb, fit),
        own_teeth=interior.own_teeth,
        own_cavity=interior.own_cavity,
        own_shading=interior.own_shading,
    )
    box = (float(v) for v in interior.ratio_box)
    left, top, right, bottom = box
    ratios = {"smile_ratio": interior.smile_ratio, "open_ratio": interior.open_ratio}
    return mouth, {
        "teeth": _encode(interior.upper_teeth, TEETH_QUALITY),
        "cavity": _encode(interior.cavity, CAVITY_QUALITY),
        "tongue": encode(draw_tongue(160, 128), "webp", TEETH_QUALITY, (0, 0, 160, 128)),
        **{
            name: encode(codes, "webp", LOSSLESS, (left, top, right, bottom))
            for name, codes in ratios.items()
        },
    }


def _pinned(name: str, texture: PinnedTexture, pin: NDArray[np.float64], fit: FaceFit) -> Sprite:
    """Stands a picture that hangs on a point of the canvas in head space."""
    left, top, right, bottom = (float(edge) for edge in texture.box)
    centre = pin + fit.right * (left + right) / 2 - fit.up * (top + bottom) / 2
    return Sprite(name, centre.astype(np.float32), right - left, bottom - top)


def _encode(texture: PinnedTexture, quality: int) -> Texture:
    """Encodes a picture at no more than twice the canvas' resolution."""
    pixels = texture.rgba
    width = float(texture.box[2] - texture.box[0])
    most = max(8, round(MAX_PIXELS_PER_CANVAS * width))
    if pixels.shape[1] > most:
        size = (most, max(8, round(pixels.shape[0] * most / pixels.shape[1])))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return encode(pixels, "webp", quality, (0, 0, pixels.shape[1], pixels.shape[0]))


def _light(rgb: NDArray[np.uint8], fit: FaceFit) -> float:
    """Returns how bright the photo lights a face, about 1 for a studio."""
    columns, rows = (fit.photo[list(topology.CHEEKS), :2] * [1, -1]).astype(int).T
    height, width = rgb.shape[:2]
    cheeks = rgb[rows.clip(0, height - 1), columns.clip(0, width - 1)]
    return float(np.clip(0.80 + 0.25 * cheeks.mean() / 190, 0.75, 1.08))
