"""Small picture tools of this room: filling holes, encoding textures."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from render.face.avatar import Texture

Pixels = NDArray[np.float32]


def fill_holes(colour: Pixels, known: Pixels) -> Pixels:
    """Fills what is not known smoothly from what is (push-pull over an image pyramid).

    Args:
        colour: (h, w, 3) float32.
        known: (h, w) float32 weights in [0, 1]; 0 is a hole.

    Returns:
        (h, w, 3) float32, `colour` where `known` is 1.
    """
    levels = [(colour * known[..., None], known)]
    while min(levels[-1][1].shape) > 2:
        levels.append((_half(levels[-1][0]), _half(levels[-1][1])))
    filled = _normalised(*levels[-1])
    for weighted, weight in levels[-2::-1]:
        size = (weight.shape[1], weight.shape[0])
        coarse = np.asarray(cv2.pyrUp(filled, dstsize=size), np.float32)
        share = np.clip(weight, 0, 1)[..., None]
        filled = coarse + (_normalised(weighted, weight) - coarse) * share
    return filled


def _half(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.pyrDown(pixels), np.float32)


def _normalised(weighted: Pixels, weight: Pixels) -> Pixels:
    return np.asarray(weighted / np.maximum(weight, 1e-4)[..., None], np.float32)


def to_bytes(colour: NDArray[np.floating[Any] | np.integer[Any]]) -> NDArray[np.uint8]:
    """Rounds 0..255 colours to uint8."""
    return np.asarray(np.clip(np.rint(colour), 0, 255), np.uint8)


def encode(
    pixels: NDArray[np.uint8], kind: str, quality: int, box: tuple[float, float, float, float]
) -> Texture:
    """Encodes (h, w), (h, w, 3) RGB or (h, w, 4) RGBA pixels.

    Args:
        pixels: The picture.
        kind: "jpeg", "png" or "webp" (quality above 100 is lossless).
        quality: 0..100.
        box: The part of the canvas it covers: left, top, right, bottom.
    """
    options = {
        "jpeg": [cv2.IMWRITE_JPEG_QUALITY, quality],
        "png": [cv2.IMWRITE_PNG_COMPRESSION, 9],
        "webp": [cv2.IMWRITE_WEBP_QUALITY, quality],
    }
    if pixels.ndim == 3:
        swap = cv2.COLOR_RGBA2BGRA if pixels.shape[2] == 4 else cv2.COLOR_RGB2BGR
        pixels = np.asarray(cv2.cvtColor(pixels, swap), np.uint8)
    _, data = cv2.imencode(f".{kind}", pixels, options[kind])
    return Texture(data.tobytes(), np.array(box, np.float32))


def decode(texture: Texture) -> NDArray[np.uint8]:
    """Decodes a texture to (h, w), (h, w, 3) RGB or (h, w, 4) RGBA pixels.

    Raises:
        ValueError: The bytes are no picture.
    """
    pixels = cv2.imdecode(np.frombuffer(texture.data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None:
        raise ValueError("a texture of the avatar cannot be decoded")
    if pixels.ndim == 3:
        swap = cv2.COLOR_BGRA2RGBA if pixels.shape[2] == 4 else cv2.COLOR_BGR2RGB
        pixels = cv2.cvtColor(pixels, swap)
    return np.ascontiguousarray(pixels, np.uint8)
