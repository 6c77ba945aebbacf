"""Latents become a face and come back."""

import numpy as np

from render.motion.mouth import MOUTH_INDEX, MOUTH_SIZE
from render.motion.neural.latent import (
    LATENT_INDEX,
    LATENT_SIZE,
    REST_IN_MOTION,
    denormalise,
    latents_of,
    mouth_of,
    normalise,
    rest_of,
)
from render.types import CHANNEL_INDEX, CHANNELS


def some(count: int = 5) -> np.ndarray:
    return np.random.default_rng(1).uniform(0.05, 0.6, (count, LATENT_SIZE)).astype(np.float32)


def test_a_latent_survives_the_way_through_a_face() -> None:
    latents = some()

    back = latents_of(mouth_of(latents), rest_of(latents))

    assert np.allclose(back, latents, atol=1e-6)


def test_a_latent_survives_normalisation() -> None:
    latents = some()

    assert np.allclose(denormalise(normalise(latents)), latents, atol=1e-5)


def test_both_sides_move_and_nothing_else() -> None:
    latents = np.zeros((1, LATENT_SIZE), np.float32)
    latents[0, LATENT_INDEX["mouthStretch"]] = 0.5
    latents[0, LATENT_INDEX["eyeBlink"]] = 0.25

    mouth, rest = mouth_of(latents)[0], rest_of(latents)[0]

    assert mouth.shape == (MOUTH_SIZE,)
    assert mouth[MOUTH_INDEX["mouthStretchLeft"]] == mouth[MOUTH_INDEX["mouthStretchRight"]] == 0.5
    assert np.count_nonzero(mouth) == 2
    assert rest.shape == (len(CHANNELS),)
    assert rest[CHANNEL_INDEX["eyeBlinkLeft"]] == rest[CHANNEL_INDEX["eyeBlinkRight"]] == 0.25
    assert set(np.flatnonzero(rest)) <= set(REST_IN_MOTION)


def test_generated_values_stay_within_bounds() -> None:
    wild = denormalise(np.full((1, LATENT_SIZE), 50.0, np.float32))[0]

    assert wild[LATENT_INDEX["jawOpen"]] == 1.0
    assert wild[LATENT_INDEX["yaw"]] == 20.0
    assert denormalise(np.full((1, LATENT_SIZE), -50.0, np.float32))[0, 0] == 0.0
