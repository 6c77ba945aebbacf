"""The figures of the endless bench say what happened to made-up motion."""

import numpy as np
import pytest

from agent.bench.endless import FrameWatch, drift, seams
from render.chunks import ChunkPlan, next_chunk
from render.motion.engine.items import SpeechMotion
from render.motion.mouth import MOUTH_SIZE
from render.stage import Cancellation
from render.types import CHANNELS


def shown_starts(count: int, bridging: bool) -> list[int]:
    plan, starts = ChunkPlan(), []
    while planned := next_chunk(plan, count, True, bridging):
        plan, chunk = planned
        starts.append(chunk.shown_start)
    return starts[1:]


@pytest.mark.parametrize("bridging", [True, False])
def test_jumps_where_chunks_meet_are_found_and_others_are_not(bridging: bool) -> None:
    steps = np.ones(1000)
    steps[shown_starts(1000, bridging)] = 3.0
    assert seams(list(steps), bridging) == (3.0, 1.0)
    shifted = np.roll(steps, 1)
    assert seams(list(shifted), bridging)[0] == 1.0


def test_motion_that_grows_drifts_and_motion_that_varies_does_not() -> None:
    random = np.random.default_rng(0)
    around, rounds = 100, 150
    noise = random.normal(1.0, 0.1, around * rounds)
    still = drift(list(noise), around)
    assert still["low"] < 0 < still["high"]
    growing = drift(list(noise + np.arange(around * rounds) / 1500 * 0.05), around)
    assert growing["per_minute"] == pytest.approx(0.05, abs=0.005)
    assert growing["low"] > 0


def test_frames_left_out_and_repeated_are_counted() -> None:
    watch = FrameWatch()
    state = watch.start(None)  # type: ignore[arg-type]
    for number in (0, 1, 1, 2, 5, 6, 4):
        motion = SpeechMotion(
            number, np.zeros(MOUTH_SIZE, np.float32), np.zeros(len(CHANNELS), np.float32)
        )
        list(watch.run(state, motion, Cancellation()))
    assert (watch.seen.missing, watch.seen.doubled) == (2, 2)
