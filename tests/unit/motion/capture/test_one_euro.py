"""The filter steadies noise and does not hold quick movement back."""

import numpy as np

from render.motion.one_euro import OneEuro


def run(values: np.ndarray, cutoff: float, beta: float) -> np.ndarray:
    filtered = OneEuro(0.04, cutoff, beta)
    return np.array([filtered.smooth(np.array([value]))[0] for value in values])


def test_noise_at_rest_is_steadied() -> None:
    noise = np.random.default_rng(0).normal(0, 0.01, 500)
    assert run(noise, 1.0, 0.1)[50:].std() < 0.4 * noise.std()


def test_speed_opens_the_filter() -> None:
    step = np.concatenate([np.zeros(10), np.ones(10)])
    slow, quick = run(step, 1.0, 0.0), run(step, 1.0, 5.0)
    assert quick[11] > 0.8 > 0.5 > slow[11]


def test_the_first_sample_passes_and_forgetting_starts_afresh() -> None:
    filtered = OneEuro(0.04, 0.5)
    assert filtered.smooth(np.array([3.0]))[0] == 3.0
    assert filtered.smooth(np.array([0.0]))[0] > 2.0
    filtered.reset()
    assert filtered.smooth(np.array([0.0]))[0] == 0.0


def test_a_constant_stays_what_it_is() -> None:
    assert (run(np.full(20, 0.7), 1.0, 1.0) == 0.7).all()
