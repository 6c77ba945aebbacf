"""Wrinkles of the forehead: which brows bring which, and where."""

import numpy as np
import pytest

from render.face.avatar import AvatarBundle
from render.puppet.brows import LEVELS, brow_weights, load_brows, shade_brows
from render.puppet.layers import load_skin
from render.types import Motion


def test_raised_brows_wrinkle_level_and_inner_ones_grieve() -> None:
    raised = brow_weights(Motion.of(browInnerUp=1, browOuterUpLeft=1, browOuterUpRight=1).values)
    grieving = brow_weights(Motion.of(browInnerUp=1).values)
    assert raised == (LEVELS, LEVELS, 0, 0, 0, 0)
    assert grieving == (0, 0, LEVELS, LEVELS, 0, 0)


def test_one_raised_brow_wrinkles_its_own_half() -> None:
    weights = brow_weights(Motion.of(browOuterUpLeft=1).values)
    assert weights == (0, LEVELS, 0, 0, 0, 0)


def test_a_frown_softens_where_inner_ends_rise() -> None:
    frown = brow_weights(Motion.of(browDownLeft=1, browDownRight=1).values)
    grieving = brow_weights(Motion.of(browDownLeft=1, browDownRight=1, browInnerUp=1).values)
    assert frown[4:] == (LEVELS, LEVELS)
    assert 0 < grieving[4] < LEVELS // 2


def test_shading_scales_colour_and_keeps_alpha() -> None:
    skin = np.full((2, 4, 4), 200, np.uint8)
    skin[..., 3] = 255
    change = np.zeros((2, 4, 3), np.int16)
    change[1, :, 0] = -128
    leftness = np.array([0, 0, 256, 256], np.int16)
    out = skin.copy()
    weights = np.array([0, LEVELS, 0, 0, 0, 0], np.int32)
    shade_brows(skin, change, leftness, weights, out)
    np.testing.assert_array_equal(out[0], skin[0])
    np.testing.assert_array_equal(out[1, :2], skin[1, :2])
    np.testing.assert_array_equal(out[1, 2:, 1:], [[100, 100, 255]] * 2)
    assert (out[1, 2:, 0] < 130).all()


@pytest.mark.models
def test_a_bundle_has_wrinkles_and_an_older_one_has_none(vera: AvatarBundle) -> None:
    skin = load_skin(vera, 0.5)
    brows = load_brows(vera, skin)
    assert brows is not None
    assert brows.leftness[0] == 0
    assert brows.leftness[-1] == 256
    for kind in range(3):
        assert brows.change[..., kind].min() < -12
    textures = {name: one for name, one in vera.textures.items() if name != "brow_ratio"}
    older = AvatarBundle(
        **{name: getattr(vera, name) for name in vera.__dataclass_fields__ if name != "textures"},
        textures=textures,
    )
    assert load_brows(older, skin) is None
