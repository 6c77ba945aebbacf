"""Which photos of people become portraits, and which are refused for which reason."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
import skimage.data
from numpy.typing import NDArray
from portraits import Picture, people

from render.cloning.geometry import eye_distance, eye_line_roll
from render.cloning.photo.errors import PhotoError
from render.cloning.photo.portrait import MAX_HEIGHT, Portrait, take_portrait
from render.face.landmarks import head_angles

pytestmark = pytest.mark.models


def scaled(rgb: Picture, factor: float) -> Picture:
    return np.asarray(
        cv2.resize(rgb, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8
    )


def turned(rgb: Picture, degrees: float) -> Picture:
    height, width = rgb.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return np.asarray(
        cv2.warpAffine(rgb, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def pasted(rgb: Picture, shape: tuple[int, int]) -> Picture:
    """A small picture within a large grey one."""
    large = np.full((*shape, 3), 120, np.uint8)
    top, left = (side // 3 for side in shape)
    large[top : top + rgb.shape[0], left : left + rgb.shape[1]] = rgb
    return large


def sample(name: str) -> Picture:
    """A photograph that comes with scikit-image."""
    return np.asarray(getattr(skimage.data, name)(), np.uint8)


def refusal(rgb: Picture) -> str:
    with pytest.raises(PhotoError) as refused:
        take_portrait(rgb)
    return refused.value.code


@pytest.mark.parametrize("name", ["P001", "P004", "P005", "P007", "P008", "P009", "P010"])
@pytest.mark.parametrize("picture", ["studio_portrait", "amateur_selfie"])
def test_accepts_people_of_all_kinds(name: str, picture: str) -> None:
    """Dark and light skin, curls, long hair, a beard, a moustache, broad smiles."""
    portrait = take_portrait(people(name, picture))
    assert portrait.landmarks.shape == (478, 3)
    assert len(portrait.scores) == 52
    assert portrait.rgb.shape[0] <= MAX_HEIGHT
    assert abs(eye_line_roll(portrait.landmarks)) < 2.5


def test_accepts_a_real_photograph_with_a_small_face() -> None:
    portrait = take_portrait(sample("astronaut"))
    assert eye_distance(portrait.landmarks) > 36
    assert any("nearer" in advice for advice in portrait.advice)


def test_accepts_glasses() -> None:
    rgb = people("P010", "studio_portrait")
    points = take_portrait(rgb).landmarks
    for corners in ((33, 133), (362, 263)):
        centre = points[list(corners), :2].mean(0).astype(int)
        cv2.circle(rgb, (int(centre[0]), int(centre[1])), 75, (25, 22, 20), 6, cv2.LINE_AA)
    left, right = (points[corner, :2].astype(int) for corner in (133, 362))
    cv2.line(rgb, (int(left[0]), int(left[1])), (int(right[0]), int(right[1])), (25, 22, 20), 6)
    (advice,) = take_portrait(rgb).advice
    assert "Glasses" in advice


@pytest.mark.parametrize("degrees", [-25, 25])
@pytest.mark.parametrize("picture", ["studio_portrait", "amateur_selfie"])
def test_levels_a_tilted_head(degrees: int, picture: str) -> None:
    straight = take_portrait(people("P007", picture))
    tilted = take_portrait(turned(people("P007", picture), degrees))
    assert tilted.roll_corrected - straight.roll_corrected == pytest.approx(-degrees, abs=3)
    assert abs(eye_line_roll(tilted.landmarks)) < 2.5
    assert _shape_difference(straight, tilted) < 0.03


def test_finds_a_small_face_in_a_large_photo() -> None:
    rgb = pasted(scaled(people("P001", "studio_portrait"), 0.5), (2400, 3200))
    portrait = take_portrait(rgb)
    assert portrait.rgb.shape[0] < 900
    assert eye_distance(portrait.landmarks) == pytest.approx(88, abs=6)


def test_keeps_room_for_a_wide_picture() -> None:
    wide = cv2.copyMakeBorder(
        people("P001", "studio_portrait"), 0, 0, 700, 700, cv2.BORDER_REPLICATE
    )
    height, width = take_portrait(np.asarray(wide, np.uint8)).rgb.shape[:2]
    assert width / height > 16 / 9


@pytest.mark.parametrize("quality", [12, 30])
def test_accepts_strong_compression(quality: int) -> None:
    rgb = people("P008", "amateur_selfie")
    data = cv2.imencode(".jpg", rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    assert take_portrait(data.tobytes()).landmarks.shape == (478, 3)


def test_ignores_bystanders_far_behind() -> None:
    rgb = people("P001", "studio_portrait")
    small = scaled(people("P008", "studio_portrait"), 0.16)
    rgb[: small.shape[0], : small.shape[1]] = small
    middle = take_portrait(rgb).landmarks[4, :2]
    assert np.abs(middle - np.array([512, 500])).max() < 120


@pytest.mark.parametrize("stack", [np.hstack, np.vstack])
def test_refuses_two_people(stack: Callable[[list[Picture]], Picture]) -> None:
    pair = [scaled(people(name, "studio_portrait"), 0.6) for name in ("P001", "P008")]
    assert refusal(stack(pair)) == "several_faces"


@pytest.mark.parametrize("name", ["cat", "coffee", "rocket"])
def test_refuses_cats_and_things(name: str) -> None:
    assert refusal(sample(name)) == "no_face"


def test_refuses_noise_and_nothing() -> None:
    noise = np.random.default_rng(7).integers(0, 256, (500, 500, 3), dtype=np.uint8)
    assert refusal(noise) == "no_face"
    assert refusal(np.zeros((500, 500, 3), np.uint8)) == "no_face"


@pytest.mark.parametrize(
    ("name", "column"),
    [("P001", 1), ("P001", 3), ("P005", 1), ("P005", 3), ("P007", 1), ("P007", 3)],
)
def test_refuses_profiles(name: str, column: int) -> None:
    sheet = people(name, "character_sheet", 2400)
    left = (66, 662, 1255, 1851)[column]
    profile = sheet[137:641, left : left + 483]
    assert refusal(np.ascontiguousarray(profile)) in {"face_turned_away", "no_face"}


def test_says_that_a_head_is_turned_where_the_face_still_shows() -> None:
    three_quarters = people("P005", "character_sheet", 2400)[137:641, 662:1145]
    assert refusal(np.ascontiguousarray(three_quarters)) == "face_turned_away"


def test_refuses_tiny_faces() -> None:
    portrait = people("P001", "studio_portrait")
    assert refusal(pasted(scaled(portrait, 0.16), (1200, 1600))) == "face_too_small"
    assert refusal(pasted(scaled(portrait, 0.035), (1200, 1600))) in {"face_too_small", "no_face"}


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_refuses_photos_that_lie_on_their_side(turns: int) -> None:
    rgb = np.rot90(people("P001", "studio_portrait"), turns)
    assert refusal(np.ascontiguousarray(rgb)) == "face_sideways"


@pytest.mark.parametrize("rows", [slice(330, None), slice(0, 600)])
def test_refuses_a_face_cut_by_the_edge(rows: slice) -> None:
    assert refusal(people("P001", "studio_portrait")[rows]) == "face_cut_off"


@pytest.mark.parametrize("name", ["P001", "P007", "P010"])
def test_refuses_blur(name: str) -> None:
    rgb = people(name, "studio_portrait")
    assert take_portrait(np.asarray(cv2.GaussianBlur(rgb, (0, 0), 2), np.uint8))
    assert refusal(np.asarray(cv2.GaussianBlur(rgb, (0, 0), 9), np.uint8)) == "face_blurred"


def posterised(rgb: Picture) -> Picture:
    return np.asarray(cv2.pyrMeanShiftFiltering(rgb, 20, 40) // 32 * 32 + 16, np.uint8)


def cartoon(rgb: Picture) -> Picture:
    grey = cv2.medianBlur(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), 7)
    lines = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 9, 3)
    flat = rgb
    for _ in range(4):
        flat = np.asarray(cv2.bilateralFilter(flat, 9, 40, 7), np.uint8)
    return np.asarray(cv2.bitwise_and(flat, flat, mask=lines), np.uint8)


def pencil(rgb: Picture) -> Picture:
    return np.asarray(
        cv2.pencilSketch(rgb, sigma_s=60, sigma_r=0.07, shade_factor=0.05)[1], np.uint8
    )


@pytest.mark.parametrize("draw", [posterised, cartoon, pencil])
@pytest.mark.parametrize("name", ["P001", "P008", "P010"])
def test_refuses_drawings(name: str, draw: Callable[[Picture], Picture]) -> None:
    assert refusal(draw(people(name, "studio_portrait"))) == "drawing"


def test_refuses_darkness_and_glare_but_not_dark_skin() -> None:
    rgb = people("P008", "studio_portrait")
    assert take_portrait((rgb * 0.55).astype(np.uint8))
    assert refusal((rgb * 0.1).astype(np.uint8)) == "badly_lit"
    glare = np.clip(people("P001", "studio_portrait") * 2.0 + 90, 0, 255)
    assert refusal(glare.astype(np.uint8)) == "badly_lit"


@pytest.mark.parametrize(
    ("name", "tile", "code"),
    [
        ("P010", (2, 3), "eyes_closed"),
        ("P007", (3, 0), "eyes_closed"),
        ("P010", (1, 0), "mouth_wide_open"),
        ("P001", (3, 1), "mouth_wide_open"),
    ],
)
def test_refuses_expressions_without_a_resting_face(
    name: str, tile: tuple[int, int], code: str
) -> None:
    from render.cloning.interior.exemplar import _frames

    sheet = people(name, "emotions_sheet", 2400)
    left, top, width, height = _frames(sheet)[tile[0] * 4 + tile[1]]
    inside = sheet[top + 7 : top + height - 7, left + 7 : left + width - 7]
    assert refusal(np.ascontiguousarray(inside)) == code


def test_head_angles_ignore_a_tilt() -> None:
    yaw, pitch, roll = np.radians([12.0, 6.0, 25.0])
    about_y = _rotation(1, yaw)
    turn = _rotation(2, roll) @ about_y @ _rotation(0, pitch)
    pose = np.eye(4)
    pose[:3, :3] = turn
    assert head_angles(pose) == pytest.approx((12, 6), abs=1.5)


def _rotation(axis: int, angle: float) -> NDArray[np.float64]:
    first, second = [other for other in range(3) if other != axis]
    turn = np.eye(3)
    sign = -1 if axis == 1 else 1
    turn[first, first] = turn[second, second] = np.cos(angle)
    turn[first, second], turn[second, first] = -sign * np.sin(angle), sign * np.sin(angle)
    return turn


def _shape_difference(first: Portrait, second: Portrait) -> float:
    """Mean distance of the landmarks in eye distances, moved and scaled onto one another."""
    shapes = []
    for portrait in (first, second):
        points = portrait.landmarks[:468, :2]
        shapes.append((points - points.mean(0)) / eye_distance(portrait.landmarks))
    return float(np.linalg.norm(shapes[0] - shapes[1], axis=1).mean())
