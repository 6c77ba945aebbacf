"""What an avatar is: everything the drawing of one person needs, as plain arrays.

The renderer and the browser draw from exactly this.

Canvas space: pixels of the canvas the textures cover, x right, y down, continuous (the first
pixel's centre is at 0.5). Head space: x right, y up (minus the canvas y), z toward the viewer,
in canvas pixels. All vertex indices count rows of `Mesh.rest`.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Indices = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Texture:
    """An encoded picture and the part of the canvas it covers.

    Attributes:
        data: JPEG, PNG or WebP bytes, just as stored, so that saving loses nothing.
        box: (4,) float32 left, top, right, bottom in canvas pixels. Textures that no part of
            the canvas shows (teeth, tongue) have 0, 0, width, height.
    """

    data: bytes
    box: Floats


@dataclass(frozen=True, slots=True)
class HeadShape:
    """The head as a rigid body, in head space.

    Attributes:
        right, up, forward: (3,) unit vectors of the head as the photo shows it.
        width: Face width, canvas pixels.
        height: Forehead to chin, canvas pixels.
        pivot: (3,) the point the head turns about, at the top of the neck.
        eye_depth: z of the eyes before the pivot; depth is stretched about this plane.
        chin_row: Canvas y of the chin.
        crown_row: Canvas y of the top of the hair.
        cut_row: Canvas y from which the body is cut by the canvas' left or right edge.
        centre: Canvas x of the middle of the face.
    """

    right: Floats
    up: Floats
    forward: Floats
    width: float
    height: float
    pivot: Floats
    eye_depth: float
    chin_row: float
    crown_row: float
    cut_row: float
    centre: float


@dataclass(frozen=True, slots=True)
class Mesh:
    """Vertices (n of them: 468 landmarks, refined contours, lashes, surroundings) and triangles.

    Attributes:
        uv: (n, 2) float32 canvas pixels.
        rest: (n, 3) float32 head space, without expression, lips closed.
        deltas: (52, 468, 3) int8 motion of the landmarks in the order of ARKIT_SHAPES.
        delta_scale: (52,) float32 canvas pixels per unit of `deltas`.
        row_start, row_index, row_weight: (n + 1,) int32, (k,) int16, (k,) float32; compressed
            sparse rows that carry motion and shade of the landmarks to every vertex.
        head_weight: (n,) float32, 1 turns with the head, 0 stays with the body.
        breath_weight: (n,) float32, how far a vertex rises with the breath.
        corner_alpha: (n,) float32, where the smooth texture covers pursed corners of the mouth.
        lid_alpha: (n,) float32, where the smooth texture covers closing lids.
        surface: (898, 3) int16 triangles of the landmarks, for shading.
        solid: (t, 3) int16 outside the face, fully covered by the person.
        soft: (t, 3) int16 outside the face, partly covered (hair, outline).
        face: (t, 3) int16.
        seam: (t, 3) int16 between the lips: the photo's own seam, below whatever opens.
        corner: (t, 3) int16 the part of `face` that takes `corner_alpha`.
        lid_right, lid_left: (t, 3) int16 the upper lids that take `lid_alpha`.
    """

    uv: Floats
    rest: Floats
    deltas: NDArray[np.int8]
    delta_scale: Floats
    row_start: NDArray[np.int32]
    row_index: Indices
    row_weight: Floats
    head_weight: Floats
    breath_weight: Floats
    corner_alpha: Floats
    lid_alpha: Floats
    surface: Indices
    solid: Indices
    soft: Indices
    face: Indices
    seam: Indices
    corner: Indices
    lid_right: Indices
    lid_left: Indices


@dataclass(frozen=True, slots=True)
class Lips:
    """The lips' rings and what keeps them and the skin around them from folding.

    Attributes:
        upper, lower: (4, m) int16 vertices of the rings, inner to outer, left to right.
        parted: (m,) float32 how far apart the photo shows the lips, 0 to 1: such lips need a
            drawn seam where they close.
        upper_thickness, lower_thickness: (3, m) float32 distances between rings at rest.
        rim: (k,) int16 vertices of the outermost ring that the skin follows.
        skin: (s,) int16 landmarks around the mouth.
        skin_weight: (s, k) float32 how far each follows each of `rim`.
        near: (p,) int16 the first row of skin.
        near_rim: (p,) int16 the rim vertex nearest to each.
        near_distance: (p,) float32 their distance at rest.
        near_direction: (p, 3) float32 unit vectors from the rim to the skin.
    """

    upper: Indices
    lower: Indices
    parted: Floats
    upper_thickness: Floats
    lower_thickness: Floats
    rim: Indices
    skin: Indices
    skin_weight: Floats
    near: Indices
    near_rim: Indices
    near_distance: Floats
    near_direction: Floats


@dataclass(frozen=True, slots=True)
class Eye:
    """One eye: the textures "eye_<side>_photo", "_white" and "_iris" share one box.

    Attributes:
        side: "right" or "left", the person's own.
        upper, lower: (m,) int16 vertices of the lid rims, left to right.
        centre: (3,) float32 of the iris, head space.
        centre_uv: (2,) float32 of the iris, canvas pixels.
        width: Corner to corner, canvas pixels.
        opening: Height of the opening in the photo, canvas pixels.
    """

    side: str
    upper: Indices
    lower: Indices
    centre: Floats
    centre_uv: Floats
    width: float
    opening: float


@dataclass(frozen=True, slots=True)
class Sprite:
    """A picture that stands in the mouth, parallel to the face.

    Attributes:
        texture: Name of an RGBA texture.
        centre: (3,) float32 head space at rest.
        width, height: Canvas pixels.
    """

    texture: str
    centre: Floats
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Mouth:
    """The inside of the mouth.

    Attributes:
        upper_teeth: Fixed to the skull; its texture has alpha.
        cavity: Tongue, lower teeth and depth; moves with the middle of the lower inner lip. Its
            texture is opaque.
        tongue: A tongue whose tip is raised, for the sounds that show it.
        upper_edge: (3,) float32 incisal edge of the upper teeth, head space.
        tongue_motion: (52, 3) float32 how each shape moves the tongue.
        light: How bright the photo's light is, about 1.
        own_teeth, own_cavity, own_shading: Whether these come from photos of this person.
    """

    upper_teeth: Sprite
    cavity: Sprite
    tongue: Sprite
    upper_edge: Floats
    tongue_motion: Floats
    light: float
    own_teeth: bool
    own_cavity: bool
    own_shading: bool


@dataclass(frozen=True, slots=True)
class OwnLook:
    """The expression that the photo itself shows, where its lips are parted.

    Near that expression the picture is the photo: lips and the inside of the mouth come from it,
    with a weight that the commanded shapes give (`own_weights` in `render.puppet.own`).

    Attributes:
        weights: (52,) float32 shapes that were taken out of the photo to make it neutral.
        delta: (468, 3) int8 what those shapes leave of the way from rest to the photo.
        delta_scale: Canvas pixels per unit of `delta`.
        rim_uv: (2, m, 2) float32 canvas pixels of the upper and the lower inner lip as the photo
            shows them; the texture "own_lips" is the photo around the lips.
        depth: z in head space at which the texture "own_mouth" stands, the photo's opening; its
            box is its place on the canvas. It is fixed to the skull and has alpha.
    """

    weights: Floats
    delta: NDArray[np.int8]
    delta_scale: float
    rim_uv: Floats
    depth: float


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the person comes from.

    Attributes:
        source: Plain words ("openpeople P001", "uploaded photo").
        ai_generated: Whether the pictured person does not exist.
        consent: Who agreed to the use and how, or "" where nobody has to.
    """

    source: str
    ai_generated: bool
    consent: str = ""


@dataclass(frozen=True, slots=True)
class AvatarBundle:
    """One person, ready to be drawn.

    Attributes:
        name: Shown to people.
        provenance: Where the person comes from.
        canvas: (width, height) in canvas pixels.
        textures: "skin" (colour of the person, opaque), "matte" (how much of each pixel is the
            person), "backdrop" (what is behind), "smooth" (the face without creases),
            "smile_ratio" and "open_ratio" (how these shade the skin: a colour is multiplied by
            code / 128), "brow_ratio" (likewise the forehead: red by raised, green by grieving,
            blue by frowning brows; older bundles lack it), "teeth", "cavity", "tongue", those of
            the eyes, and those of `own`.
        own: The photo's own expression, or None where the photo's lips are closed.
    """

    name: str
    provenance: Provenance
    canvas: tuple[int, int]
    head: HeadShape
    mesh: Mesh
    lips: Lips
    eyes: tuple[Eye, Eye]
    mouth: Mouth
    textures: dict[str, Texture] = field(repr=False)
    own: OwnLook | None = None
