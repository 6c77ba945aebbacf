"""Slow channels meet the known frames; fast ones and saccades stay as they are."""

import numpy as np

from render.motion.neural.latent import LATENT_INDEX, LATENT_SIZE
from render.motion.neural.seams import FADE_FRAMES, carry_over, steady

YAW, JAW, GAZE = (LATENT_INDEX[name] for name in ("yaw", "jawOpen", "gazeX"))


def chunk(known_after: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    made = np.zeros((20, LATENT_SIZE), np.float32)
    mask = np.zeros(20, bool)
    mask[:2] = True
    made[:2, YAW], made[:2, JAW], made[:2, GAZE] = 4.0, 0.3, 0.5
    if known_after:
        mask[-known_after:] = True
        made[-known_after:, YAW] = -2.0
    return made, mask, np.arange(20, dtype=np.float32)


def test_a_head_goes_on_where_it_was() -> None:
    made, mask, times = chunk()

    smooth = carry_over(made, mask, times)

    assert np.abs(np.diff(smooth[:, YAW])).max() < 0.7
    assert (smooth[2 + FADE_FRAMES :] == made[2 + FADE_FRAMES :]).all()


def test_a_moving_head_keeps_moving() -> None:
    made, mask, times = chunk()
    made[0, YAW] = 3.0

    assert carry_over(made, mask, times)[2, YAW] > 4.5


def test_mouths_and_saccades_are_left_alone() -> None:
    made, mask, times = chunk()

    smooth = carry_over(made, mask, times)

    assert (smooth[:, JAW] == made[:, JAW]).all()
    assert (smooth[:, GAZE] == made[:, GAZE]).all()


def test_a_tremble_is_taken_out_and_a_movement_kept() -> None:
    made, _, times = chunk()
    made[:, YAW] = 0.3 * times + 0.1 * (-1) ** times
    made[:, JAW] = 0.1 * (1 + (-1) ** times)

    even = steady(made)

    assert np.allclose(even[2:-2, YAW], 0.3 * times[2:-2], atol=1e-4)
    assert (even[:, JAW] == made[:, JAW]).all()


def test_anchors_pull_from_both_sides() -> None:
    made, mask, times = chunk(known_after=1)

    smooth = carry_over(made, mask, times)

    assert np.abs(np.diff(smooth[:, YAW])).max() < 0.7
