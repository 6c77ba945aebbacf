"""Decodes a bundle's textures and scales them to the screen.

Pictures that are drawn at about their own scale need no mipmaps: each is averaged down once,
when the size of the picture is known.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from render.face.avatar import AvatarBundle, Texture
from render.face.images import decode

MAX_ENLARGEMENT = 2.0
FRINGE = (3.0, 6.0)
"""Canvas pixels inside the outline in which a bright background may have been taken for person."""
FRINGE_LIGHT = (10.0, 34.0)
"""How much brighter than what lies deeper inside a fringe surely is, luminance."""
HAIR_LIGHT, SKIN_LIGHT = 50.0, 85.0
"""Luminance of what may be hair, before which ears are rightly brighter, and of what is not."""
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class MeshTexture:
    """A texture of the mesh, in the rasteriser's form.

    Attributes:
        pixels: (h, w) uint32 RGBA, premultiplied.
        place: (4,) float32; texels = canvas pixels * place[0:2] + place[2:4].
    """

    pixels: NDArray[np.uint32]
    place: NDArray[np.float32]


def load_skin(bundle: AvatarBundle, scale: float) -> MeshTexture:
    """Loads the person's colour and matte, `scale` screen pixels per canvas pixel."""
    texture = bundle.textures["skin"]
    colour = decode(texture)[..., :3].astype(np.float32)
    size = (colour.shape[1], colour.shape[0])
    matte = decode(bundle.textures["matte"])
    matte = np.asarray(matte if matte.ndim == 2 else matte[..., 0], np.uint8)
    if matte.shape != colour.shape[:2]:
        matte = np.asarray(cv2.resize(matte, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    colour = without_fringe(colour, matte)
    alpha = matte.astype(np.float32)[..., None]
    return _place(texture, np.dstack([colour * (alpha / 255), alpha]), scale)


def without_fringe(colour: NDArray[np.float32], matte: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Takes a bright line along the outline to the colour of what lies deeper inside.

    Args:
        colour: (h, w, 3) of the person, 0..255.
        matte: (h, w) 0..255.
    """
    framed = cv2.copyMakeBorder((matte > 200).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    inward = cv2.distanceTransform(framed, cv2.DIST_L2, 3)[1:-1, 1:-1]
    deep = (inward > FRINGE[1]).astype(np.float32)
    known = cv2.GaussianBlur(deep, (0, 0), FRINGE[1])
    carried = cv2.GaussianBlur(colour * deep[..., None], (0, 0), FRINGE[1])
    carried = carried / np.maximum(known, 1e-3)[..., None]
    luma = np.array([0.299, 0.587, 0.114], np.float32)
    inner = carried @ luma
    excess = colour @ luma - inner
    share = np.clip((excess - FRINGE_LIGHT[0]) / (FRINGE_LIGHT[1] - FRINGE_LIGHT[0]), 0, 1)
    share *= np.clip((FRINGE[1] - inward) / (FRINGE[1] - FRINGE[0]), 0, 1) * (known > 0.02)
    share *= np.clip((inner - HAIR_LIGHT) / (SKIN_LIGHT - HAIR_LIGHT), 0, 1)
    return np.asarray(colour + (carried - colour) * share[..., None], np.float32)


def load_opaque(texture: Texture, scale: float) -> MeshTexture:
    """Loads a picture without alpha, `scale` screen pixels per canvas pixel."""
    colour = decode(texture)[..., :3].astype(np.float32)
    solid = np.full((*colour.shape[:2], 1), 255, np.float32)
    return _place(texture, np.dstack([colour, solid]), min(scale, 1.0))


def load_sprite(texture: Texture, width: float) -> NDArray[np.float32]:
    """Loads a picture about `width` pixels wide: (h, w, 4) float32, colour premultiplied."""
    pixels = decode(texture).astype(np.float32)
    if pixels.shape[2] == 3:
        pixels = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.float32)])
    pixels[..., 3] /= 255
    pixels[..., :3] *= pixels[..., 3:]
    factor = width / pixels.shape[1]
    if factor < 1:
        size = (max(4, round(width)), max(4, round(pixels.shape[0] * factor)))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.float32)
    return np.ascontiguousarray(pixels)


def load_ratio(bundle: AvatarBundle, name: str, skin: MeshTexture) -> tuple[NDArray[np.int16], Box]:
    """Loads how an expression shades the skin, in the skin's own texels.

    Returns:
        (h, w, 4) int16 change of a colour in 1/256 (alpha 0), and the texels it covers: left,
        top, right, bottom within the skin.
    """
    texture = bundle.textures[name]
    codes = decode(texture)[..., :3].astype(np.float32)
    (left, top), (right, bottom) = (
        (corner * skin.place[:2] + skin.place[2:]).astype(float)
        for corner in (texture.box[:2], texture.box[2:])
    )
    height, width = skin.pixels.shape
    inside = (
        max(0, math.floor(left)), max(0, math.floor(top)),
        min(width, math.ceil(right)), min(height, math.ceil(bottom)),
    )  # fmt: skip
    sx, sy = codes.shape[1] / (right - left), codes.shape[0] / (bottom - top)
    to_code = np.array(
        [
            [sx, 0, (inside[0] + 0.5 - left) * sx - 0.5],
            [0, sy, (inside[1] + 0.5 - top) * sy - 0.5],
        ]
    )
    size = (max(1, inside[2] - inside[0]), max(1, inside[3] - inside[1]))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    grown = cv2.warpAffine(codes, to_code, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    change = np.rint((np.asarray(grown) / 128 - 1) * 256)
    return np.dstack([change, np.zeros(change.shape[:2])]).astype(np.int16), inside


def soft_triangles(
    skin: MeshTexture, uv: NDArray[np.float32], triangles: NDArray[np.int32]
) -> NDArray[np.uint8]:
    """Returns (t,) uint8: 1 where a triangle is not fully covered by the person."""
    alpha = (skin.pixels >> np.uint32(24)).astype(np.uint8)
    texels = uv * skin.place[:2] + skin.place[2:]
    low = np.floor(texels[triangles].min(1)).astype(int) - 1
    high = np.ceil(texels[triangles].max(1)).astype(int) + 2
    height, width = alpha.shape
    low, high = np.clip(low, 0, [width, height]), np.clip(high, 0, [width, height])
    soft = [
        left >= right or top >= bottom or bool(alpha[top:bottom, left:right].min() < 255)
        for (left, top), (right, bottom) in zip(low, high, strict=True)
    ]
    return np.array(soft, np.uint8)


def _place(texture: Texture, pixels: NDArray[np.float32], scale: float) -> MeshTexture:
    """Scales premultiplied (h, w, 4) pixels to the screen and packs them."""
    left, top, right, bottom = (float(edge) for edge in texture.box)
    height, width = pixels.shape[:2]
    factor = min(scale * (right - left) / width, MAX_ENLARGEMENT)
    if abs(factor - 1) > 1e-3:
        size = (max(4, round(width * factor)), max(4, round(height * factor)))
        kind = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=kind), np.float32)
    alpha = np.clip(np.rint(pixels[..., 3:]), 0, 255)
    packed = np.concatenate([np.clip(np.rint(pixels[..., :3]), 0, alpha), alpha], 2)
    packed = np.ascontiguousarray(packed.astype(np.uint8))
    sx = packed.shape[1] / (right - left)
    sy = packed.shape[0] / (bottom - top)
    return MeshTexture(
        pixels=packed.view(np.uint32)[..., 0],
        place=np.array([sx, sy, -left * sx, -top * sy], np.float32),
    )
