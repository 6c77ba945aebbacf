"""Cuts the upper teeth and the cavity of the mouth out of photos that show them."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from render.cloning.interior.edge import find_incisal_edge
from render.cloning.interior.exemplar import Exemplar, apply, warp

DARK = (36.0, 20.0, 22.0)
"""RGB of the depth of an open mouth."""
DIMMEST = 0.35
"""Teeth towards the corners of the mouth count while they are this bright, of the brightest."""
GUMS = (128.0, 70.0, 66.0)
"""RGB of gums in the shadow of the lip."""


@dataclass(frozen=True, slots=True)
class PinnedTexture:
    """A picture that hangs on one point of the face and never stretches.

    Attributes:
        rgba: (h, w, 4) uint8, not premultiplied; alpha 0 where the picture has nothing.
        box: (4,) float32 left, top, right, bottom in portrait pixels from the pin, at the
            portrait's own size and turned with the head.
    """

    rgba: NDArray[np.uint8]
    box: NDArray[np.float32]

    def scaled(self, factor: float) -> "PinnedTexture":
        """Returns the same picture standing `factor` times as large about its pin."""
        return PinnedTexture(self.rgba, (self.box * factor).astype(np.float32))


def cut_upper_teeth(
    source: Exemplar, to_portrait: NDArray[np.float64], pin: NDArray[np.float32], light: float
) -> PinnedTexture | None:
    """Cuts the upper row of teeth, filled up to and beyond the lip that covers it.

    Args:
        source: A smile that shows them.
        to_portrait: (2, 3) takes `source` to the portrait's pixels, skull on skull.
        pin: (2,) portrait pixels the picture hangs on.
        light: Factor that brings the source's light to the portrait's.

    Returns:
        The teeth, or None where no row of teeth can be told from lips and tongue.
    """
    width = source.mouth_width * _scale(to_portrait)
    reach = np.array([0.62 * width, 0.30 * width])
    middle = apply(to_portrait, source.inner_lips()).mean(0)
    frame = _Frame.around(middle, reach, _zoom(to_portrait, width))
    colour = frame.resample(source.rgb, to_portrait)
    opening = frame.polygon(apply(to_portrait, source.inner_lips()))
    mask = _teeth_mask(colour, opening, width * frame.zoom)
    if mask is None:
        return None
    kept = ((mask > 0.6) & (opening > 0.5)).astype(np.float32)
    colour, mask = _with_gums(_fill(colour, kept, 6), mask, kept, 0.12 * width * frame.zoom)
    return frame.pinned(np.asarray(colour * light, np.float32), mask, pin)


def cut_cavity(
    source: Exemplar, to_portrait: NDArray[np.float64], pin: NDArray[np.float32], light: float
) -> PinnedTexture:
    """Cuts tongue, lower teeth and the depth of a wide open mouth, and darkens beyond them.

    Args:
        source: An open mouth.
        to_portrait: (2, 3) takes `source` to the portrait's pixels.
        pin: (2,) portrait pixels of the middle of the lower inner lip.
        light: Factor that brings the source's light to the portrait's.

    Returns:
        An opaque picture that fades to dark away from what the source shows.
    """
    lips = apply(to_portrait, source.inner_lips())
    width = source.mouth_width * _scale(to_portrait)
    middle = lips.mean(0)
    reach = np.array([0.75 * width, 0.62 * width])
    frame = _Frame.around(middle, reach, _zoom(to_portrait, width))
    colour = frame.resample(source.rgb, to_portrait)
    opening = frame.polygon(lips)
    rim = max(3, round(0.03 * width * frame.zoom)) | 1
    ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (rim, rim + 2))
    shown = np.asarray(cv2.erode(opening, ellipse), np.float32)
    shown *= 1 - _upper_teeth_in_cavity(colour, shown)
    filled = _fill(colour, shown, 6)
    away = cv2.distanceTransform((shown < 0.5).astype(np.uint8), cv2.DIST_L2, 5)
    share = np.clip(away / (0.07 * width * frame.zoom), 0, 1)[..., None]
    depth = filled * (1 - share) + np.array(DARK, np.float32) * share
    depth = np.asarray(depth * light, np.float32)
    return frame.pinned(depth, np.ones(opening.shape, np.float32), pin)


@dataclass(frozen=True, slots=True)
class _Frame:
    """A texture's place on the portrait: its top left corner, its pixels, its resolution."""

    corner: NDArray[np.float64]
    size: tuple[int, int]
    zoom: float

    @staticmethod
    def around(middle: NDArray[np.float32], reach: NDArray[np.float64], zoom: float) -> "_Frame":
        size = np.maximum(8, np.ceil(2 * reach * zoom)).astype(int)
        return _Frame(middle - size / zoom / 2, (int(size[0]), int(size[1])), zoom)

    def matrix(self, to_portrait: NDArray[np.float64]) -> NDArray[np.float64]:
        moved = to_portrait * self.zoom
        moved[:, 2] -= self.corner * self.zoom
        return moved

    def resample(
        self, picture: NDArray[np.uint8], to_portrait: NDArray[np.float64]
    ) -> NDArray[np.float32]:
        moved = warp(picture, self.matrix(to_portrait), self.size)
        return np.asarray(np.clip(moved, 0, 255), np.float32)

    def polygon(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        mask = np.zeros((self.size[1], self.size[0]), np.uint8)
        inside = (points - self.corner) * self.zoom - 0.5
        cv2.fillPoly(mask, [np.round(inside * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        return np.asarray(mask, np.float32) / np.float32(255)

    def pinned(
        self, colour: NDArray[np.float32], alpha: NDArray[np.float32], pin: NDArray[np.float32]
    ) -> PinnedTexture:
        rgba = np.dstack([np.clip(colour, 0, 255), np.clip(alpha, 0, 1) * 255])
        low = self.corner - pin
        high = low + np.array(self.size) / self.zoom
        box = np.array([*low, *high], np.float32)
        return PinnedTexture(np.round(rgba).astype(np.uint8), box)


def _scale(matrix: NDArray[np.float64]) -> float:
    return float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))


def _zoom(to_portrait: NDArray[np.float64], width: float) -> float:
    """Texture pixels per portrait pixel: what the source holds, within sensible sizes."""
    return float(np.clip(1 / _scale(to_portrait), 1.0, max(1.0, 420 / (1.3 * width))))


def _teeth_mask(
    colour: NDArray[np.float32], opening: NDArray[np.float32], width: float
) -> NDArray[np.float32] | None:
    """Everything in the opening above the teeth's incisal edge; ends where enamel does."""
    edge = find_incisal_edge(colour, opening, width)
    if edge is None or not edge.clear:
        return None
    rows = np.arange(colour.shape[0], dtype=np.float32)[:, None]
    above = np.clip(edge.rows - rows + 0.5, 0, 1) * (opening > 0.5)
    bright = np.where(above > 0.5, colour.min(2), 0).max(0)
    level = float(np.percentile(bright[bright > 0], 80)) if (bright > 0).any() else 0.0
    enamel = np.asarray(cv2.GaussianBlur(bright[None], (0, 0), 0.012 * width))[0]
    shown = np.flatnonzero((enamel > DIMMEST * level) & (above.sum(0) > 0.04 * width))
    if len(shown) < 0.3 * width:
        return None
    columns = np.arange(colour.shape[1])
    inward = np.minimum(columns - shown[0], shown[-1] - columns) / (0.02 * width)
    reach = np.ones((_odd(0.05 * width), 3), np.uint8)
    upward = np.maximum.accumulate(above[::-1], 0)[::-1] * cv2.dilate(opening, reach)
    upward = upward * np.clip(inward, 0, 1)
    return np.asarray(cv2.GaussianBlur(upward, (0, 0), max(0.6, 0.004 * width)), np.float32)


def _with_gums(
    colour: NDArray[np.float32], mask: NDArray[np.float32], shown: NDArray[np.float32], reach: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Grows the row upwards by gums, for smiles that lift the lip higher than the photo's."""
    rows = np.arange(mask.shape[0], dtype=np.float32)[:, None]
    solid = mask > 0.5
    top = np.where(solid.any(0), solid.argmax(0), mask.shape[0]).astype(np.float32)
    grown = np.clip(rows - (top - reach), 0, 1) * np.clip(top + 1 - rows, 0, 1)
    sides = cv2.GaussianBlur(mask.max(0)[None], (0, 0), 0.2 * reach)
    seen = shown > 0.5
    first = np.where(seen.any(0), seen.argmax(0), mask.shape[0]).astype(np.float32)
    share = np.clip((first - rows) / (0.35 * reach), 0, 1)[..., None]
    gums = colour * (1 - share) + np.array(GUMS, np.float32) * share
    alpha = np.maximum(mask, np.where(top < mask.shape[0], grown, 0) * np.clip(sides, 0, 1))
    return np.asarray(gums, np.float32), np.asarray(alpha, np.float32)


def _upper_teeth_in_cavity(
    colour: NDArray[np.float32], shown: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Where an open mouth shows its upper teeth: they hang on the skull, not on the jaw."""
    rows = np.flatnonzero(shown.max(1) > 0.5)
    if not len(rows):
        return np.zeros(shown.shape, np.float32)
    upper = np.zeros(shown.shape, np.float32)
    upper[: rows[0] + max(1, int(0.38 * len(rows)))] = 1
    bright = smoothstep(70, 105, colour.min(2)) * shown * upper
    reach = _odd(0.10 * len(rows))
    return np.asarray(cv2.dilate(bright, np.ones((reach, reach), np.uint8)), np.float32)


def _fill(
    colour: NDArray[np.float32], weight: NDArray[np.float32], levels: int
) -> NDArray[np.float32]:
    """Push-pull: carries known colours smoothly over what is unknown."""
    layers = [(colour * weight[..., None], weight)]
    for _ in range(levels):
        pixels, known = layers[-1]
        if min(known.shape) < 4:
            break
        layers.append((np.asarray(cv2.pyrDown(pixels)), np.asarray(cv2.pyrDown(known))))
    pixels, known = layers[-1]
    filled = pixels / np.maximum(known, 1e-4)[..., None]
    for pixels, known in reversed(layers[:-1]):
        filled = np.asarray(cv2.pyrUp(filled, dstsize=(known.shape[1], known.shape[0])))
        sure = np.clip(known, 0, 1)[..., None]
        filled = filled * (1 - sure) + pixels / np.maximum(known, 1e-4)[..., None] * sure
    return np.asarray(filled, np.float32)


def _odd(length: float) -> int:
    return max(3, round(length)) | 1


def smoothstep(low: float, high: float, values: NDArray[np.float32] | float) -> NDArray[np.float32]:
    """Returns 0 below `low`, 1 above `high`, and a smooth rise between."""
    share = np.clip((np.asarray(values, np.float32) - low) / (high - low), 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)


def incisal_edge(teeth: PinnedTexture) -> float:
    """Returns how far the edge of the middle incisors lies below the pin, portrait pixels."""
    alpha = teeth.rgba[..., 3]
    rows, columns = alpha.shape
    middle = columns * -float(teeth.box[0]) / float(teeth.box[2] - teeth.box[0])
    reach = columns / 16
    left, right = int(max(0, middle - reach)), int(min(columns, middle + reach)) + 1
    filled = np.flatnonzero((alpha[:, left:right] > 127).mean(1) > 0.5)
    last = float(filled[-1] + 1) if len(filled) else rows / 2
    return float(teeth.box[1] + last / rows * (teeth.box[3] - teeth.box[1]))
