"""What sentences mean, learned from examples."""

import numpy as np
import pytest

from agent.mind.retrieval.learned import Learned, Matrix


def unit(rows: Matrix) -> Matrix:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


@pytest.fixture
def examples() -> tuple[Matrix, Matrix]:
    """Three meanings, twenty sentences each, around three directions."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(3, 32)).astype(np.float32)
    noise = rng.normal(scale=0.5, size=(60, 32)).astype(np.float32)
    return unit(np.repeat(centres, 20, axis=0) + noise), unit(centres)


MEANINGS = np.repeat(np.arange(3), 20)


def test_tells_what_is_meant(examples: tuple[Matrix, Matrix]) -> None:
    known, centres = examples
    learned = Learned(known, MEANINGS, 3)
    for number, centre in enumerate(centres):
        meant = learned.meant(centre)
        assert meant.argmax() == number
        assert meant[number] > 0.8
        assert np.delete(meant, number).max() < 0.2


def test_leaving_out_is_learning_without(examples: tuple[Matrix, Matrix]) -> None:
    known, _ = examples
    without = Learned(known[1:], MEANINGS[1:], 3)
    assert Learned(known, MEANINGS, 3).meant(known[0], 0) == pytest.approx(
        without.meant(known[0]), abs=0.05
    )


def test_fewer_landmarks_say_about_the_same(examples: tuple[Matrix, Matrix]) -> None:
    known, centres = examples
    every, few = Learned(known, MEANINGS, 3), Learned(known, MEANINGS, 3, landmarks=40)
    for centre in centres:
        assert few.meant(centre) == pytest.approx(every.meant(centre), abs=0.1)
