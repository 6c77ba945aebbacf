"""Draws the MakeHuman head well enough for a landmarker to see a face."""

from dataclasses import dataclass

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from render.cloning.build_shapes.makehuman import GROUPS, MakeHumanHead

SIZE = 1000
CAMERA = 14.0
"""Distance of the camera, decimetres."""
SKIN, LIP, LID, INSIDE = (205, 155, 130), (160, 80, 78), (185, 125, 105), (90, 30, 30)
BROW, HAIR, TEETH, TONGUE = (60, 40, 30), (50, 38, 30), (232, 226, 212), (180, 90, 90)
WHITE, IRIS, PUPIL = (235, 232, 228), (92, 62, 40), (12, 10, 10)
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RenderedHead:
    """What each pixel shows.

    Attributes:
        triangle: (h, w) int32, -1 where nothing.
        weights: (h, w, 3) float64 barycentric.
        depth: (h, w) float64 pixels, toward the viewer.
    """

    triangle: NDArray[np.int32]
    weights: Floats
    depth: Floats


class Camera:
    """Looks at the head from the front, eyes in the middle."""

    def __init__(self, head: MakeHumanHead) -> None:
        eyes = [head.vertices[head.group_vertices(g)] for g in GROUPS[1:3]]
        self.eyes = eyes
        self.centre = np.mean([eye.mean(0) for eye in eyes], axis=0)
        body = head.vertices[head.group_vertices("body")]
        self.scale = 800 / (body[:, 1].max() - self.centre[1] + 1.2)

    def project(self, vertices: Floats) -> Floats:
        """Returns (n, 3): pixels right and down, and depth in pixels."""
        offset = vertices - self.centre
        size = self.scale * CAMERA / (CAMERA - offset[:, 2])
        return np.stack(
            [
                offset[:, 0] * size + SIZE / 2,
                SIZE * 0.44 - offset[:, 1] * size,
                offset[:, 2] * self.scale,
            ],
            1,
        )


def look(projected: Floats, triangles: NDArray[np.int64]) -> RenderedHead:
    """Finds the front surface under each pixel."""
    triangle = np.full((SIZE, SIZE), -1, np.int32)
    weights = np.zeros((SIZE, SIZE, 3))
    depth = np.full((SIZE, SIZE), -1e9)
    _depth_pass(projected, triangles, triangle, weights, depth)
    return RenderedHead(triangle, weights, depth)


@njit(nogil=True)
def _depth_pass(
    points: Floats,
    triangles: NDArray[np.int64],
    ids: NDArray[np.int32],
    weights: Floats,
    depth: Floats,
) -> None:
    for t in range(triangles.shape[0]):
        a, b, c = points[triangles[t, 0]], points[triangles[t, 1]], points[triangles[t, 2]]
        area = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])
        if abs(area) < 1e-9:
            continue
        left, right = min(a[0], b[0], c[0]), max(a[0], b[0], c[0])
        top, bottom = min(a[1], b[1], c[1]), max(a[1], b[1], c[1])
        for y in range(max(0, int(np.floor(top))), min(SIZE - 1, int(np.ceil(bottom))) + 1):
            for x in range(max(0, int(np.floor(left))), min(SIZE - 1, int(np.ceil(right))) + 1):
                w1 = ((x - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (y - a[1])) / area
                w2 = ((b[0] - a[0]) * (y - a[1]) - (x - a[0]) * (b[1] - a[1])) / area
                w0 = 1 - w1 - w2
                z = w0 * a[2] + w1 * b[2] + w2 * c[2]
                if min(w0, w1, w2) >= -1e-5 and z > depth[y, x]:
                    depth[y, x], ids[y, x] = z, t
                    weights[y, x, 0], weights[y, x, 1], weights[y, x, 2] = w0, w1, w2


def draw_head(head: MakeHumanHead, camera: Camera, vertices: Floats) -> NDArray[np.uint8]:
    """Draws the posed head: (1000, 1000, 3) uint8 RGB."""
    seen = look(camera.project(vertices), head.triangles)
    shown = seen.triangle >= 0
    triangle, weights = seen.triangle[shown], seen.weights[shown]
    corners = head.triangles[triangle]
    normal = (_vertex_normals(vertices, head.triangles)[corners] * weights[..., None]).sum(1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    light = np.array([-0.3, 0.45, 1.0])
    shade = np.clip(normal @ (light / np.linalg.norm(light)), 0, 1) * 0.72 + 0.3
    picture = np.full((SIZE, SIZE, 3), 140.0)
    picture[shown] = _paint(head, camera, triangle, weights) * shade[:, None]
    soft = cv2.GaussianBlur(picture, (0, 0), 0.8)
    return np.asarray(np.clip(soft, 0, 255), np.uint8)


def _vertex_normals(vertices: Floats, triangles: NDArray[np.int64]) -> Floats:
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    normals = np.zeros_like(vertices)
    for k in range(3):
        np.add.at(normals, triangles[:, k], np.cross(b - a, c - a))
    return np.asarray(normals / (np.linalg.norm(normals, axis=1, keepdims=True) + 1e-9))


def _paint(
    head: MakeHumanHead, camera: Camera, triangle: NDArray[np.int32], weights: Floats
) -> Floats:
    """Returns (k, 3): skin, lips, brows, hair, eyes, teeth and tongue by where a pixel sits."""
    place = (head.vertices[head.triangles[triangle]] * weights[..., None]).sum(1) - camera.centre
    uv = (head.texture_points[head.texture_triangles[triangle]] * weights[..., None]).sum(1)
    group = head.group[triangle]
    body = group == 0
    colour = np.full((len(triangle), 3), SKIN, np.float64)

    def mix(tone: tuple[int, int, int], share: Floats) -> None:
        colour[:] += (np.array(tone) - colour) * (share * body)[:, None]

    mix(LIP, _sampled(head.mask("mpfb_lips"), uv) * 0.85)
    mix(LID, _sampled(head.mask("mpfb_eyelids"), uv) * 0.5)
    mix(INSIDE, _sampled(head.mask("mpfb_inside-mouth"), uv) * 0.9)
    mix(BROW, _brows(place, camera).astype(np.float64) * 0.8)
    behind = (place[:, 2] < -0.55) & (place[:, 1] > 0.3)
    mix(HAIR, ((place[:, 1] > 0.95) | behind).astype(np.float64))
    for number, eye in enumerate(camera.eyes, start=1):
        centre, radius = eye.mean(0) - camera.centre, np.ptp(eye[:, 1]) / 2
        off = np.hypot(place[:, 0] - centre[0], place[:, 1] - centre[1])
        mine = group == number
        colour[mine] = WHITE
        colour[mine & (off < 0.46 * radius)] = IRIS
        colour[mine & (off < 0.20 * radius)] = PUPIL
    colour[(group == 3) | (group == 4)] = TEETH
    colour[group == 5] = TONGUE
    return colour


def _sampled(mask: Floats, uv: Floats) -> Floats:
    height, width = mask.shape
    rows = np.clip((1 - uv[:, 1]) * (height - 1), 0, height - 1).astype(int)
    columns = np.clip(uv[:, 0] * (width - 1), 0, width - 1).astype(int)
    return np.asarray(mask[rows, columns])


def _brows(place: Floats, camera: Camera) -> NDArray[np.bool_]:
    """Tells which points lie on painted brows, arcs above the eyes."""
    eye_x = abs((camera.eyes[0].mean(0) - camera.centre)[0])
    side = np.abs(place[:, 0])
    along = np.clip((side - (eye_x - 0.20)) / 0.50, 0, 1)
    arc = 0.185 + 0.045 * np.sin(np.pi * along * 0.8)
    within = (side > eye_x - 0.20) & (side < eye_x + 0.30) & (place[:, 2] > -0.2)
    return np.asarray(within & (np.abs(place[:, 1] - arc) < 0.038 * (1.1 - 0.7 * along)))
