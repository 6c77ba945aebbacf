"""Lips meet where a sealing sound is heard, and only there."""

import numpy as np
import pytest

from render.motion.neural.latent import LATENT_INDEX, LATENT_SIZE
from render.motion.neural.lips import agreed

SEAL = LATENT_INDEX["seal"]
TIMES = np.arange(10, dtype=np.float32)


def shown(seal: float, heard: float, at: int = 4) -> float:
    """The seal of frame 4, where a sound is heard in the tokens of frame `at`."""
    latents = np.zeros((10, LATENT_SIZE), np.float32)
    latents[4, SEAL] = seal
    sealing = np.zeros(20, np.float32)
    sealing[2 * at : 2 * at + 2] = heard
    return float(agreed(latents, sealing, TIMES)[4, SEAL])


def test_a_seal_is_made_where_it_is_heard() -> None:
    assert shown(seal=0.0, heard=0.9) == 1.0


def test_a_seal_that_nothing_was_heard_of_is_let_go() -> None:
    assert shown(seal=1.0, heard=0.0) == 0.0


@pytest.mark.parametrize("at", [3, 5])
def test_a_seal_just_beside_its_sound_stays(at: int) -> None:
    assert shown(seal=1.0, heard=0.9, at=at) == 1.0


def test_nothing_else_of_the_mouth_is_touched() -> None:
    latents = np.random.default_rng(0).uniform(0, 1, (10, LATENT_SIZE)).astype(np.float32)
    moved = agreed(latents, np.full(20, 0.9, np.float32), TIMES)
    others = [index for index in range(LATENT_SIZE) if index != SEAL]
    np.testing.assert_array_equal(moved[:, others], latents[:, others])


def test_frames_beyond_the_tokens_hear_the_last_ones() -> None:
    latents = np.zeros((2, LATENT_SIZE), np.float32)
    assert agreed(latents, np.ones(4, np.float32), np.array([0, 9], np.float32))[1, SEAL] == 1.0
