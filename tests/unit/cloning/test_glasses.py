"""Glasses are told from brows and folds, and their frame stays straight while the face moves."""

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from render.cloning.build import build_avatar
from render.cloning.gallery import portrait_file
from render.cloning.geometry import eye_centres
from render.cloning.glasses import find_frame
from render.cloning.photo.file import load_photo
from render.face.avatar import AvatarBundle, Provenance
from render.face.landmarks import FaceFinder
from render.puppet.deform import deform
from render.puppet.framing import choose_view
from render.puppet.puppet import Puppet
from render.puppet.scene import build_scene
from render.types import ARKIT_SHAPES, Motion

pytestmark = pytest.mark.models

SIZE = 512
STYLES = {
    "black": ((25, 22, 20), 0.06, 4.0),
    "round": ((25, 22, 20), 0.05, 2.0),
    "wire": ((70, 65, 60), 0.022, 2.0),
    "brown": ((90, 55, 30), 0.06, 4.0),
}
"""Colour, thickness in distances of the eyes, and power of the superellipse of each frame."""
STRONG = ("browInnerUp", "browOuterUp", "browDown", "cheekSquint", "eyeSquint", "mouthSmile",
          "noseSneer", "eyeBlink")  # fmt: skip


class Worn(NamedTuple):
    """A picture with glasses drawn on it.

    Attributes:
        rgb: (h, w, 3) uint8.
        lines: (n, 2) places of the two rims and the bridge, pixels.
    """

    rgb: NDArray[np.uint8]
    lines: NDArray[np.float64]


def put_on(rgb: NDArray[np.uint8], points: NDArray[np.float32], style: str) -> Worn:
    """Draws glasses onto a face."""
    colour, thick, power = STYLES[style]
    eyes = eye_centres(points)
    across = (eyes[1] - eyes[0]).astype(np.float64)
    size = float(np.linalg.norm(across))
    down = np.array([-across[1], across[0]]) / size
    turns = np.linspace(0, 2 * np.pi, 97)
    x, y = (np.sign(f) * np.abs(f) ** (2 / power) for f in (np.cos(turns), np.sin(turns)))
    rims = [eye + 0.07 * size * down + 0.41 * x[:, None] * across + 0.35 * size * y[:, None] * down
            for eye in eyes]  # fmt: skip
    bridge = np.linspace(eyes[0] + 0.41 * across, eyes[1] - 0.41 * across, 9)
    picture = rgb.copy()
    for line in (*rims, bridge):
        corners = np.rint(line * 16).astype(np.int32)
        cv2.polylines(
            picture, [corners], False, colour, max(1, round(thick * size)), cv2.LINE_AA, 4
        )
    return Worn(picture, np.concatenate([*rims, bridge]))


@pytest.fixture(scope="module")
def finder() -> Iterator[FaceFinder]:
    with FaceFinder() as opened:
        yield opened


def portrait(person: str, picture: str = "studio_portrait") -> NDArray[np.uint8]:
    rgb = load_photo(portrait_file(person).with_name(f"{picture}.jpg"))
    scale = min(1.0, 1024 / max(rgb.shape[:2]))
    small = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def wearing(finder: FaceFinder, person: str, style: str) -> tuple[Worn, AvatarBundle]:
    rgb = portrait(person)
    worn = put_on(rgb, finder.find_faces(rgb)[0].points, style)
    face = finder.find_faces(worn.rgb)[0]
    provenance = Provenance("test", ai_generated=True)
    return worn, build_avatar(worn.rgb, name="Test", provenance=provenance, face=face)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("person", ["P001", "P005", "P008", "P009"])
def test_sees_glasses(finder: FaceFinder, person: str, style: str) -> None:
    rgb = portrait(person)
    worn = put_on(rgb, finder.find_faces(rgb)[0].points, style)
    frame = find_frame(worn.rgb, finder.find_faces(worn.rgb)[0].points)
    assert frame is not None
    columns, rows = np.rint(worn.lines).astype(int).T
    assert frame.mask[rows, columns].mean() > 0.8


@pytest.mark.parametrize("number", range(1, 11))
def test_sees_no_glasses_where_there_are_none(finder: FaceFinder, number: int) -> None:
    person = f"P{number:03}"
    for picture in ("studio_portrait", "amateur_selfie"):
        rgb = portrait(person, picture)
        assert find_frame(rgb, finder.find_faces(rgb)[0].points) is None
    sheet = load_photo(portrait_file(person).with_name("emotions_sheet.jpg"))
    height, width = sheet.shape[0] // 4, sheet.shape[1] // 4
    for row in range(4):
        for column in range(4):
            tile = sheet[row * height : (row + 1) * height, column * width : (column + 1) * width]
            for face in finder.find_faces(np.ascontiguousarray(tile)):
                assert find_frame(tile, face.points) is None


@pytest.mark.parametrize(("person", "style"), [("P006", "round"), ("P001", "black")])
def test_the_frame_stays_straight_and_lids_still_close(
    finder: FaceFinder, person: str, style: str
) -> None:
    worn, bundle = wearing(finder, person, style)
    view = choose_view(bundle, SIZE, SIZE)
    shape = build_scene(bundle, view).shape
    places = worn.lines * (bundle.canvas[1] / worn.rgb.shape[0])
    rest = np.empty_like(shape.rest)
    deform(shape, np.zeros(len(shape.deltas), np.float32), 0.0, 0.0, 0.0, rest)
    for name in STRONG:
        weights = np.zeros(len(shape.deltas), np.float32)
        for index, channel in enumerate(ARKIT_SHAPES):
            weights[index] = channel.removesuffix("Left").removesuffix("Right") == name
        moved = np.empty_like(rest)
        deform(shape, weights, 0.0, 0.0, 0.0, moved)
        way = carried(bundle, places, moved - rest)[:, :2] * view.scale
        assert np.linalg.norm(way, axis=1).max() < 1.0, name
    puppet = Puppet(bundle, SIZE, SIZE)
    puppet.draw(Motion.of())
    opened = min(puppet.eye_gap)
    puppet.draw(Motion.of(eyeBlinkLeft=1.0, eyeBlinkRight=1.0))
    assert max(puppet.eye_gap) < 0.1 * opened


def test_without_glasses_the_same_places_move(finder: FaceFinder) -> None:
    rgb = portrait("P006")
    face = finder.find_faces(rgb)[0]
    lines = put_on(rgb, face.points, "round").lines
    provenance = Provenance("test", ai_generated=True)
    bundle = build_avatar(rgb, name="Test", provenance=provenance, face=face)
    view = choose_view(bundle, SIZE, SIZE)
    raised = build_scene(bundle, view).shape.deltas[ARKIT_SHAPES.index("browOuterUpLeft")]
    way = carried(bundle, lines * (bundle.canvas[1] / rgb.shape[0]), raised) * view.scale
    assert np.linalg.norm(way, axis=1).max() > 3.0


def carried(
    bundle: AvatarBundle, places: NDArray[np.float64], motion: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Returns (n, 3) how the mesh (motion of its vertices (v, 3)) carries places of the canvas."""
    corners = bundle.mesh.uv[bundle.mesh.face].astype(np.float64)
    first, second, third = corners[:, 0], corners[:, 1], corners[:, 2]
    edges = np.stack([second - first, third - first], 2)
    whole = np.abs(np.linalg.det(edges)) > 1e-9
    inverse = np.linalg.inv(edges[whole])
    triangles, first = bundle.mesh.face[whole], first[whole]
    found = []
    for place in places:
        shares = np.einsum("tij,tj->ti", inverse, place - first)
        shares = np.column_stack([1 - shares.sum(1), shares])
        inside = shares.min(1).argmax()
        if shares[inside].min() > -1e-6:
            found.append(shares[inside] @ motion[triangles[inside]])
    assert len(found) > 0.8 * len(places)
    return np.array(found)
