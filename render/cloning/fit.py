"""Fits the canonical shapes to one photo's face.

Space: x right, y up, z toward the viewer, in pixels of the photo's canvas (y is minus the row).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from render.face import topology
from render.face.landmarks import DetectedFace
from render.face.shapes import FaceShapes
from render.types import ARKIT_SHAPES

RING_PULL = (1.0, 0.95, 0.78, 0.45)
"""How far each lip ring, inner to outer, follows what moves the inner rim."""
MOUTH_UNDO, SMILE_UNDO, SQUINT_UNDO, FROWN_UNDO, UNDO_ABOVE = 0.85, 1.1, 0.3, 0.4, 0.12
SMILING = 0.3
"""Score from which a smile may have been undone too little or too much."""
REST_WIDTHS, REST_HEIGHTS = (0.37, 0.40), (-0.018, -0.004)
"""Width of a resting mouth, and height of its corners over its middle, in face widths: calm
pictures of people whose smiles were undone read .37 to .40 and -.012 to 0."""
FROWN_UNDO_INNER, FROWN_UNDO_OUTER = 1.5, 0.7
"""How much more of the frown that a photo shows each end of a raised brow smooths out."""
BLINK_LOWER, BLINK_CREASE = 0.03, 0.60
"""How far lower lid and crease go down in a blink, openings of the eye."""
LOOK_DOWN_UPPER, LOOK_DOWN_LOWER = 0.165, 0.038
LOOK_UP_UPPER, LOOK_UP_LOWER = 0.062, 0.030
"""How far the lids follow eyes that look fully down and up, eye widths."""
LEAST_OPENING = 0.36
"""Part of the opening that lids of eyes looking down leave."""

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FaceFit:
    """One face as the mesh needs it.

    Attributes:
        photo: (468, 3) the landmarks as the photo shows them.
        neutral: (468, 3) without the photo's own expression, lips closed.
        deltas: (52, 468, 3) motion of each shape for this face.
        lower_teeth: (52, 3) motion of the lower incisors.
        tongue: (52, 3) motion of the tongue.
        right: (3,) unit vector, the head's x axis (to the right of the picture).
        up: (3,) unit vector.
        forward: (3,) unit vector, out of the face.
        width: Face width between the cheek edges, pixels.
        height: From the forehead to the chin, pixels.
    """

    photo: Points
    neutral: Points
    deltas: NDArray[np.float64]
    lower_teeth: Points
    tongue: Points
    right: Points
    up: Points
    forward: Points
    width: float
    height: float


def fit_similarity(source: Points, target: Points) -> tuple[float, Points, Points]:
    """Finds the scale, rotation (3, 3) and shift (3,) that take source to target (Umeyama 1991)."""
    source_mean, target_mean = source.mean(0), target.mean(0)
    a, b = source - source_mean, target - target_mean
    left, singular, right = np.linalg.svd(a.T @ b)
    mirror = np.diag([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    rotation = (left @ mirror @ right).T
    scale = float((singular * np.diag(mirror)).sum() / (a**2).sum())
    return scale, rotation, target_mean - scale * rotation @ source_mean


def fit_face(
    face: DetectedFace, shapes: FaceShapes, free: NDArray[np.float64] | None = None
) -> FaceFit:
    """Fits the canonical face to a detected one.

    Args:
        face: The face.
        shapes: The canonical face and its motion.
        free: (468,) how far each landmark may move, 0 to 1; None moves all.
    """
    photo = face.points[: topology.LANDMARKS].astype(np.float64) * [1, -1, -1]
    scale, rotation, _ = fit_similarity(shapes.vertices, photo)
    motion = scale * rotation.T
    deltas = shapes.deltas @ motion
    reach = np.ones(len(photo)) if free is None else free
    neutral = _neutralise(photo, deltas * reach[:, None], face.scores, rotation)
    _fit_blink(neutral, deltas)
    _fit_looks(neutral, deltas, rotation[:, 1])
    _fit_brows(deltas, face.scores)
    return FaceFit(
        photo=photo,
        neutral=neutral,
        deltas=deltas * reach[:, None],
        lower_teeth=shapes.lower_teeth @ motion,
        tongue=shapes.tongue @ motion,
        right=rotation[:, 0],
        up=rotation[:, 1],
        forward=rotation[:, 2],
        width=float(np.linalg.norm(np.subtract(*photo[list(topology.CHEEK_EDGES)]))),
        height=float(np.linalg.norm(photo[topology.FOREHEAD] - photo[topology.CHIN])),
    )


def undo_weight(name: str, score: float) -> float:
    """Returns how much of a scored shape to take out of the photo."""
    if name.startswith("eyeSquint"):
        return SQUINT_UNDO * score
    if name.startswith("browDown"):
        return FROWN_UNDO * score if score > UNDO_ABOVE else 0.0
    if name.startswith("mouthSmile"):
        return SMILE_UNDO * score if score > UNDO_ABOVE else 0.0
    mouth = name.startswith(("mouth", "noseSneer")) or name in ("jawOpen", "cheekPuff")
    return MOUTH_UNDO * score if mouth and score > UNDO_ABOVE else 0.0


def _neutralise(photo: Points, deltas: Points, scores: dict[str, float], axes: Points) -> Points:
    """Takes the photo's own expression out, then closes the lips column by column."""
    weights = np.array([undo_weight(name, scores.get(name, 0.0)) for name in ARKIT_SHAPES])
    neutral: Points = photo - np.tensordot(weights, deltas, 1)
    if max(scores.get("mouthSmileLeft", 0.0), scores.get("mouthSmileRight", 0.0)) > SMILING:
        _settle_corners(neutral, deltas, axes)
    for column in range(1, len(topology.INNER_UPPER) - 1):
        upper, lower = topology.LIP_RINGS[0]
        gap = neutral[upper[column]] - neutral[lower[column]]
        for pull, (upper, lower) in zip(RING_PULL, topology.LIP_RINGS, strict=True):
            neutral[upper[column]] -= 0.3 * pull * gap
            neutral[lower[column]] += 0.7 * pull * gap
    return neutral


def _settle_corners(neutral: Points, deltas: Points, axes: Points) -> None:
    """Brings the corners of a mouth that smiled to where resting mouths have them.

    Smiles differ more than one shape can say. What is left of one moves the skin as far as the
    smile itself does there. `axes` (3, 3) holds the head's right, up and forward as columns.
    """
    size = float(np.linalg.norm(np.subtract(*neutral[list(topology.CHEEK_EDGES)])))
    across, up = axes[:, 0], axes[:, 1]
    corners = neutral[list(topology.MOUTH_CORNERS)]
    middle = neutral[[topology.UPPER_LIP, topology.LOWER_LIP]].mean(0)
    wide = float(np.linalg.norm(np.subtract(*corners))) / size
    narrower = (wide - float(np.clip(wide, *REST_WIDTHS))) * size / 2
    way = np.zeros_like(neutral)
    for name, corner, inward in zip(("Right", "Left"), corners, (1.0, -1.0), strict=True):
        high = float((corner - middle) @ up) / size
        lower = (high - float(np.clip(high, *REST_HEIGHTS))) * size
        reach = np.linalg.norm(deltas[ARKIT_SHAPES.index(f"mouthSmile{name}")], axis=1)
        share = np.clip(reach / reach[list(topology.MOUTH_CORNERS)].max(), 0, 1)
        way += share[:, None] * (inward * narrower * across - lower * up)
    neutral += way


def _fit_blink(neutral: Points, deltas: NDArray[np.float64]) -> None:
    """Replaces the blink shapes by this face's own: the upper lid travels to the lower one."""
    pairs = zip(
        ("eyeBlinkRight", "eyeBlinkLeft"), topology.EYE_RIMS, topology.EYE_CREASES, strict=True
    )
    for name, (upper, lower), (crease, bag) in pairs:
        delta = deltas[ARKIT_SHAPES.index(name)]
        delta[[*upper, *lower, *crease, *bag]] = 0
        for k in range(1, len(upper) - 1):
            way = neutral[lower[k]] - neutral[upper[k]]
            delta[upper[k]], delta[lower[k]] = (1 + BLINK_LOWER) * way, BLINK_LOWER * way
            delta[crease[k]], delta[bag[k]] = BLINK_CREASE * way, -0.02 * way


def _fit_looks(neutral: Points, deltas: NDArray[np.float64], head_up: Points) -> None:
    """Replaces the lids' part of looking up and down: they travel with the iris, as lids do."""
    for side, (upper, lower), (crease, bag) in zip(
        ("Right", "Left"), topology.EYE_RIMS, topology.EYE_CREASES, strict=True
    ):
        width = float(np.linalg.norm(neutral[upper[0]] - neutral[upper[-1]]))
        middle = len(upper) // 2
        opening = float((neutral[upper[middle]] - neutral[lower[middle]]) @ head_up)
        most = (1 - LEAST_OPENING) * max(opening, 0.0) + LOOK_DOWN_LOWER * width
        down = min(LOOK_DOWN_UPPER * width, most), LOOK_DOWN_LOWER * width
        rise = LOOK_UP_UPPER * width, LOOK_UP_LOWER * width
        for way, (above, below), sign in (("Down", down, -1.0), ("Up", rise, 1.0)):
            delta = deltas[ARKIT_SHAPES.index(f"eyeLook{way}{side}")]
            delta[[*upper, *lower, *crease, *bag]] = 0
            for k in range(1, len(upper) - 1):
                arch = np.sin(np.pi * k / (len(upper) - 1)) ** 0.7 * sign * head_up
                delta[upper[k]], delta[crease[k]] = above * arch, 0.45 * above * arch
                delta[lower[k]], delta[bag[k]] = below * arch, 0.5 * below * arch


def _fit_brows(deltas: NDArray[np.float64], scores: dict[str, float]) -> None:
    """Lets raised brows end as high on faces whose brows lie low at rest as on others."""
    for side in ("Left", "Right"):
        frown = scores.get(f"browDown{side}", 0.0) * deltas[ARKIT_SHAPES.index(f"browDown{side}")]
        deltas[ARKIT_SHAPES.index("browInnerUp")] -= FROWN_UNDO_INNER * frown
        deltas[ARKIT_SHAPES.index(f"browOuterUp{side}")] -= FROWN_UNDO_OUTER * frown
