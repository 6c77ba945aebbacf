"""What holds the lips and the skin around them in shape."""

import numpy as np
from numpy.typing import NDArray

from render.cloning.face_mesh import FaceLayer
from render.cloning.fit import FaceFit
from render.face import topology
from render.face.avatar import Lips

PARTED_GAP = 0.035
"""Gap of lips that count as fully parted, face widths."""


def lips_parted(fit: FaceFit, layer: FaceLayer) -> NDArray[np.float64]:
    """Returns (m,): how far apart the photo shows the lips, 0 closed to 1 parted."""
    upper, lower = (layer.place[half] @ fit.photo for half in layer.lips[0])
    gap = (upper - lower) @ fit.up / (PARTED_GAP * fit.width)
    return np.clip((gap - 0.1) / 0.9, 0, 1)


def build_lips(fit: FaceFit, layer: FaceLayer, rest: NDArray[np.float64]) -> Lips:
    """Measures the lips at rest ((n, 3) float64 positions `rest`)."""
    upper = np.array([ring[0] for ring in layer.lips])
    lower = np.array([ring[1] for ring in layer.lips])
    rim = np.unique([upper[3], lower[3]])
    lips, oval = set(topology.LIPS), set(topology.OVAL)
    skin = np.array([v for v in range(topology.LANDMARKS) if v not in lips and v not in oval])
    apart = np.linalg.norm(rest[skin][:, None] - rest[rim][None], axis=2)
    nearest = apart.min(1)
    weight = np.exp(-(((apart - nearest[:, None]) / (0.025 * fit.width)) ** 2))
    weight *= np.exp(-((nearest / (0.10 * fit.width)) ** 2))[:, None] / weight.sum(1, keepdims=True)
    follows, near = nearest < 0.22 * fit.width, nearest < 0.075 * fit.width
    near_rim = rim[apart[near].argmin(1)]
    away = rest[skin[near]] - rest[near_rim]
    away -= (away @ fit.forward)[:, None] * fit.forward
    distance = np.linalg.norm(away, axis=1)
    return Lips(
        parted=lips_parted(fit, layer).astype(np.float32),
        upper=upper.astype(np.int16),
        lower=lower.astype(np.int16),
        upper_thickness=_thickness(rest[upper], fit.up),
        lower_thickness=_thickness(rest[lower], -fit.up),
        rim=rim.astype(np.int16),
        skin=skin[follows].astype(np.int16),
        skin_weight=weight[follows].astype(np.float32),
        near=skin[near].astype(np.int16),
        near_rim=near_rim.astype(np.int16),
        near_distance=distance.astype(np.float32),
        near_direction=(away / (distance[:, None] + 1e-3)).astype(np.float32),
    )


def _thickness(rings: NDArray[np.float64], outward: NDArray[np.float64]) -> NDArray[np.float32]:
    """Returns (3, m): how far each ring lies outside the next inner one, never negative."""
    return np.maximum((rings[1:] - rings[:-1]) @ outward, 0).astype(np.float32)
