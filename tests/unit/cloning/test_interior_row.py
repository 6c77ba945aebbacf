"""Rows of teeth: which cuts are fit, and what becomes of those that are."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from render.cloning.interior.donors import load_donors
from render.cloning.interior.row import dress_row, judge_row
from render.cloning.interior.textures import PinnedTexture

MOUTH = 100.0


def row_of(edges: NDArray[np.float32]) -> PinnedTexture:
    """A pale row over red gums in a 140 x 60 picture, as wide as `edges`, the pin in its middle."""
    rgba = np.zeros((60, 140, 4), np.uint8)
    first = 70 - len(edges) // 2
    for column, edge in enumerate(edges, first):
        rgba[: int(edge), column] = 128, 70, 66, 255
        rgba[max(0, int(edge) - 14) : int(edge), column] = 250, 248, 245, 255
    return PinnedTexture(rgba, np.array([-70, -30, 70, 30], np.float32))


def smile(half: int = 38) -> NDArray[np.float32]:
    across = np.arange(-half, half, dtype=np.float32)
    return np.asarray(38 - across**2 / 150, np.float32)


def test_a_smooth_row_is_sound() -> None:
    quality = judge_row(row_of(smile()), MOUTH)
    assert quality.sound
    assert quality.length == 0.75


def test_every_donor_is_sound() -> None:
    for donor in load_donors().donors:
        assert judge_row(donor.upper_teeth, donor.mouth_width).sound


def test_torn_lopsided_short_and_gappy_rows_are_not() -> None:
    torn = smile() - 9 * (np.arange(76) // 6 % 2)
    assert not judge_row(row_of(torn), MOUTH).sound
    aside = row_of(smile())
    assert not judge_row(replace(aside, box=aside.box + np.float32(18)), MOUTH).sound
    assert not judge_row(row_of(smile(20)), MOUTH).sound
    gappy = row_of(smile())
    gappy.rgba[:, 60:72, :3] //= 4
    assert not judge_row(gappy, MOUTH).sound
    assert not judge_row(row_of(smile(0)), MOUTH).sound


def test_a_dressed_row_reaches_the_corners_and_darkens_towards_them() -> None:
    dressed = dress_row(row_of(smile()), MOUTH, 200.0).rgba.astype(int)
    heights = (dressed[..., 3] > 127).sum(0)
    assert heights[25:115].min() > 30
    assert heights[[10, 130]].max() == 0
    assert np.abs(np.diff(heights[25:115])).max() <= 1
    assert heights[70] - heights[110] < 6
    light = dressed[heights[70] - 8, :, :3].mean(1)
    assert 115 <= light[70] <= 195
    assert light[100] < 0.85 * light[70]
    assert light[112] < 0.75 * light[100]


def test_a_picture_without_a_row_stays_as_it_is() -> None:
    empty = row_of(smile(0))
    assert dress_row(empty, MOUTH, 200.0) is empty
