"""One bundle made ready for one picture size: the arrays the kernels read."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from render.face import topology
from render.face.avatar import AvatarBundle, Eye, Mesh, OwnLook, Sprite
from render.puppet.brows import BrowRatios, load_brows
from render.puppet.deform import Shape
from render.puppet.edges import shared_edges
from render.puppet.layers import (
    Box,
    MeshTexture,
    load_opaque,
    load_ratio,
    load_skin,
    load_sprite,
    soft_triangles,
)
from render.puppet.pose import View
from render.puppet.shade import Relief, lambert_terms

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TriangleList:
    """Triangles and which of them are only partly covered by the person.

    Attributes:
        triangles: (t, 3) int32.
        soft: (t,) uint8.
        order: (t,) int32, 0 to t - 1.
    """

    triangles: NDArray[np.int32]
    soft: NDArray[np.uint8]
    order: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class EyeSprites:
    """One eye's textures at screen scale, (h, w, 4) float32."""

    upper: NDArray[np.int32]
    lower: NDArray[np.int32]
    photo: Floats
    white: Floats
    iris: Floats
    width: float
    texels: float
    opening: float


@dataclass(frozen=True, slots=True)
class OwnScene:
    """The photo's own expression; the fields are empty where it has none.

    Attributes:
        weights: (52,) float32 its shapes; all 0 where it has none.
        lips: The photo around the lips.
        mouth: (h, w, 4) float32 its opening.
        uv: (n, 2) float32 places of the vertices on the photo.
        triangles: (t, 3) int32 the lips.
        alpha: (n,) float32, 1 on the lips.
    """

    weights: Floats
    lips: MeshTexture
    mouth: Floats
    uv: Floats
    triangles: NDArray[np.int32]
    alpha: Floats


@dataclass(frozen=True, slots=True)
class Scene:
    """What the kernels read, fixed for one bundle and one picture size.

    Attributes:
        anchors: (18, 3) float32 head space: top left, top right and bottom left of tongue,
            cavity, upper teeth, the photo's own opening, right eye, left eye.
        ratios: (h, w, 4) int16 each, shading of a smile and of an open mouth.
        ratio_box: Texels of `skin` they cover.
        brows: Wrinkles of the forehead, where the bundle has them.
        surface: (t, 3) int32 all triangles, those of the face first.
        surface_edges: (e, 4) int32 the face's edges, from `shared_edges`.
    """

    shape: Shape
    relief: Relief
    uv: Floats
    head_weight: Floats
    breath_weight: Floats
    corner_alpha: Floats
    lid_alpha: Floats
    solid: TriangleList
    around: TriangleList
    face: TriangleList
    seam: TriangleList
    surface: NDArray[np.int32]
    surface_edges: NDArray[np.int32]
    corner: NDArray[np.int32]
    lids: tuple[NDArray[np.int32], NDArray[np.int32]]
    skin: MeshTexture
    smooth: MeshTexture
    eyes: tuple[EyeSprites, EyeSprites]
    tongue: Floats
    cavity: Floats
    teeth: Floats
    anchors: Floats
    ratios: tuple[NDArray[np.int16], NDArray[np.int16]]
    ratio_box: Box
    brows: BrowRatios | None
    own: OwnScene


def build_scene(bundle: AvatarBundle, view: View) -> Scene:
    """Decodes, scales and expands a bundle."""
    mesh, skin = bundle.mesh, load_skin(bundle, view.scale)
    shape = _shape(bundle)
    mouth = bundle.mouth
    sprites = (mouth.tongue, mouth.cavity, mouth.upper_teeth)
    anchors = [_sprite_corners(bundle, sprite) for sprite in sprites]
    anchors.append(_own_corners(bundle))
    anchors += [_eye_corners(bundle, eye) for eye in bundle.eyes]

    def listed(triangles: NDArray[np.int16]) -> TriangleList:
        wide = triangles.astype(np.int32)
        order = np.arange(len(wide), dtype=np.int32)
        return TriangleList(wide, soft_triangles(skin, mesh.uv, wide), order)

    smile, ratio_box = load_ratio(bundle, "smile_ratio", skin)
    opened, _ = load_ratio(bundle, "open_ratio", skin)
    surface = _wide(np.concatenate([mesh.face, mesh.solid, mesh.soft]))
    return Scene(
        shape=shape,
        relief=_relief(mesh, shape),
        uv=mesh.uv,
        head_weight=mesh.head_weight,
        breath_weight=mesh.breath_weight,
        corner_alpha=mesh.corner_alpha.copy(),
        lid_alpha=mesh.lid_alpha,
        solid=listed(mesh.solid),
        around=listed(mesh.soft),
        face=listed(mesh.face),
        seam=listed(mesh.seam),
        surface=surface,
        surface_edges=shared_edges(surface, len(mesh.face)),
        corner=mesh.corner.astype(np.int32),
        lids=(mesh.lid_right.astype(np.int32), mesh.lid_left.astype(np.int32)),
        skin=skin,
        smooth=load_opaque(bundle.textures["smooth"], view.scale),
        eyes=(_eye(bundle, bundle.eyes[0], view), _eye(bundle, bundle.eyes[1], view)),
        tongue=_sprite(bundle, mouth.tongue, view),
        cavity=_sprite(bundle, mouth.cavity, view),
        teeth=_sprite(bundle, mouth.upper_teeth, view),
        anchors=np.concatenate(anchors).astype(np.float32),
        ratios=(smile, opened),
        ratio_box=ratio_box,
        brows=load_brows(bundle, skin),
        own=_own(bundle, view),
    )


def _own(bundle: AvatarBundle, view: View) -> OwnScene:
    own, mesh = bundle.own, bundle.mesh
    if own is None:
        nothing = MeshTexture(np.zeros((4, 4), np.uint32), np.ones(4, np.float32))
        blank = np.zeros((4, 4, 4), np.float32)
        none = np.zeros((0, 3), np.int32)
        alpha = np.zeros(len(mesh.uv), np.float32)
        return OwnScene(
            np.zeros(len(mesh.deltas), np.float32), nothing, blank, mesh.uv, none, alpha
        )
    uv = mesh.uv.copy()
    uv[bundle.lips.upper[0]], uv[bundle.lips.lower[0]] = own.rim_uv
    alpha = np.zeros(len(mesh.uv), np.float32)
    alpha[[*bundle.lips.upper.ravel(), *bundle.lips.lower.ravel()]] = 1
    face, box = mesh.face.astype(np.int32), bundle.textures["own_mouth"].box
    return OwnScene(
        weights=own.weights,
        lips=load_opaque(bundle.textures["own_lips"], view.scale),
        mouth=load_sprite(bundle.textures["own_mouth"], float(box[2] - box[0]) * view.scale),
        uv=uv,
        triangles=np.ascontiguousarray(face[(alpha[face] > 0).any(1)]),
        alpha=alpha,
    )


def _own_corners(bundle: AvatarBundle) -> Floats:
    """Returns where the photo's opening stands: unlike a sprite's, its axes are the canvas'."""
    if bundle.own is None:
        return np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
    left, top, right, bottom = bundle.textures["own_mouth"].box
    depth = bundle.own.depth
    return np.array([[left, -top, depth], [right, -top, depth], [left, -bottom, depth]], np.float32)


def _shape(bundle: AvatarBundle) -> Shape:
    mesh, lips, head = bundle.mesh, bundle.lips, bundle.head
    return Shape(
        rest=np.ascontiguousarray(mesh.rest),
        deltas=_expand_deltas(mesh, bundle.own),
        axes=np.stack([head.right, head.up, head.forward]).astype(np.float32),
        width=head.width,
        edge=bundle.mouth.upper_edge,
        lids=np.stack([np.stack([eye.upper, eye.lower]) for eye in bundle.eyes]).astype(np.int32),
        upper=_wide(lips.upper),
        lower=_wide(lips.lower),
        parted=lips.parted,
        upper_thickness=lips.upper_thickness,
        lower_thickness=lips.lower_thickness,
        rim=_wide(lips.rim),
        skin=_wide(lips.skin),
        skin_weight=lips.skin_weight,
        near=_wide(lips.near),
        near_rim=_wide(lips.near_rim),
        near_distance=lips.near_distance,
        near_direction=lips.near_direction,
    )


def _wide(indices: NDArray[np.int16]) -> NDArray[np.int32]:
    return indices.astype(np.int32)


def _expand_deltas(mesh: Mesh, own: OwnLook | None) -> Floats:
    """Carries the landmarks' shapes and the photo's own to all vertices: (53, n, 3) float32."""
    rows = np.zeros((len(mesh.rest), topology.LANDMARKS), np.float32)
    owner = np.repeat(np.arange(len(mesh.rest)), np.diff(mesh.row_start))
    rows[owner, mesh.row_index] = mesh.row_weight
    landmarks = mesh.deltas.astype(np.float32) * mesh.delta_scale[:, None, None]
    last = np.zeros_like(landmarks[:1])
    if own is not None:
        last[0] = own.delta.astype(np.float32) * np.float32(own.delta_scale)
    landmarks = np.concatenate([landmarks, last])
    return np.ascontiguousarray(np.matmul(rows, landmarks))


def _relief(mesh: Mesh, shape: Shape) -> Relief:
    surface = mesh.surface.astype(np.int32)
    lambert = np.empty(topology.LANDMARKS, np.float32)
    lambert_terms(surface, shape.rest, lambert)
    return Relief(
        surface=surface,
        lambert=lambert,
        fixed=np.array([*topology.EYES, *topology.OVAL], np.int32),
        row_start=mesh.row_start,
        row_index=mesh.row_index.astype(np.int32),
        row_weight=mesh.row_weight,
        lit=len(mesh.rest),
    )


def _sprite_corners(bundle: AvatarBundle, sprite: Sprite) -> Floats:
    across = bundle.head.right * (sprite.width / 2)
    upward = bundle.head.up * (sprite.height / 2)
    centre = sprite.centre
    return np.stack([centre - across + upward, centre + across + upward, centre - across - upward])


def _eye_corners(bundle: AvatarBundle, eye: Eye) -> Floats:
    left, top, right, bottom = bundle.textures[f"eye_{eye.side}_photo"].box
    corners = np.array([[left, top], [right, top], [left, bottom]], np.float32)
    offsets = (corners - eye.centre_uv) * [1, -1]
    return eye.centre + np.concatenate([offsets, np.zeros((3, 1))], 1).astype(np.float32)


def _sprite(bundle: AvatarBundle, sprite: Sprite, view: View) -> Floats:
    return load_sprite(bundle.textures[sprite.texture], sprite.width * view.scale)


def _eye(bundle: AvatarBundle, eye: Eye, view: View) -> EyeSprites:
    box = bundle.textures[f"eye_{eye.side}_photo"].box
    wide = float(box[2] - box[0]) * view.scale
    photo, white, iris = (
        load_sprite(bundle.textures[f"eye_{eye.side}_{part}"], wide)
        for part in ("photo", "white", "iris")
    )
    return EyeSprites(
        upper=eye.upper.astype(np.int32),
        lower=eye.lower.astype(np.int32),
        photo=photo,
        white=white,
        iris=iris,
        width=eye.width * view.scale,
        texels=photo.shape[1] / wide,
        opening=max(eye.opening * view.scale, 1.0),
    )
