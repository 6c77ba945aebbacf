"""One photo to one avatar bundle."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from render.cloning.beyond import cut_edges
from render.cloning.brows.shading import build_brow_shading
from render.cloning.calibrate import calibrate
from render.cloning.eyeballs import build_eyes
from render.cloning.face_mesh import build_face_layer
from render.cloning.fit import fit_face
from render.cloning.glasses import find_frame, freedom, spare_frame
from render.cloning.interior.exemplar import Exemplar
from render.cloning.interior.interior import build_interior
from render.cloning.interior.shading import NEUTRAL
from render.cloning.lips import build_lips
from render.cloning.matting import foreground_alpha
from render.cloning.mesh import build_head, build_mesh
from render.cloning.oral import build_mouth
from render.cloning.own_look import build_own_look
from render.cloning.textures import build_layers, clean_matte
from render.face import topology
from render.face.avatar import AvatarBundle, Provenance
from render.face.landmarks import DetectedFace, find_face
from render.face.shapes import load_shapes

CANVAS_HEIGHT = 1024
"""Largest height of a canvas, pixels."""
ABOVE, BELOW, BESIDE = 0.85, 1.1, 2.4
"""How much of the photo around the face is kept, in face heights: above the forehead, below the
chin, to each side of the middle (room for a 16:9 picture)."""

SHADES = ("smile_ratio", "open_ratio", "brow_ratio")
"""Textures that shade the skin, and nothing that is worn on it."""


def build_avatar(
    rgb: NDArray[np.uint8],
    *,
    name: str,
    provenance: Provenance,
    face: DetectedFace | None = None,
    sheet: Mapping[str, Exemplar] | None = None,
    photos: Sequence[Exemplar] = (),
) -> AvatarBundle:
    """Turns a photo into everything the drawing of that person needs.

    Args:
        rgb: (h, w, 3) uint8 photo with one face, upright.
        name: Shown to people.
        provenance: Where the person comes from.
        face: The face, where it was found already.
        sheet: Expressions of the person in one light, from `cut_sheet`: folds, teeth, cavity.
        photos: More photos of the person, such as a smile and an open mouth.

    Raises:
        NoFace: No face is visible.
    """
    canvas, found = _cut_canvas(rgb, face or find_face(rgb))
    shapes = load_shapes()
    frame = find_frame(canvas, found.points)
    free = (
        freedom(frame, found.points[: topology.LANDMARKS, :2], shapes.triangles) if frame else None
    )
    fit = fit_face(found, shapes, free)
    matte = clean_matte(foreground_alpha(canvas, found.points))
    layer = build_face_layer(shapes)
    margin = cut_edges(matte, fit)
    placed = build_mesh(fit, layer, shapes, matte, margin)
    eyes, eye_textures = build_eyes(canvas, found.points, layer.eyes, placed)
    rest = (fit.neutral[:, :2] * [1, -1]).astype(np.float32)
    portrait = Exemplar(canvas, found)
    interior = build_interior(portrait, rest, sheet=sheet, photos=photos)
    mouth, mouth_textures = build_mouth(canvas, fit, interior)
    own, own_textures = build_own_look(canvas, fit, layer, found.scores)
    brows = {"brow_ratio": build_brow_shading(portrait, sheet)}
    textures = build_layers(canvas, matte, fit, margin) | eye_textures | mouth_textures | brows
    if frame:
        textures |= {name: spare_frame(textures[name], frame, NEUTRAL) for name in SHADES}
    bundle = AvatarBundle(
        name=name,
        provenance=provenance,
        canvas=(canvas.shape[1], canvas.shape[0]),
        head=build_head(fit, placed, matte),
        mesh=placed.mesh,
        lips=build_lips(fit, layer, placed.rest),
        eyes=eyes,
        mouth=mouth,
        textures=textures | own_textures,
        own=own,
    )
    return calibrate(bundle)


def _cut_canvas(
    rgb: NDArray[np.uint8], face: DetectedFace
) -> tuple[NDArray[np.uint8], DetectedFace]:
    """Cuts the part of the photo around the face and scales it to the canvas."""
    points = face.points
    forehead, chin = points[topology.FOREHEAD, :2], points[topology.CHIN, :2]
    tall = float(np.linalg.norm(forehead - chin))
    middle = float(points[list(topology.OVAL), 0].mean())
    wanted = np.array(
        [middle - BESIDE * tall, forehead[1] - ABOVE * tall,
         middle + BESIDE * tall, chin[1] + BELOW * tall]
    )  # fmt: skip
    height, width = rgb.shape[:2]
    left, top, right, bottom = np.clip(wanted, 0, [width, height, width, height]).astype(int)
    scale = min(1.0, CANVAS_HEIGHT / (bottom - top))
    size = (max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale)))
    canvas = cv2.resize(rgb[top:bottom, left:right], size, interpolation=cv2.INTER_AREA)
    moved = (points - np.array([left, top, 0], np.float32)) * np.float32(scale)
    return np.ascontiguousarray(canvas, np.uint8), replace(face, points=moved)
