"""The 52 ARKit shapes on the canonical face mesh, read from `shapes.npz`.

The data derives from the MakeHuman base mesh and the Face Units pack (both CC0, see
`shapes.LICENSE.md`) and MediaPipe's canonical mesh (Apache-2.0); `python -m
render.cloning.build_shapes` makes it.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from render.types import ARKIT_SHAPES

SHAPES_FILE = Path(__file__).with_name("shapes.npz")

GAINS: dict[str, float] = {
    "jawOpen": 1.15,
    "browInnerUp": 2.3,
    "browOuterUp": 1.9,
    "browDown": 1.15,
    "mouthStretch": 1.5,
    "mouthUpperUp": 1.4,
    "mouthLowerDown": 1.4,
    "mouthSmile": 0.77,
    "mouthPucker": 1.45,
    "mouthFunnel": 1.15,
    "mouthDimple": 1.3,
    "eyeSquint": 1.4,
    "eyeWide": 0.75,
    "noseSneer": 1.3,
}
"""What a full shape is worth, so that it moves as far as real people's faces do."""


@dataclass(frozen=True, slots=True)
class FaceShapes:
    """The canonical face and how it moves, in centimetres (x right, y up, z to the viewer).

    Attributes:
        vertices: (468, 3) float64 canonical mesh.
        triangles: (898, 3) int32.
        deltas: (52, 468, 3) float64, in the order of `ARKIT_SHAPES`, gains applied.
        lower_teeth: (52, 3) float64, motion of the lower incisors.
        tongue: (52, 3) float64, motion of the tongue.
    """

    vertices: NDArray[np.float64]
    triangles: NDArray[np.int32]
    deltas: NDArray[np.float64]
    lower_teeth: NDArray[np.float64]
    tongue: NDArray[np.float64]


def shape_gain(name: str) -> float:
    """Returns the gain of an ARKit shape, alike for its left and right halves."""
    return GAINS.get(name.removesuffix("Left").removesuffix("Right"), 1.0)


@cache
def load_shapes() -> FaceShapes:
    """Reads the packaged shapes once."""
    with np.load(SHAPES_FILE, allow_pickle=False) as data:
        vertices = data["vertices"].astype(np.float64)
        gains = np.array([shape_gain(name) for name in ARKIT_SHAPES])
        scales = data["scales"].astype(np.float64) * gains
        deltas = data["deltas"].astype(np.float64) * scales[:, None, None]
        shapes = FaceShapes(
            vertices=vertices,
            triangles=data["triangles"].astype(np.int32),
            deltas=deltas,
            lower_teeth=data["lower_teeth"].astype(np.float64) * gains[:, None],
            tongue=data["tongue"].astype(np.float64) * gains[:, None],
        )
    shapes.deltas[ARKIT_SHAPES.index("jawOpen")] *= _chin_drop(vertices)[:, None]
    return shapes


def _chin_drop(vertices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns (468,) factors: an opening jaw takes the front of the chin 25 % further down."""
    low = np.clip((-6.0 - vertices[:, 1]) / 2.6, 0, 1)
    front = np.clip((vertices[:, 2] + 1.0) / 4.0, 0, 1)
    return 1 + 0.25 * (low * low * (3 - 2 * low)) * (front * front * (3 - 2 * front))
