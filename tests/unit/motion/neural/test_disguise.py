"""Each disguise does to the sound what its name says."""

import numpy as np

from render.motion.neural import disguise
from render.motion.neural.features import BANDS, Mels


def click(size: int = 64) -> Mels:
    """One loud hop in band 40, silence around it."""
    power = np.full((size, 60, BANDS), 1e-9, np.float32)
    power[:, 20, 40] = 1.0
    return power


def test_a_room_adds_a_tail_that_falls_and_nothing_before() -> None:
    heard = disguise.reverberant(click(), np.random.default_rng(0))
    tail = heard[:, 21:, 40].mean(axis=0)
    assert np.allclose(heard[:, :20], 1e-9)
    assert tail[0] > tail[5] > tail[20] > 1e-8
    assert (heard[:, 25, 40] < 1e-8).any(), "some rooms are dead"


def test_another_throat_moves_the_bands() -> None:
    heard = disguise.warped(click(), np.random.default_rng(0))
    peaks = heard[:, 20].argmax(axis=1)
    assert {40} < set(peaks.tolist())
    assert peaks.min() >= 34
    assert peaks.max() <= 47


def test_a_gain_control_lifts_what_is_quiet() -> None:
    power = np.full((200, 100, BANDS), 1e-4, np.float32)
    power[:, :20] = 1.0
    heard = disguise.gain_controlled(power, np.random.default_rng(0))
    lifted = heard[:, -1, 0] / 1e-4
    assert np.isclose(heard[:, 5], 1.0).all()
    assert (lifted > 2).mean() > 0.15
    assert np.isclose(lifted, 1.0).mean() > 0.5


def test_company_adds_and_never_takes_away() -> None:
    power = np.random.default_rng(1).uniform(0, 1, (16, 60, BANDS)).astype(np.float32)
    heard = disguise.accompanied(power, np.random.default_rng(0))
    assert (heard >= power).all()
    assert (heard > power + 1e-6).any()


def test_a_line_cuts_what_it_does_not_carry() -> None:
    power = np.ones((200, 20, BANDS), np.float32)
    heard = disguise.carried(power, np.random.default_rng(0))
    cut = (heard[:, :, -1] < 0.5).all(axis=1)
    assert 0.1 < cut.mean() < 0.35
    assert (heard[:, :, 20] >= 1.0).all()
