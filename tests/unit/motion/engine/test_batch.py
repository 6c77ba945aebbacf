"""Speech in, a film out: every sample and frame once, nothing piled up, nothing left on failure."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fake_model import LoudnessModel
from numpy.typing import NDArray
from test_engine import speech

from render.batch import AFTER_FRAMES, AHEAD_SECONDS, BEFORE_FRAMES, Take, film_pipeline
from render.clock import AUDIO_RATE
from render.motion.engine.engine import MotionEngine, motion_pipeline
from render.publish.film import PublishError
from render.publish.mp4 import Mp4Writer
from render.types import AudioChunk, AVUnit, Motion


class Grey:
    """Draws how far the jaw is open, as brightness."""

    def draw(self, motion: Motion) -> NDArray[np.uint8]:
        picture = np.full((64, 64, 4), 255, np.uint8)
        picture[..., :3] = round(250 * motion["jawOpen"])
        return picture


def engine() -> MotionEngine:
    return MotionEngine(motion_pipeline(LoudnessModel()))


def pieces(samples: NDArray[np.int16], size: int = 12_000) -> Iterator[AudioChunk]:
    for start in range(0, len(samples), size):
        yield AudioChunk(samples[start : start + size])


def test_every_frame_and_sample_comes_once_and_the_engine_leads_them_all() -> None:
    samples = speech(7.3)
    units = list(film_pipeline().stream_items(Take(engine=engine()), pieces(samples)))
    assert [unit.pts for unit in units] == list(range(len(units)))
    assert len(units) == BEFORE_FRAMES + 1 + -(-len(samples) // 960) + AFTER_FRAMES
    heard = np.concatenate([unit.samples for unit in units if unit.position > 0])
    np.testing.assert_array_equal(heard[: len(samples)], samples)
    level = np.abs(samples[: 180 * 960]).reshape(180, 960).mean(axis=1) / 32_768
    jaws = [unit.motion["jawOpen"] for unit in units if unit.position > 0][:180]
    assert np.corrcoef(jaws, level)[0, 1] > 0.95


def test_speech_is_taken_only_as_it_is_needed() -> None:
    drawn = 0

    def endless() -> Iterator[AudioChunk]:
        nonlocal drawn
        while True:
            drawn += 1
            yield AudioChunk(speech(0.5, seed=drawn))

    units = film_pipeline(Grey()).stream_items(Take(engine=engine()), endless())
    for unit, _ in zip(units, range(500), strict=False):
        assert drawn * 0.5 <= unit.pts * 0.04 + AHEAD_SECONDS + 0.6


def test_a_film_plays_and_shows_what_was_drawn(tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    with Mp4Writer(out, 64, 64, fragmented=True) as film:
        run = film_pipeline(Grey(), film).open_run(Take(engine=engine()))
        for chunk in pieces(speech(4.0)):
            for _ in run.push_item(chunk):
                pass
        assert film.partial_path.stat().st_size > 0
        for _ in run.end_stream():
            pass
    assert out.stat().st_size > 1_000
    assert set(run.progress.seconds) == {"performing", "drawing", "publishing"}
    assert run.progress.given == film.frames == BEFORE_FRAMES + 1 + 100 + AFTER_FRAMES


def test_nothing_is_left_when_it_fails_halfway(tmp_path: Path) -> None:
    class Failing(Grey):
        """Draws a picture of another size after a while."""

        drawn = 0

        def draw(self, motion: Motion) -> NDArray[np.uint8]:
            self.drawn += 1
            picture = super().draw(motion)
            return picture if self.drawn < 30 else picture[:32]

    with pytest.raises(PublishError), Mp4Writer(tmp_path / "out.mp4", 64, 64) as film:
        list(film_pipeline(Failing(), film).stream_items(Take(), pieces(speech(4.0))))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("seconds", [0.0, 0.02, 0.5])
def test_short_and_missing_speech(seconds: float) -> None:
    units: list[AVUnit] = list(
        film_pipeline().stream_items(Take(engine=engine()), pieces(speech(seconds)))
    )
    if seconds:
        assert max(unit.segment for unit in units) == 1
    assert sum(len(unit.samples) for unit in units) / AUDIO_RATE >= seconds
