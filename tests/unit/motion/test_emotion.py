"""Emotions show, come and go smoothly, and never keep lips apart that must meet."""

import numpy as np
import pytest
from numpy.typing import NDArray
from spoken import phones, say

from render.motion.behaviour import PITCH_LIMIT, ROLL_LIMIT, YAW_LIMIT
from render.motion.emotion import PARTING, Emotion, Feeling, expression, join, while_speaking
from render.motion.mouth import MOUTH_CHANNELS, MOUTH_INDEX, MOUTH_SIZE
from render.motion.performer import Performer
from render.types import ARKIT_SHAPES, CHANNEL_INDEX

FELT = [emotion for emotion in Emotion if emotion is not Emotion.NEUTRAL]
LINE = phones("m ˈɑ m _ b ˈu p _ f ˈI v _ p ˈɑ p ə l", 0.1, start=0.05)
OPENERS = [CHANNEL_INDEX[name] for name in (*PARTING, "mouthFunnel")]


def felt_for(emotion: Emotion, frames: int, speaking: bool = False) -> NDArray[np.float64]:
    feeling = Feeling()
    feeling.set_emotion(emotion)
    return np.array([feeling.next_expression(speaking)[0] for _ in range(frames)])


def spoken(emotion: Emotion, seed: int = 0) -> NDArray[np.float32]:
    performer = Performer(seed)
    performer.set_emotion(emotion)
    for _ in range(25):
        performer.advance()
    say(performer, LINE)
    motion = []
    while performer.speaking:
        motion.append(performer.advance().motion.values)
    return np.array(motion)


@pytest.mark.parametrize("emotion", FELT)
def test_an_emotion_is_its_own_and_grows_with_intensity(emotion: Emotion) -> None:
    full, half = expression(emotion), expression(emotion, 0.5)
    assert np.abs(full).max() > 0.3
    assert (np.abs(half) <= np.abs(full)).all()
    assert 0.2 < np.linalg.norm(half) / np.linalg.norm(full) < 0.6
    assert not expression(emotion, 0.0).any()
    np.testing.assert_array_equal(expression(emotion, 7.0), full)
    others = [expression(other) for other in FELT if other is not emotion]
    assert min(np.abs(full - other).max() for other in others) > 0.15


def test_brows_tell_the_emotions_apart() -> None:
    def brows(emotion: Emotion) -> tuple[float, float]:
        face = expression(emotion)
        inner, outer = face[CHANNEL_INDEX["browInnerUp"]], face[CHANNEL_INDEX["browOuterUpLeft"]]
        return float(inner), float(outer - face[CHANNEL_INDEX["browDownLeft"]])

    assert brows(Emotion.SAD)[0] > 0.5 > 0 > brows(Emotion.SAD)[1]
    drawn_together = brows(Emotion.CONCERNED)
    assert drawn_together[0] + drawn_together[1] < 0 < drawn_together[0] < 0.5
    assert sum(brows(Emotion.SAD)) > 0
    assert min(brows(Emotion.SURPRISED)) > 0.5


@pytest.mark.parametrize("emotion", FELT)
def test_it_comes_faster_than_it_goes_and_without_a_jolt(emotion: Emotion) -> None:
    feeling, goal = Feeling(), expression(emotion)
    track = int(np.abs(goal[: len(ARKIT_SHAPES)]).argmax())
    feeling.set_emotion(emotion)
    rise = np.array([feeling.next_expression(False)[0][track] for _ in range(40)]) / goal[track]
    feeling.set_emotion(Emotion.NEUTRAL)
    fall = np.array([feeling.next_expression(False)[0][track] for _ in range(40)]) / goal[track]
    assert 5 <= int((rise < 0.9).sum()) <= 12
    assert 11 <= int((fall > 0.1).sum()) <= 19
    assert np.abs(np.diff(np.concatenate([[0.0], rise, fall]))).max() < 0.2
    assert np.diff(rise).min() > -1e-6
    assert abs(fall[-1]) < 0.02


def test_one_emotion_passes_into_another_smoothly() -> None:
    feeling, faces = Feeling(), []
    for emotion in (Emotion.HAPPY, Emotion.SAD, Emotion.SURPRISED, Emotion.NEUTRAL):
        feeling.set_emotion(emotion)
        faces += [feeling.next_expression(False)[0] for _ in range(9)]
    shapes = np.array(faces)[:, : len(ARKIT_SHAPES)]
    assert np.abs(np.diff(shapes, axis=0)).max() < 0.2


@pytest.mark.parametrize("emotion", list(Emotion))
@pytest.mark.parametrize("closure", ["seal", "tuck"])
def test_nothing_of_an_emotion_parts_lips_that_close(emotion: Emotion, closure: str) -> None:
    mouth = np.zeros(MOUTH_SIZE, np.float32)
    mouth[MOUTH_INDEX[closure]] = 1.0
    joined = join(expression(emotion), mouth)
    assert not joined[OPENERS].any()
    assert joined[CHANNEL_INDEX[closure]] == 1.0
    sideways = [CHANNEL_INDEX[f"mouth{n}Left"] for n in ("Smile", "Frown", "Dimple", "Press")]
    assert (joined[sideways] <= 0.31 * expression(emotion)[sideways] + 1e-9).all()


@pytest.mark.parametrize("emotion", FELT)
def test_speech_closes_as_often_under_any_emotion(emotion: Emotion) -> None:
    plain, felt = spoken(Emotion.NEUTRAL), spoken(emotion)
    for closure in ("seal", "tuck"):
        column = CHANNEL_INDEX[closure]
        np.testing.assert_array_equal(plain[:, column], felt[:, column])
        shut = felt[:, column] == 1.0
        assert shut.sum() >= 1
        assert felt[shut][:, OPENERS].max() <= plain[shut][:, OPENERS].max() + 1e-6


def test_an_open_mouth_leaves_the_opening_to_speech() -> None:
    face = expression(Emotion.SURPRISED)
    jaw = CHANNEL_INDEX["jawOpen"]
    assert while_speaking(face)[jaw] < 0.3 * face[jaw]
    assert felt_for(Emotion.SURPRISED, 40, speaking=True)[-1][jaw] < 0.3 * face[jaw]
    brow = CHANNEL_INDEX["browInnerUp"]
    assert while_speaking(face)[brow] == face[brow]


def test_rounded_lips_keep_some_of_a_smile() -> None:
    face, mouth = expression(Emotion.HAPPY), np.zeros(MOUTH_SIZE, np.float32)
    mouth[MOUTH_INDEX["round"]] = 1.0
    smile = CHANNEL_INDEX["mouthSmileLeft"]
    assert 0.4 * face[smile] < join(face, mouth)[smile] < 0.7 * face[smile]


def test_an_open_jaw_parts_pressed_lips_and_a_frown_holds_it_back() -> None:
    mouth = np.zeros(MOUTH_SIZE, np.float32)
    mouth[MOUTH_INDEX["jawOpen"]] = 0.3
    face = expression(Emotion.CONCERNED)
    press, jaw = CHANNEL_INDEX["mouthPressLeft"], CHANNEL_INDEX["jawOpen"]
    assert join(face, mouth)[press] < 0.3 * face[press]
    assert join(face, np.zeros(MOUTH_SIZE, np.float32))[press] == face[press]
    happy, sad = (
        join(while_speaking(expression(emotion)), mouth)[jaw]
        for emotion in (Emotion.HAPPY, Emotion.SAD)
    )
    assert 0.5 * happy < sad < 0.9 * happy


def test_wide_eyes_still_blink() -> None:
    face = expression(Emotion.SURPRISED)
    face[CHANNEL_INDEX["eyeBlinkLeft"]] = 1.0
    joined = join(face, np.zeros(MOUTH_SIZE, np.float32))
    assert joined[CHANNEL_INDEX["eyeWideLeft"]] == 0.0
    assert joined[CHANNEL_INDEX["eyeWideRight"]] > 0.5


@pytest.mark.parametrize("emotion", list(Emotion))
def test_stays_in_bounds_and_is_deterministic(emotion: Emotion) -> None:
    motion = spoken(emotion, seed=3)
    np.testing.assert_array_equal(motion, spoken(emotion, seed=3))
    shapes = motion[:, [CHANNEL_INDEX[n] for n in (*ARKIT_SHAPES, *MOUTH_CHANNELS)]]
    assert shapes.min() >= 0
    assert shapes.max() <= 1
    for name, limit in (("yaw", YAW_LIMIT), ("pitch", PITCH_LIMIT), ("roll", ROLL_LIMIT)):
        assert np.abs(motion[:, CHANNEL_INDEX[name]]).max() <= limit


def test_the_resting_smile_does_not_show_through_grief() -> None:
    def smile(emotion: Emotion) -> float:
        performer = Performer(1)
        performer.set_emotion(emotion)
        units = [performer.advance() for _ in range(100)]
        return float(np.mean([unit.motion["mouthSmileLeft"] for unit in units[50:]]))

    assert smile(Emotion.NEUTRAL) > 0.08
    assert smile(Emotion.SAD) < 0.01
    assert smile(Emotion.HAPPY) > 0.7
