"""Framing, gaze and skin shading, on numbers alone."""

import numpy as np
import pytest

from render.face.avatar import AvatarBundle
from render.puppet.framing import choose_view
from render.puppet.layers import without_fringe
from render.puppet.puppet import cavity_light, fold_of, follow_gaze, gaze_of, purse_of
from render.puppet.shade import shade_skin
from render.types import Motion


@pytest.mark.models
@pytest.mark.parametrize(
    ("width", "height"), [(512, 512), (256, 256), (1280, 720), (1920, 1080), (720, 1280)]
)
def test_the_whole_head_is_in_view_and_the_body_never_ends(
    vera: AvatarBundle, width: int, height: int
) -> None:
    view, head = choose_view(vera, width, height), vera.head
    assert head.crown_row * view.scale + view.top >= 0
    assert head.chin_row * view.scale + view.top < 0.9 * height
    assert abs(head.centre * view.scale + view.left - width / 2) < 0.05 * width
    assert vera.canvas[1] * view.scale + view.top >= height - 0.01
    if vera.canvas[0] * view.scale < width:
        assert head.cut_row * view.scale + view.top >= height - 0.01


@pytest.mark.models
def test_a_square_shows_head_and_shoulders(vera: AvatarBundle) -> None:
    view = choose_view(vera, 512, 512)
    assert 0.42 < vera.head.height * view.scale / 512 < 0.60


def test_looking_shapes_and_gaze_are_one() -> None:
    left = follow_gaze(Motion.of(eyeLookOutLeft=0.5, eyeLookInRight=0.5).values)
    assert gaze_of(left, "Left") == gaze_of(left, "Right") == (0.5, 0.0)
    down = follow_gaze(Motion.of(eyeLookDownLeft=0.6, eyeLookDownRight=0.6).values)
    assert gaze_of(down, "Left")[1] == pytest.approx(-0.6)
    np.testing.assert_array_equal(down, follow_gaze(Motion.of(gazeY=-0.6).values))
    assert Motion(down)["eyeLookDownLeft"] == pytest.approx(0.6)


def test_gaze_is_limited() -> None:
    values = follow_gaze(Motion.of(gazeX=3, eyeLookOutLeft=1, gazeY=-9).values)
    assert gaze_of(values, "Left") == (1.0, -1.0)


def test_smiles_and_sneers_fold_the_cheeks() -> None:
    assert fold_of(Motion.of(mouthSmileLeft=0.4, mouthSmileRight=0.6).values) == pytest.approx(0.5)
    assert fold_of(Motion.of(noseSneerLeft=1, noseSneerRight=1).values) == pytest.approx(0.5)
    assert fold_of(Motion.of(mouthSmileLeft=1, mouthSmileRight=1, noseSneerLeft=1).values) == 1.0


def test_purse_and_cavity() -> None:
    assert purse_of(Motion.of(mouthPucker=0.4, mouthFunnel=0.4).values) == pytest.approx(0.6)
    assert purse_of(Motion.of(mouthPucker=1, mouthFunnel=1).values) == 1.0
    assert cavity_light(0, 10) == pytest.approx(0.45)
    assert cavity_light(10, 10) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("smile", "opened", "expected"), [(0, 0, 100), (256, 0, 150), (0, 256, 50), (256, 256, 75)]
)
def test_skin_is_multiplied_by_both_ratios(smile: int, opened: int, expected: int) -> None:
    skin = np.full((2, 3, 4), 100, np.uint8)
    skin[..., 3] = 255
    brighter, darker = np.zeros((2, 3, 4), np.int16), np.zeros((2, 3, 4), np.int16)
    brighter[..., :3], darker[..., :3] = 128, -128
    result = np.zeros_like(skin)
    shade_skin(skin, brighter, darker, smile, opened, result)
    assert (result[..., :3] == expected).all()
    assert (result[..., 3] == 255).all()


def test_a_bright_line_along_the_outline_takes_the_colour_inside() -> None:
    colour = np.full((60, 60, 3), 90, np.float32)
    matte = np.zeros((60, 60), np.uint8)
    matte[10:50, 10:50] = 255
    colour[10:50, 10:12] = 220
    colour[30, 30] = 220
    colour[10:50, 48:50] = 40
    clean = without_fringe(colour, matte)
    np.testing.assert_allclose(clean[20:40, 10:12], 90, atol=1)
    assert (clean[30, 30] == 220).all()
    assert (clean[20:40, 48:50] == 40).all()
    hair = colour - 60
    assert (without_fringe(hair, matte) == hair).all()
