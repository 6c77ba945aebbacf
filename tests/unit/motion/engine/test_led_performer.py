"""A performer led by the engine: its mouth, its head, its gaps and its interruption."""

from concurrent.futures import Executor

import numpy as np
import pytest
from fake_model import JAW, YAW, LoudnessModel
from numpy.typing import NDArray
from test_engine import Later

from render.clock import FRAME_SAMPLES
from render.motion.emotion import Emotion
from render.motion.engine.engine import MotionEngine, motion_pipeline
from render.motion.engine.items import Performance
from render.motion.gesture import GESTURES
from render.motion.mouth import MOUTH_IN_MOTION
from render.motion.neural.contract import ChunkRequest
from render.motion.neural.latent import LATENT_INDEX, Latents
from render.motion.performer import Performer
from render.types import AudioChunk, AVUnit, Phone, SegmentEnd


class SteadyModel(LoudnessModel):
    """Jaw and head stay where they are put."""

    def generate(self, request: ChunkRequest) -> Latents:
        made = super().generate(request)
        made[~request.mask, JAW] = 0.4
        made[~request.mask, YAW] = 5.0
        made[~request.mask, LATENT_INDEX["browInnerUp"]] = 0.3
        return made


def performer(model: LoudnessModel, computing: Executor | None = None, seed: int = 1) -> Performer:
    return Performer(seed, engine=MotionEngine(motion_pipeline(model), computing))


def tone(seconds: float) -> NDArray[np.int16]:
    return (9_000 * np.sin(np.arange(round(seconds * 24_000)) / 9)).astype(np.int16)


def take(of: Performer, count: int) -> list[AVUnit]:
    return [of.advance() for _ in range(count)]


def mouths(units: list[AVUnit]) -> NDArray[np.float32]:
    return np.stack([unit.motion.values[MOUTH_IN_MOTION] for unit in units])


def test_the_engine_moves_mouth_and_head_from_the_first_frame_on() -> None:
    face = performer(SteadyModel())
    face.push_speech(AudioChunk(tone(3.0)))
    face.push_speech(SegmentEnd())
    units = take(face, 50)
    assert [round(unit.motion["jawOpen"], 3) for unit in units] == [0.4] * 50
    assert units[0].lips_moving
    assert units[49].motion["yaw"] == pytest.approx(4.4, abs=0.3)  # 5 degrees, bent by the limit
    assert units[49].motion["browInnerUp"] == pytest.approx(0.3, abs=0.01)


def test_head_and_brows_are_taken_over_and_given_back_without_a_jolt() -> None:
    face = performer(SteadyModel())
    units = take(face, 10)
    face.push_speech(AudioChunk(tone(2.0)))
    face.push_speech(SegmentEnd())
    units += take(face, 150)
    for channel, largest in (("yaw", 0.9), ("pitch", 0.5), ("browInnerUp", 0.07)):
        values = np.array([unit.motion[channel] for unit in units])
        assert np.abs(np.diff(values)).max() < largest
    assert abs(units[-1].motion["yaw"]) < 3.0


def test_rules_fill_in_while_the_engine_is_late_and_it_takes_over_within_three_frames() -> None:
    elsewhere = Later()
    face = performer(SteadyModel(), elsewhere)
    face.push_speech(AudioChunk(tone(3.0)))
    late = take(face, 10)
    assert not any(unit.motion["jawOpen"] == pytest.approx(0.4) for unit in late)
    assert np.ptp(mouths(late), axis=0).max() > 0.05
    elsewhere.work()
    after = take(face, 6)
    assert [round(unit.motion["jawOpen"], 3) for unit in after[2:]] == [0.4] * 4
    steps = np.abs(np.diff(mouths([late[-1], *after]), axis=0)).max(axis=1)
    assert steps.max() < 0.35


def test_an_interruption_rests_the_mouth_in_the_second_frame_and_drops_what_comes_late() -> None:
    elsewhere = Later()
    face = performer(SteadyModel(), elsewhere)
    face.push_speech(AudioChunk(tone(3.0)))
    elsewhere.work()
    take(face, 20)
    face.push_speech(AudioChunk(tone(5.0)))
    assert elsewhere.waiting
    heard = face.clear()
    assert heard is not None
    assert heard.position == pytest.approx(19 * 0.04)
    units = take(face, 2)
    elsewhere.work()
    units += take(face, 4)
    assert [unit.segment for unit in units] == [0] * 6
    openings = [unit.motion["jawOpen"] for unit in units]
    assert openings[0] > 0
    assert openings[1:] == [0.0] * 5
    assert [unit.lips_moving for unit in units] == [True] + [False] * 5


def test_speech_after_an_interruption_is_new_speech() -> None:
    face = performer(SteadyModel())
    face.push_speech(AudioChunk(tone(3.0)))
    take(face, 20)
    face.clear()
    face.push_speech(AudioChunk(tone(1.0)))
    face.push_speech(SegmentEnd())
    units = take(face, 26)
    assert units[0].segment == 2
    assert units[-1].ended is not None
    assert units[10].motion["jawOpen"] == pytest.approx(0.4)


def test_a_pause_holds_the_engines_motion_and_goes_on_with_it() -> None:
    face = performer(LoudnessModel())
    samples = (tone(2.0) * np.linspace(0.2, 1, 48_000)).astype(np.int16)
    face.push_speech(AudioChunk(samples))
    face.push_speech(SegmentEnd())
    whole = performer(LoudnessModel())
    whole.push_speech(AudioChunk(samples))
    whole.push_speech(SegmentEnd())
    straight = take(whole, 40)
    units = take(face, 20)
    face.pause()
    resting = take(face, 5)
    assert resting[-1].motion["jawOpen"] == 0.0
    face.resume()
    units += take(face, 20)
    jaw, wanted = ([unit.motion["jawOpen"] for unit in each] for each in (units, straight))
    np.testing.assert_allclose(jaw[:20] + jaw[23:], wanted[:20] + wanted[23:], atol=1e-5)


def test_the_same_seed_and_sound_bring_the_same_performance() -> None:
    taken = []
    for _ in range(2):
        face = performer(LoudnessModel(), seed=9)
        face.push_speech(AudioChunk(tone(2.0)))
        face.push_speech(SegmentEnd())
        taken.append(np.stack([unit.motion.values for unit in take(face, 60)]))
    np.testing.assert_array_equal(taken[0], taken[1])


def test_closures_hold_under_the_engine_whatever_is_felt() -> None:
    phones = tuple(
        Phone(symbol, 0.1 * index, 0.1 * index + 0.1)
        for index, symbol in enumerate(["ɑ", "m", "ɑ", "b", "i", "p", "ɑ", "m", "ɑ", "ɑ"])
    )
    face = performer(SteadyModel())
    face.set_emotion(Emotion.HAPPY)
    face.gesture(GESTURES["wink_left"])
    face.push_speech(AudioChunk(tone(1.0), phones))
    face.push_speech(SegmentEnd())
    units = take(face, 26)
    for middle in (0.15, 0.35, 0.55, 0.75):
        near = units[round(middle / 0.04) : round(middle / 0.04) + 3]
        sealed = max(near, key=lambda unit: unit.motion["seal"])
        assert sealed.motion["seal"] > 0.95
        assert sealed.motion["mouthUpperUpLeft"] < 0.1
    assert max(unit.motion["eyeBlinkLeft"] + unit.motion["eyeBlinkRight"] for unit in units) > 0.8


def test_an_engine_of_its_own_style_is_asked_for_it() -> None:
    model = LoudnessModel()
    Performer(
        engine=MotionEngine(motion_pipeline(model), performance=Performance(seed=3))
    ).push_speech(AudioChunk(tone(1.0)))
    assert len({request.seed for request in model.requests}) == len(model.requests)


def test_nothing_is_spent_on_a_mouth_that_nobody_sees_and_it_moves_when_somebody_does() -> None:
    model = SteadyModel()
    face = performer(model)
    face.watched = False
    face.push_speech(AudioChunk(tone(3.0)))
    face.push_speech(SegmentEnd())
    unseen = take(face, 25)
    assert not model.requests
    assert {unit.motion["jawOpen"] for unit in unseen} == {0.0}
    assert np.concatenate([unit.samples for unit in unseen])[FRAME_SAMPLES:].any()
    face.watched = True
    assert max(unit.motion["jawOpen"] for unit in take(face, 25)) > 0.1
    take(face, 30)
    face.push_speech(AudioChunk(tone(1.0)))
    assert take(face, 10)[-1].motion["jawOpen"] == pytest.approx(0.4, abs=0.001)
