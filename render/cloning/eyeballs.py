"""Whole eyeballs from what a photo shows of them."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from render.cloning.face_mesh import EyeRings
from render.cloning.mesh import Placed, smoothstep
from render.face import topology
from render.face.avatar import Eye, Texture
from render.face.images import encode, to_bytes

SIDES = ("right", "left")
LOSSLESS = 101
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Patch:
    """The neighbourhood of one eye.

    Attributes:
        pixels: (h, w, 3) float64 photo.
        visible: (h, w) bool, surely eyeball.
        height: (h, w) float64, 0 at the top of the opening, 1 at its bottom.
        across: (h, w) float64, -1 at the left end of the patch, 1 at the right.
        distance: (h, w) float64 from the iris' centre, pixels.
        radius: Of the iris, pixels.
        width: Of the eye, pixels.
    """

    pixels: Floats
    visible: NDArray[np.bool_]
    height: Floats
    across: Floats
    distance: Floats
    radius: float
    width: float


def build_eyes(
    rgb: NDArray[np.uint8],
    points: NDArray[np.float32],
    rings: tuple[EyeRings, EyeRings],
    placed: Placed,
) -> tuple[tuple[Eye, Eye], dict[str, Texture]]:
    """Builds both eyes and their textures.

    Args:
        rgb: (h, w, 3) uint8, the canvas.
        points: (478, 3) float32 landmarks on it.
        rings: Vertices of the lids.
        placed: The mesh.
    """
    eyes: list[Eye] = []
    textures: dict[str, Texture] = {}
    for side, ring, iris, (upper, lower) in zip(
        SIDES, rings, topology.IRISES, topology.EYE_RIMS, strict=True
    ):
        centre = points[iris[0], :2].astype(np.float64)
        width = float(np.linalg.norm(points[upper[0], :2] - points[upper[-1], :2]))
        outline = placed.mesh.uv[[*ring.upper, *ring.lower[::-1]]].astype(np.float64)
        radius = float(np.linalg.norm(points[list(iris[1:]), :2] - centre, axis=1).mean())
        patch, box = _cut(rgb, outline, centre, radius, width)
        textures |= _paint(side, patch, box)
        depth = placed.source[[*ring.upper, *ring.lower], 2].mean()
        middle = points[upper[4], :2] - points[lower[4], :2]
        eyes.append(
            Eye(
                side=side,
                upper=np.array(ring.upper, np.int16),
                lower=np.array(ring.lower, np.int16),
                centre=np.array([centre[0], -centre[1], depth], np.float32),
                centre_uv=centre.astype(np.float32),
                width=width,
                opening=float(np.linalg.norm(middle)),
            )
        )
    return (eyes[0], eyes[1]), textures


def _cut(
    rgb: NDArray[np.uint8], outline: Floats, centre: Floats, radius: float, width: float
) -> tuple[_Patch, tuple[int, int, int, int]]:
    """Cuts one eye out of the canvas."""
    left, top = np.maximum(np.floor(outline.min(0) - 0.22 * width).astype(int), 0)
    right, bottom = np.ceil(outline.max(0) + 0.22 * width).astype(int) + 1
    pixels = rgb[top:bottom, left:right].astype(np.float64)
    h, w = pixels.shape[:2]
    fine = np.zeros((h * 4, w * 4), np.uint8)
    corners = np.rint((outline - [left, top]) * 4 - 0.5).astype(np.int32)
    cv2.fillPoly(fine, [corners], 255)
    opening = cv2.resize(fine, (w, h), interpolation=cv2.INTER_AREA) > 230
    erosion = max(1, round(0.022 * width))
    visible = cv2.erode(opening.astype(np.uint8), np.ones((3, 3), np.uint8), iterations=erosion)
    rows, columns = np.mgrid[:h, :w] + 0.5
    patch = _Patch(
        pixels=pixels,
        visible=visible > 0,
        height=(rows + top - outline[:, 1].min()) / max(float(np.ptp(outline[:, 1])), 1.0),
        across=(columns - w / 2) / (w / 2),
        distance=np.hypot(columns - (centre[0] - left), rows - (centre[1] - top)),
        radius=radius,
        width=width,
    )
    return patch, (int(left), int(top), int(left) + w, int(top) + h)


def _paint(side: str, patch: _Patch, box: tuple[int, int, int, int]) -> dict[str, Texture]:
    """Completes what lids hide: the photo's eye, the white without iris, the iris alone."""
    white = _plain_white(patch)
    on_iris = (1 - smoothstep(0.92, 1.12, patch.distance / patch.radius))[..., None]
    whole = white * (1 - on_iris) + _round_iris(patch, white) * on_iris
    seen = _soft(patch.visible, patch)
    photo = patch.pixels * seen + whole * (1 - seen)
    clear = patch.visible & (patch.distance > 1.3 * patch.radius)
    bare = cv2.GaussianBlur(clear.astype(np.float64), (0, 0), 0.02 * patch.width)[..., None]
    shadow = (0.66 + 0.34 * smoothstep(-0.1, 0.6, patch.height))[..., None]
    sclera = patch.pixels * bare + white * shadow * (1 - bare)
    iris = np.dstack([photo, on_iris * 255])
    parts = {"photo": photo, "white": sclera, "iris": iris}
    return {
        f"eye_{side}_{name}": encode(to_bytes(pixels), "webp", LOSSLESS, box)
        for name, pixels in parts.items()
    }


def _soft(mask: NDArray[np.bool_], patch: _Patch) -> Floats:
    """Returns (h, w, 1): the mask with an edge that ends inside it."""
    blurred = cv2.GaussianBlur(mask.astype(np.float64), (0, 0), 0.02 * patch.width)
    return np.clip(np.asarray(blurred, np.float64) * 2 - 1, 0, 1)[..., None]


def _plain_white(patch: _Patch) -> Floats:
    """Paints an eyeball without iris in the tone the photo's white has, darker at its ends."""
    white = patch.visible & (patch.distance > 1.2 * patch.radius)
    samples = patch.pixels[white] if white.sum() > 20 else np.array([[200.0, 190.0, 185.0]])
    tone: Floats = np.percentile(samples, 78, axis=0)
    return tone * (1 - 0.35 * patch.across**2)[..., None]


def _round_iris(patch: _Patch, white: Floats) -> Floats:
    """Completes the iris: each distance from the centre takes its median visible colour."""
    count = int(2 * patch.radius) + 2
    profile, last = np.zeros((count, 3)), white[white.shape[0] // 2, white.shape[1] // 2]
    for ring in range(count):
        samples = patch.pixels[patch.visible & (np.abs(patch.distance - ring) < 1.2)]
        if len(samples) > 3:
            last = np.median(samples, axis=0)
        profile[ring] = last
    place = np.clip(patch.distance, 0, count - 1.01)
    low = place.astype(int)
    part = (place - low)[..., None]
    result: Floats = profile[low] * (1 - part) + profile[np.minimum(low + 1, count - 1)] * part
    return result
