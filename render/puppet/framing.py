"""Where the person stands in the picture and what is behind."""

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from render.face.avatar import AvatarBundle, HeadShape
from render.face.images import decode
from render.puppet.pose import View

Background = None | Literal["transparent"] | tuple[int, int, int] | NDArray[np.uint8]
"""None is the photo's own; a colour is RGB 0..255; a picture is (h, w, 3) uint8 RGB."""

VIEW_HEIGHT, VIEW_WIDTH = 2.0, 1.6
"""Least extent of a view, face heights."""
HEADROOM = 0.08
"""Least space above the head, face heights."""
BELOW_CHIN = 0.35
"""Least part of the body in view, face heights."""


def choose_view(bundle: AvatarBundle, width: int, height: int) -> View:
    """Frames head and shoulders for a picture of that many pixels.

    The body never ends inside the picture: a view wider than the canvas stops above the row
    where the photo's sides cut the shoulders; a tall one gets more background above the head.
    """
    head, (canvas_width, canvas_height) = bundle.head, bundle.canvas
    aspect = width / height
    tall = max(VIEW_HEIGHT * head.height, VIEW_WIDTH * head.height / aspect)
    hair_is_cut = head.crown_row < 2
    top = 0.0 if hair_is_cut else head.crown_row - HEADROOM * head.height
    lowest = _lowest_row(head, canvas_height, tall * aspect > canvas_width)
    if aspect >= 1 or hair_is_cut:
        tall = min(tall, lowest - top)
    else:
        top = min(top, lowest - tall)
    wide = tall * aspect
    left = head.centre - wide / 2
    if wide <= canvas_width:
        left = min(max(left, 0.0), canvas_width - wide)
    scale = height / tall
    return View(scale=scale, left=-left * scale, top=-top * scale)


def _lowest_row(head: HeadShape, canvas_height: int, sides_show: bool) -> float:
    if not sides_show:
        return float(canvas_height)
    needed = head.chin_row + BELOW_CHIN * head.height
    return min(float(canvas_height), max(head.cut_row, needed))


def paint_background(
    bundle: AvatarBundle, view: View, width: int, height: int, background: Background
) -> NDArray[np.uint8]:
    """Returns the (height, width, 4) uint8 picture without the person."""
    plate = np.zeros((height, width, 4), np.uint8)
    if isinstance(background, str):
        return plate
    plate[..., 3] = 255
    if background is None:
        plate[..., :3] = _own_backdrop(bundle, view, width, height)
    elif isinstance(background, tuple):
        plate[..., :3] = background
    else:
        plate[..., :3] = _cover(background, width, height)
    return plate


def _own_backdrop(bundle: AvatarBundle, view: View, width: int, height: int) -> NDArray[np.uint8]:
    """Scales the photo's background to the view; beyond the photo it goes on mirrored."""
    texture = bundle.textures["backdrop"]
    pixels = decode(texture)[..., :3]
    left, top, right, bottom = (float(edge) for edge in texture.box)
    sx = (right - left) / pixels.shape[1] * view.scale
    sy = (bottom - top) / pixels.shape[0] * view.scale
    to_screen = np.array(
        [
            [sx, 0, left * view.scale + view.left + 0.5 * sx - 0.5],
            [0, sy, top * view.scale + view.top + 0.5 * sy - 0.5],
        ]
    )
    return np.asarray(
        cv2.warpAffine(
            pixels, to_screen, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
        ),
        np.uint8,
    )


def _cover(picture: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Scales a picture to fill the frame, its middle kept."""
    scale = max(width / picture.shape[1], height / picture.shape[0])
    size = (
        max(width, round(picture.shape[1] * scale)),
        max(height, round(picture.shape[0] * scale)),
    )
    shape = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    grown = cv2.resize(picture[..., :3], size, interpolation=shape)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return np.asarray(grown[top : top + height, left : left + width], np.uint8)
