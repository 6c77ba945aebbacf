"""What is read from a drawn face decides how far a shape moves."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pytest

from render.cloning import calibrate
from render.cloning.calibrate import (
    BLINKS,
    CLOSINGS,
    LEVELS,
    LidClosing,
    Tuned,
    close_lids,
    read_sweep,
)
from render.face import topology
from render.face.avatar import Mesh
from render.types import ARKIT_SHAPES


def test_a_straight_and_full_reading_needs_no_change() -> None:
    reading = read_sweep(0.8 * np.array(LEVELS))
    assert reading.merit() == 1.0
    assert reading.straight == pytest.approx(1.0)


def test_late_and_early_readings_are_told_apart() -> None:
    levels = np.array(LEVELS)
    assert not read_sweep(levels**4).early
    assert read_sweep(1 - (1 - levels) ** 4).early
    assert read_sweep(levels**4).merit() < 1


def test_a_blind_landmarker_reads_nothing() -> None:
    assert read_sweep(np.zeros(len(LEVELS))).straight == 0.0


@dataclass
class Bundled:
    """Stands for a bundle of which only the mesh matters."""

    mesh: Mesh


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


def blinking_mesh() -> Mesh:
    """A mesh of which only the deltas matter: lids travel 100 pixels, the crease 60."""
    deltas = np.zeros((len(ARKIT_SHAPES), topology.LANDMARKS, 3), np.int8)
    for name, (upper, lower), (crease, _) in zip(
        BLINKS, topology.EYE_RIMS, topology.EYE_CREASES, strict=True
    ):
        blink = deltas[ARKIT_SHAPES.index(name), :, 1]
        blink[list(upper[1:-1])], blink[list(lower[1:-1])] = -103, -3
        blink[list(crease[1:-1])] = -60
    empty = np.zeros(0)
    others: dict[str, Any] = {field.name: empty for field in fields(Mesh)}
    return Mesh(**others | {"deltas": deltas, "delta_scale": np.ones(len(deltas), np.float32)})


def test_lids_close_lower_and_still_meet() -> None:
    mesh = close_lids(blinking_mesh(), LidClosing(lower=0.2, crease=0.9))
    for name, (upper, lower), (crease, _) in zip(
        BLINKS, topology.EYE_RIMS, topology.EYE_CREASES, strict=True
    ):
        shape = ARKIT_SHAPES.index(name)
        down = -mesh.deltas[shape, :, 1] * mesh.delta_scale[shape]
        assert down[upper[4]] == pytest.approx(120, abs=0.5)
        assert down[lower[4]] == pytest.approx(20, abs=0.5)
        assert down[crease[4]] == pytest.approx(90, abs=0.5)
    jaw = ARKIT_SHAPES.index("jawOpen")
    assert mesh.delta_scale[jaw] == 1.0


@pytest.mark.parametrize(("needed", "tried"), [(0, 1), (3, 4), (9, len(CLOSINGS))])
def test_lids_close_as_usual_where_that_reads(
    monkeypatch: pytest.MonkeyPatch, needed: int, tried: int
) -> None:
    scores = iter([0.5 if needed == i else 0.1 + 0.01 * i for i in range(len(CLOSINGS))])
    looks: list[dict[str, float]] = []

    def look(*_: object) -> dict[str, float]:
        looks.append(dict.fromkeys(BLINKS, next(scores)))
        return looks[-1]

    monkeypatch.setattr(calibrate, "_look", look)
    monkeypatch.setattr(calibrate, "Puppet", lambda *_: None)
    bundle = Bundled(blinking_mesh())
    closed = calibrate._close_eyes(bundle, None)  # type: ignore[arg-type]
    assert len(looks) == tried
    expected = close_lids(bundle.mesh, CLOSINGS[tried - 1])
    np.testing.assert_array_equal(closed.mesh.deltas, expected.deltas)
