"""What is read from a drawn face decides how far a shape moves."""

import numpy as np
import pytest

from render.puppet import calibrate
from render.puppet.calibrate import LEVELS, Tuned, read_sweep


def test_a_straight_and_full_reading_needs_no_change() -> None:
    reading = read_sweep(0.8 * np.array(LEVELS))
    assert reading.merit == 1.0
    assert reading.straight == pytest.approx(1.0)


def test_late_and_early_readings_are_told_apart() -> None:
    levels = np.array(LEVELS)
    assert not read_sweep(levels**4).early
    assert read_sweep(1 - (1 - levels) ** 4).early
    assert read_sweep(levels**4).merit < 1


def test_a_blind_landmarker_reads_nothing() -> None:
    assert read_sweep(np.zeros(len(LEVELS))).straight == 0.0


class Sweeps:
    """Stands for puppet and landmarker: readings that depend on the factor reached so far."""

    def __init__(self, power: float, gain: float) -> None:
        self.factor, self.cover, self.power, self.gain = 1.0, 1.0, power, gain

    def stretch(self, _: object, factor: float) -> None:
        self.factor *= factor

    def thin_cover(self, factor: float) -> None:
        self.cover *= factor

    def read(self, *_: object) -> calibrate.Reading:
        scores = np.clip(self.gain * (self.factor * np.array(LEVELS)) ** self.power, 0, 1)
        return read_sweep(scores)


@pytest.mark.parametrize(
    ("power", "gain", "low", "high"),
    [(1.0, 0.8, 1.0, 1.0), (1.0, 0.45, 1.2, 1.45), (1.0, 0.01, 1.0, 1.0), (0.3, 1.0, 0.5, 0.99)],
)
def test_factors_go_where_the_reading_asks_within_bounds(
    monkeypatch: pytest.MonkeyPatch, power: float, gain: float, low: float, high: float
) -> None:
    sweeps = Sweeps(power, gain)
    monkeypatch.setattr(calibrate, "_sweep", sweeps.read)
    tuned = Tuned(("browInnerUp",), 0.5, 1.45)
    found = calibrate._find_factors(sweeps, tuned, None, {})  # type: ignore[arg-type]
    assert low <= found.shape <= high
    assert found.cover == sweeps.cover == 1.0


def test_lips_that_purse_too_early_are_covered_less(monkeypatch: pytest.MonkeyPatch) -> None:
    sweeps = Sweeps(0.3, 1.0)
    monkeypatch.setattr(calibrate, "_sweep", sweeps.read)
    tuned = Tuned(("mouthPucker",), 0.5, 1.25, least_cover=0.5)
    found = calibrate._find_factors(sweeps, tuned, None, {})  # type: ignore[arg-type]
    assert sweeps.cover == pytest.approx(0.5)
    assert 0.5 <= found.cover < 1.0
