"""Checks that a bundle read from a file can be drawn safely.

The kernels do not check bounds: whatever passes here must not lead them outside their arrays.
"""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from render.face.avatar import AvatarBundle, Eye, Lips, Mesh, OwnLook
from render.face.errors import BundleCorrupt
from render.face.topology import LANDMARKS
from render.types import ARKIT_SHAPES

MAX_CANVAS = 4096
MAX_VERTICES = 20_000
TEXTURES = frozenset(
    {"skin", "matte", "backdrop", "smooth", "smile_ratio", "open_ratio"}
    | {"teeth", "cavity", "tongue"}
    | {f"eye_{side}_{part}" for side in ("right", "left") for part in ("photo", "white", "iris")}
)
OWN_TEXTURES = frozenset({"own_lips", "own_mouth"})


def check_bundle(bundle: AvatarBundle) -> None:
    """Checks shapes, index ranges and numbers.

    Raises:
        BundleCorrupt: Something does not fit together.
    """
    width, height = bundle.canvas
    _require(0 < width <= MAX_CANVAS and 0 < height <= MAX_CANVAS, "canvas")
    _require(set(bundle.textures) >= TEXTURES, "textures")
    for name, texture in bundle.textures.items():
        _require(texture.box.shape == (4,) and bool(np.isfinite(texture.box).all()), name)
        _require(bool((texture.box[2:] > texture.box[:2]).all()), name)
        _require(_is_picture(texture.data), name)
    _check_mesh(bundle.mesh)
    vertices = len(bundle.mesh.rest)
    _check_lips(bundle.lips, vertices)
    for eye in bundle.eyes:
        _check_eye(eye, vertices)
    head, mouth = bundle.head, bundle.mouth
    for vector in (head.right, head.up, head.forward, head.pivot, mouth.upper_edge):
        _numbers(vector, (3,), "head")
    _numbers(mouth.tongue_motion, (len(ARKIT_SHAPES), 3), "mouth")
    for sprite in (mouth.upper_teeth, mouth.cavity, mouth.tongue):
        _numbers(sprite.centre, (3,), "mouth")
        _require(sprite.texture in bundle.textures, "mouth")
        _require(bool(np.isfinite((sprite.width, sprite.height)).all()), "mouth")
        _require(sprite.width > 0 and sprite.height > 0, "mouth")
    if bundle.own is not None:
        _require(set(bundle.textures) >= OWN_TEXTURES, "textures")
        _check_own(bundle.own, bundle.lips.upper.shape[1])
    sizes = (head.width, head.height, head.chin_row, head.crown_row, head.cut_row, head.centre)
    _require(bool(np.isfinite(sizes).all()) and head.width > 1 and head.height > 1, "head")


def _require(condition: bool, what: str) -> None:
    if not condition:
        raise BundleCorrupt(f"The avatar file is damaged ({what}).")


def _is_picture(data: bytes) -> bool:
    """Reads no more than the head of a picture, so that a bomb is not unpacked."""
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as picture:
            return max(picture.size) <= MAX_CANVAS
    except (OSError, ValueError, Image.DecompressionBombError):
        return False


def _numbers(array: NDArray[np.float32], shape: tuple[int, ...], what: str) -> None:
    _require(array.shape == shape and bool(np.isfinite(array).all()), what)


def _indices(array: NDArray[np.int16], below: int, what: str) -> None:
    _require(array.size == 0 or (int(array.min()) >= 0 and int(array.max()) < below), what)


def _check_mesh(mesh: Mesh) -> None:
    count, shapes = len(mesh.rest), len(ARKIT_SHAPES)
    _require(LANDMARKS <= count <= MAX_VERTICES, "mesh")
    _numbers(mesh.uv, (count, 2), "mesh")
    _numbers(mesh.rest, (count, 3), "mesh")
    _require(mesh.deltas.shape == (shapes, LANDMARKS, 3), "shapes")
    _numbers(mesh.delta_scale, (shapes,), "shapes")
    for weights in (mesh.head_weight, mesh.breath_weight, mesh.corner_alpha, mesh.lid_alpha):
        _numbers(weights, (count,), "weights")
    entries = len(mesh.row_index)
    _numbers(mesh.row_weight, (entries,), "rows")
    _indices(mesh.row_index, LANDMARKS, "rows")
    starts = mesh.row_start
    _require(starts.shape == (count + 1,) and starts[0] == 0 and starts[-1] == entries, "rows")
    _require(bool((np.diff(starts) >= 0).all()), "rows")
    for name in ("solid", "soft", "face", "seam", "corner", "lid_right", "lid_left", "surface"):
        triangles = getattr(mesh, name)
        _require(triangles.ndim == 2 and triangles.shape[1] == 3, name)
        _indices(triangles, LANDMARKS if name == "surface" else count, name)


def _check_lips(lips: Lips, vertices: int) -> None:
    _require(lips.upper.ndim == 2 and lips.upper.shape[0] == 4 and lips.upper.shape[1] >= 3, "lips")
    _require(lips.upper.shape == lips.lower.shape, "lips")
    ring = (3, lips.upper.shape[1])
    _numbers(lips.parted, ring[1:], "lips")
    _numbers(lips.upper_thickness, ring, "lips")
    _numbers(lips.lower_thickness, ring, "lips")
    for array in (lips.upper, lips.lower, lips.rim, lips.skin, lips.near, lips.near_rim):
        _indices(array, vertices, "lips")
    _numbers(lips.skin_weight, (len(lips.skin), len(lips.rim)), "lips")
    _require(lips.near.shape == lips.near_rim.shape == (len(lips.near),), "lips")
    _numbers(lips.near_distance, (len(lips.near),), "lips")
    _numbers(lips.near_direction, (len(lips.near), 3), "lips")


def _check_own(own: OwnLook, columns: int) -> None:
    _numbers(own.weights, (len(ARKIT_SHAPES),), "own")
    _require(own.delta.shape == (LANDMARKS, 3), "own")
    _numbers(own.rim_uv, (2, columns, 2), "own")
    _require(bool(np.isfinite((own.delta_scale, own.depth)).all()), "own")


def _check_eye(eye: Eye, vertices: int) -> None:
    _require(eye.side in ("right", "left"), "eyes")
    _require(eye.upper.ndim == 1 and len(eye.upper) >= 3, "eyes")
    _require(eye.upper.shape == eye.lower.shape, "eyes")
    _indices(eye.upper, vertices, "eyes")
    _indices(eye.lower, vertices, "eyes")
    _numbers(eye.centre, (3,), "eyes")
    _numbers(eye.centre_uv, (2,), "eyes")
    _require(bool(np.isfinite((eye.width, eye.opening)).all()) and eye.width > 0, "eyes")
