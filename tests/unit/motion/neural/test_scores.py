"""The measures of a mouth say what they claim."""

import numpy as np

from render.motion.neural.latent import LATENT_INDEX, LATENT_SIZE
from render.motion.neural.scores import (
    aperture,
    closure_precision,
    closure_recall,
    correlation,
    lag_ms,
)

JAW, SEAL = LATENT_INDEX["jawOpen"], LATENT_INDEX["seal"]


def talking(count: int = 100) -> np.ndarray:
    mouth = np.zeros((count, LATENT_SIZE), np.float32)
    mouth[:, JAW] = 0.2 + 0.1 * np.sin(np.arange(count) * 0.7 + 0.3 * np.sin(np.arange(count)))
    for at in (20, 50, 80):
        mouth[at : at + 2, SEAL] = 1
    return mouth


CLOSED = talking()[:, SEAL] > 0.9


def test_a_motion_fits_itself() -> None:
    mouth = talking()

    assert correlation(aperture(mouth), aperture(mouth)) > 0.999
    assert lag_ms([aperture(mouth)], [aperture(mouth)]) == 0
    assert closure_recall(mouth, CLOSED) == (3, 3)
    assert closure_precision(mouth, CLOSED) == (3, 3)


def test_a_late_mouth_is_late() -> None:
    late = np.roll(aperture(talking()), 5)

    assert lag_ms([late], [aperture(talking())]) == 200
    assert lag_ms([aperture(talking())], [late]) == -200


def test_a_still_mouth_closes_nothing() -> None:
    still = np.zeros_like(talking())

    assert closure_recall(still, CLOSED) == (0, 3)
    assert lag_ms([aperture(still)], [aperture(talking())]) == 0
    assert correlation(aperture(still), aperture(talking())) == 0


def test_a_mouth_that_never_closes_is_found_out() -> None:
    open_ = talking()
    open_[:, SEAL] = 0

    assert closure_recall(open_, CLOSED) == (0, 3)


def test_closures_nobody_asked_for_are_counted() -> None:
    eager = talking()
    eager[10, SEAL] = eager[35, SEAL] = eager[65, SEAL] = 1

    assert closure_precision(eager, CLOSED) == (3, 6)
