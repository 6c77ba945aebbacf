"""References mean something: habits, kinds of sentences and occasions change the lesson as told."""

import numpy as np
import pytest

from render.motion.habits import HABITS, HABITS_SIZE, habits
from render.motion.neural.latent import LATENT_INDEX, LATENT_SIZE, Latents
from render.motion.neural.manner import (
    SCENE_SIZE,
    TEXT_SIZE,
    SpeakingScene,
    blinking,
    in_manner,
    scene_vector,
    sentence_vector,
)
from render.motion.sentence import Sentence

JAW, SEAL, BROW, LID, YAW, ROLL = (
    LATENT_INDEX[n] for n in ("jawOpen", "seal", "browInnerUp", "eyeBlink", "yaw", "roll")
)
NOBODY = np.zeros((1, HABITS_SIZE), np.float32)
NOTHING = np.zeros((1, TEXT_SIZE), np.float32)
NOWHERE = np.zeros((1, SCENE_SIZE), np.float32)


def lesson() -> Latents:
    made = np.zeros((1, 50, LATENT_SIZE), np.float32)
    wave = np.sin(np.arange(50) / 5)
    made[..., JAW], made[..., SEAL] = 0.2 + 0.1 * wave, wave > 0.9
    made[..., BROW], made[..., YAW], made[..., ROLL] = 0.05 + 0.05 * wave, 3 * wave, wave
    made[:, 10:13, LID] = made[:, 30:33, LID] = 1.0
    return made


def somebody(habit: str, strength: float) -> np.ndarray[tuple[int, int]]:
    vector = NOBODY.copy()
    vector[0, HABITS.index(habit)] = strength
    return vector


def test_nobody_in_particular_changes_nothing() -> None:
    np.testing.assert_allclose(in_manner(lesson(), NOBODY, NOTHING, NOWHERE), lesson(), atol=1e-6)


@pytest.mark.parametrize(("habit", "channel"), [("jaw", JAW), ("turning", YAW), ("brows", BROW)])
def test_a_habit_stretches_what_it_names(habit: str, channel: int) -> None:
    spreads = [
        in_manner(lesson(), somebody(habit, s), NOTHING, NOWHERE)[..., channel].std()
        for s in (-1.0, 0.0, 1.0)
    ]
    assert spreads[0] < spreads[1] < spreads[2]


def test_closed_lips_stay_closed_whoever_speaks() -> None:
    for seed in range(20):
        moved = in_manner(lesson(), habits(seed)[None], NOTHING, NOWHERE)
        np.testing.assert_array_equal(moved[..., SEAL], lesson()[..., SEAL])


def test_questions_raise_the_brows_and_tilt_the_head() -> None:
    asked = in_manner(lesson(), NOBODY, sentence_vector(Sentence.QUESTION)[None], NOWHERE)
    told = in_manner(lesson(), NOBODY, sentence_vector(Sentence.STATEMENT)[None], NOWHERE)
    assert asked[..., BROW].mean() > told[..., BROW].mean() + 0.1
    assert asked[..., ROLL].mean() > told[..., ROLL].mean() + 0.5


def test_quiet_talk_is_smaller_than_talk_on_a_stage() -> None:
    quiet, stage = (
        in_manner(lesson(), NOBODY, NOTHING, scene_vector(scene)[None])
        for scene in (SpeakingScene.QUIET, SpeakingScene.STAGE)
    )
    for channel in (JAW, YAW, BROW):
        assert quiet[..., channel].std() < 0.8 * stage[..., channel].std()


def test_who_blinks_little_loses_blinks_and_who_blinks_much_gains_some() -> None:
    random = np.random.default_rng(0)
    many = np.repeat(lesson(), 200, axis=0)
    down = {
        strength: (blinking(many, np.repeat(somebody("blinking", strength), 200, axis=0), random))
        for strength in (-1.0, 0.0, 1.0)
    }
    closed = {s: float((moved[..., LID] > 0.5).mean()) for s, moved in down.items()}
    assert closed[-1.0] == 0.0
    assert closed[0.0] == pytest.approx(0.12)
    assert closed[1.0] > 0.13


def test_the_same_seed_is_the_same_person() -> None:
    assert np.array_equal(habits(3), habits(3))
    assert not np.allclose(habits(3), habits(4))
    assert np.abs(habits(3)).max() <= 1
