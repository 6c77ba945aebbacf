"""The photo's own expression shows when it is commanded, and at no other time."""

import numpy as np

from render.puppet.own import own_weights
from render.types import ARKIT_SHAPES, CHANNEL_INDEX, Motion

LAUGH = {
    "mouthSmileLeft": 1.0, "mouthSmileRight": 1.0, "mouthUpperUpLeft": 0.8,
    "mouthUpperUpRight": 0.8,
}  # fmt: skip
OWN = Motion.of(**LAUGH).values[: len(ARKIT_SHAPES)]


def weights(share: float = 1.0, **more: float) -> tuple[float, float]:
    """Weights for a share of the laugh with something added."""
    values = Motion.of(**{name: share * value for name, value in LAUGH.items()}).values
    for name, value in more.items():
        values[CHANNEL_INDEX[name]] += value
    return own_weights(values, OWN)


def test_the_whole_expression_is_the_photo() -> None:
    assert weights() == (1.0, 1.0)
    assert weights(1.1) == (1.0, 1.0)


def test_a_resting_or_mildly_smiling_face_is_not() -> None:
    assert weights(0.0) == (0.0, 0.0)
    assert weights(0.6) == (0.0, 0.0)


def test_it_comes_without_a_jump() -> None:
    looks = np.array([weights(share)[0] for share in np.linspace(0, 1.2, 241)])
    steps = np.diff(looks)
    assert looks[0] == 0
    assert looks[-1] == 1
    assert 0 <= steps.min() <= steps.max() < 0.03


def test_what_contradicts_it_takes_it_away() -> None:
    for shape in ("seal", "tuck", "round", "mouthPucker", "jawOpen"):
        assert weights(**{shape: 0.7}) == (0.0, 0.0)
        assert 0 < weights(**{shape: 0.4})[0] < 1


def test_a_lip_lowered_already_is_not_lowered_twice() -> None:
    look, part = weights(mouthLowerDownLeft=0.3, mouthLowerDownRight=0.3)
    assert look == 1
    assert np.isclose(part, 0.5)


def test_a_photo_without_expression_never_shows_one() -> None:
    assert own_weights(Motion.of(**LAUGH).values, np.zeros_like(OWN)) == (0.0, 0.0)
