"""Finding speech on recorded tracks."""

import base64

import numpy as np
import pytest

from agent.bench.lab.tracks import Track, is_speaking, last_heard, played_at

rng = np.random.default_rng(1)


def speech(seconds: float) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    slow = np.repeat(rng.uniform(0, 1, int(seconds * 20)), 800)
    return (slow * rng.normal(0, 4000, len(slow))).clip(-30000, 30000).astype(np.int16)


def test_a_file_is_found_on_a_track_with_other_gain() -> None:
    file = speech(4)
    track = Track(1_000.0, np.concatenate([np.zeros(8_000, np.int16), file // 3, file[:100] * 0]))
    assert played_at(track, file) == pytest.approx(1_500, abs=5)


def test_a_track_that_begins_inside_the_file() -> None:
    file = speech(6)
    assert played_at(Track(0.0, file[16_000:]), file) == pytest.approx(-1_000, abs=5)


def test_silence() -> None:
    track = Track(0.0, np.concatenate([speech(2) | 1, np.zeros(16_000, np.int16)]))
    assert last_heard(track, 500, 3_000) == pytest.approx(2_000, abs=300)
    assert last_heard(track, 500, 1_000) == pytest.approx(1_000, abs=10)
    assert last_heard(track, 2_500, 3_000) == 2_500
    assert is_speaking(track, 1_000)
    assert not is_speaking(track, 2_900)


def test_reading_the_probe() -> None:
    pcm = base64.b64encode(np.array([1, -2, 3], np.int16).tobytes()).decode()
    track = Track.from_probe({"start_ms": 5.0, "pcm": pcm})
    assert track.samples.tolist() == [1, -2, 3]
