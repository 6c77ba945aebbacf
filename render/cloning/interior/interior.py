"""The photographed inside of a mouth and the shading of expressions, as plain textures.

Upper teeth hang on the skull, the cavity with tongue and lower teeth on the lower lip; both come
from the person's own photos where such exist, else from a donor that fits.

How a frame is drawn (all in portrait pixels, before the head's own pose and the view's scale):

1. Skin: at texture coordinate `uv` multiply the portrait's colour by
   `1 + smile * (S - 1)` and `1 + jaw * (O - 1)`, where S and O are `smile_ratio` and `open_ratio`
   sampled bilinearly at `(uv - ratio_box[:2]) / (ratio_box[2:] - ratio_box[:2])` and divided by
   128 (outside the box 1), `smile` is the mean of the two mouthSmile shapes and
   half that of the two noseSneer shapes, and `jaw` is jawOpen, both as commanded, 0..1.
2. Opening: the polygon of the inner lips, antialiased, softened by .35 px; nothing where the gap
   is under half a pixel. With `gap` and `wide` its height and width:
   - `cavity.box` lies relative to the lower inner lip's middle (landmark 14) where it stands now;
     colour = cavity.rgb * `cavity_light(gap, wide)`.
   - `upper_teeth.box` lies relative to `upper_pin`, which is fixed to the skull: lips and jaw do
     not move it; colour = lerp(colour, teeth.rgb, teeth.alpha).
   - Contact shadow: colour *= 1 - `CONTACT_SHADOW` * s, where s is how much of the surroundings
     within `CONTACT_REACH` mouth widths (a Gaussian) is not opening.
   - Over the skin with the softened polygon as alpha.
Neither texture is ever stretched with the lips. Textures hold up to twice the portrait's
resolution: minify them by area averaging before they are sampled smaller.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from render.cloning.geometry import SUBNASALE
from render.cloning.interior.donors import Donor, DonorBook, load_donors
from render.cloning.interior.exemplar import OPEN_LABELS, RIGID, Exemplar, apply, similarity
from render.cloning.interior.row import dress_row, judge_row
from render.cloning.interior.shading import (
    RatioGrid,
    carry_map,
    encode_ratio,
    lay_grid,
    plainest_ratio,
)
from render.cloning.interior.textures import (
    PinnedTexture,
    cut_cavity,
    cut_upper_teeth,
    incisal_edge,
    smoothstep,
)
from render.face import topology

CONTACT_SHADOW = 0.45
CONTACT_REACH = 0.047

INCISAL_DROP = 0.012
"""How far below the resting seam of the lips the upper incisors end, in face widths."""

_DROPS = (0.0, 0.035)
_TEETH_SMILE, _OPEN = 0.05, 0.28
_POPULATION = 0.7
_MOUTH_OF_FACE = 0.385
"""Width of a resting mouth in face widths; a smiling portrait shows a wider one."""


@dataclass(frozen=True, slots=True)
class Interior:
    """What the drawing of an open mouth needs; the module's docstring says how to draw it.

    Attributes:
        upper_teeth: RGBA picture, pinned to `upper_pin`.
        upper_pin: (2,) float32 portrait pixels: the resting seam's middle, fixed to the skull.
        cavity: Opaque picture, pinned to the middle of the lower inner lip.
        smile_ratio, open_ratio: (rows, columns, 3) uint8, 128 leaves the skin as it is.
        ratio_box: (4,) float32 portrait pixels that both maps cover.
        own_teeth, own_cavity, own_shading: Whether they come from photos of this person.
    """

    upper_teeth: PinnedTexture
    upper_pin: NDArray[np.float32]
    cavity: PinnedTexture
    smile_ratio: NDArray[np.uint8]
    open_ratio: NDArray[np.uint8]
    ratio_box: NDArray[np.float32]
    own_teeth: bool
    own_cavity: bool
    own_shading: bool


def build_interior(
    portrait: Exemplar,
    rest: NDArray[np.float32],
    *,
    sheet: Mapping[str, Exemplar] | None = None,
    photos: Sequence[Exemplar] = (),
) -> Interior:
    """Builds the inside of one person's mouth.

    Args:
        portrait: The picture the avatar is made of; its pixels are the portrait pixels.
        rest: (468 or more, 2) float32 landmarks with the lips closed and no expression.
        sheet: Expressions of the person in one light, from `cut_sheet`.
        photos: More photos of the person, such as a smile and an open mouth.

    Returns:
        The person's own teeth, cavity and shading where photos show them, else a donor's.
    """
    book = load_donors()
    expressions = dict(sheet or {})
    others = [*photos, *expressions.values()]
    wide_open = [*photos, *(expressions[label] for label in OPEN_LABELS if label in expressions)]
    donor = book.nearest(portrait.skin_light())
    pin = rest[[topology.UPPER_LIP, topology.LOWER_LIP], :2].mean(0).astype(np.float32)
    teeth = own_teeth(portrait, pin, [portrait, *others])
    cavity = own_cavity(portrait, wide_open)
    corners = rest[list(topology.MOUTH_CORNERS), :2]
    mouth_width = float(np.linalg.norm(corners[1] - corners[0]))
    row = teeth or _donor_teeth(donor, portrait, rest)
    grid = lay_grid(portrait.points)
    smile, wide, own_shading = _ratios(portrait, grid, expressions, book)
    return Interior(
        upper_teeth=dress_row(row, mouth_width, portrait.bright_skin()),
        upper_pin=pin,
        cavity=cavity or _donor_cavity(donor, portrait, rest),
        smile_ratio=smile,
        open_ratio=wide,
        ratio_box=grid.box,
        own_teeth=teeth is not None,
        own_cavity=cavity is not None,
        own_shading=own_shading,
    )


def cavity_light(gap: float, wide: float) -> float:
    """Returns how bright the cavity is: dim behind narrow openings, full in wide ones.

    Args:
        gap: Height of the opening, any unit.
        wide: Its width, the same unit.
    """
    return float(0.45 + 0.55 * smoothstep(0.22, 0.42, gap / max(wide, 1e-6)))


def _face_width(points: NDArray[np.float32]) -> float:
    left, right = points[list(topology.CHEEK_EDGES), :2]
    return float(np.linalg.norm(right - left))


def _skull_on_skull(source: Exemplar, portrait: Exemplar) -> NDArray[np.float64]:
    """Takes a photo to the portrait by eyes and nose, then exactly by mouth and subnasale."""
    matrix = similarity(source.points[list(RIGID)], portrait.points[list(RIGID)])
    corners = list(topology.MOUTH_CORNERS)
    moved = apply(matrix, source.points)
    matrix[0, 2] += portrait.points[corners, 0].mean() - moved[corners, 0].mean()
    matrix[1, 2] += portrait.points[SUBNASALE, 1] - moved[SUBNASALE, 1]
    return matrix


def _light(source: Exemplar, portrait: Exemplar) -> float:
    return float(np.clip(portrait.skin_light() / max(source.skin_light(), 1.0), 0.6, 1.15))


def own_teeth(
    portrait: Exemplar, pin: NDArray[np.float32], photos: Sequence[Exemplar]
) -> PinnedTexture | None:
    """Cuts the upper teeth from the largest evenly lit smile that shows a sound row of them."""
    width = _face_width(portrait.points)
    smiles = [
        photo for photo in photos
        if min(photo.face.scores["mouthSmileLeft"], photo.face.scores["mouthSmileRight"]) > 0.5
        and _TEETH_SMILE < photo.opening < 0.4
    ]  # fmt: skip
    for photo in sorted(smiles, key=lambda one: (one.side_light() > 1.35, -one.mouth_width)):
        matrix = _skull_on_skull(photo, portrait)
        teeth = cut_upper_teeth(photo, matrix, pin, _light(photo, portrait))
        if teeth and judge_row(teeth, _MOUTH_OF_FACE * width).sound:
            drop = incisal_edge(teeth) / width
            shift = (np.clip(drop, *_DROPS) - drop) * width
            moved = teeth.box + np.array([0, shift, 0, shift], np.float32)
            return replace(teeth, box=moved.astype(np.float32))
    return None


def own_cavity(portrait: Exemplar, photos: Sequence[Exemplar]) -> PinnedTexture | None:
    """Cuts the cavity from the widest open mouth of the person."""
    wide = [photo for photo in photos if photo.opening > _OPEN and not _tongue_out(photo)]
    if not wide:
        return None
    photo = max(wide, key=lambda one: one.opening * one.mouth_width)
    matrix = _skull_on_skull(photo, portrait)
    lip = apply(matrix, photo.points[[topology.LOWER_LIP]])[0]
    return cut_cavity(photo, matrix, lip, _light(photo, portrait))


def _tongue_out(photo: Exemplar) -> bool:
    """Whether the tongue fills the opening: its middle is about as bright as the skin."""
    x, y = photo.inner_lips().mean(0).astype(int)
    reach = max(2, int(0.06 * photo.mouth_width))
    patch = photo.rgb[max(0, y - reach) : y + reach, max(0, x - reach) : x + reach]
    return not patch.size or bool(np.median(patch[..., 0]) > 0.8 * photo.skin_light())


def _donor_scale(donor: Donor, portrait: Exemplar, rest: NDArray[np.float32]) -> float:
    """Portrait pixels per donor unit, halfway between mouth and face proportions."""
    corners = rest[list(topology.MOUTH_CORNERS), :2]
    by_mouth = float(np.linalg.norm(corners[1] - corners[0])) / donor.mouth_width
    by_face = _face_width(portrait.points) / donor.face_width
    return float(np.sqrt(by_mouth * by_face))


def _donor_light(donor: Donor, portrait: Exemplar) -> float:
    return float(np.clip(portrait.skin_light() / donor.skin_light, 0.75, 1.1))


def _donor_teeth(donor: Donor, portrait: Exemplar, rest: NDArray[np.float32]) -> PinnedTexture:
    """A donor's teeth, their incisal edge where it is on most people."""
    teeth = _lit(donor.upper_teeth, _donor_light(donor, portrait))
    teeth = teeth.scaled(_donor_scale(donor, portrait, rest))
    shift = INCISAL_DROP * _face_width(portrait.points) - incisal_edge(teeth)
    return replace(teeth, box=(teeth.box + np.array([0, shift, 0, shift])).astype(np.float32))


def _donor_cavity(donor: Donor, portrait: Exemplar, rest: NDArray[np.float32]) -> PinnedTexture:
    cavity = _lit(donor.cavity, _donor_light(donor, portrait))
    return cavity.scaled(_donor_scale(donor, portrait, rest))


def _lit(texture: PinnedTexture, light: float) -> PinnedTexture:
    rgba = texture.rgba.astype(np.float32)
    rgba[..., :3] = np.clip(rgba[..., :3] * light, 0, 255)
    return replace(texture, rgba=np.round(rgba).astype(np.uint8))


def _ratios(
    portrait: Exemplar, grid: RatioGrid, sheet: Mapping[str, Exemplar], book: DonorBook
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], bool]:
    """Ratio maps of smile and open mouth, less what the portrait's own expression shows."""
    scores = portrait.face.scores
    own_smile = (scores["mouthSmileLeft"] + scores["mouthSmileRight"]) / 2
    left = (1 - own_smile, 1 - scores["jawOpen"])
    kinds = (("happy",), OPEN_LABELS)
    own = "neutral" in sheet and all(any(label in sheet for label in kind) for kind in kinds)
    maps = []
    for labels, population, strength in zip(
        kinds, (book.smile_ratio, book.open_ratio), left, strict=True
    ):
        if own:
            ratio = plainest_ratio(grid, portrait.points, sheet, labels)
        else:
            ratio = carry_map(grid, portrait.points, population, book.grid, book.points)
            strength *= _POPULATION
        maps.append(encode_ratio(ratio, grid.mask, float(strength)))
    return maps[0], maps[1], own
