"""The face lives: it blinks like people do, is never still, never repeats, keeps its bounds."""

import numpy as np
import pytest
from numpy.typing import NDArray

from render.motion.behaviour import Behaviour
from render.motion.habits import HABITS, HABITS_SIZE
from render.motion.prosody import Cue
from render.types import CHANNEL_INDEX, POSE, Attitude

MINUTES = 5


def live(
    attitude: Attitude, frames: int, seed: int = 0, cue: Cue | None = None
) -> NDArray[np.float64]:
    behaviour = Behaviour(seed)
    return np.array([behaviour.next_channels(attitude, cue or Cue()) for _ in range(frames)])


def channel(motion: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    return motion[:, CHANNEL_INDEX[name]]


def blink_starts(motion: NDArray[np.float64]) -> NDArray[np.int64]:
    closed = channel(motion, "eyeBlinkLeft") > 0.5
    return np.flatnonzero(closed[1:] & ~closed[:-1])


@pytest.mark.parametrize("attitude", list(Attitude))
@pytest.mark.parametrize("seed", [1])
def test_blinks_like_people(attitude: Attitude, seed: int) -> None:
    motion = live(attitude, MINUTES * 60 * 25, seed)
    starts = blink_starts(motion)
    assert 9 < len(starts) / MINUTES < 30
    intervals = np.diff(starts) / 25
    assert intervals.std() / intervals.mean() > 0.35
    assert intervals.max() < 25
    assert channel(motion, "eyeBlinkLeft").max() == 1.0


def test_a_blink_lasts_as_long_as_a_blink() -> None:
    lids = channel(live(Attitude.IDLE, 7_500), "eyeBlinkLeft")
    lengths = [len(run) for run in "".join("x" if lid > 0.1 else " " for lid in lids).split()]
    assert 4 <= np.median(lengths) <= 9


@pytest.mark.parametrize("attitude", list(Attitude))
def test_is_never_frozen(attitude: Attitude) -> None:
    motion = live(attitude, 2_500)
    pose = motion[:, [CHANNEL_INDEX[name] for name in POSE]]
    steps = np.abs(np.diff(pose, axis=0)).max(axis=1)
    assert steps.min() > 1e-4
    second = np.array([np.ptp(pose[i : i + 25], axis=0).max() for i in range(0, 2_475, 25)])
    assert second.min() > 0.02


def test_never_loops() -> None:
    yaw = channel(live(Attitude.IDLE, 7_500), "yaw")
    yaw = yaw - yaw.mean()
    echo = np.correlate(yaw, yaw, "full")[len(yaw) :] / (yaw @ yaw)
    assert np.abs(echo[250:]).max() < 0.7


@pytest.mark.parametrize("attitude", list(Attitude))
def test_stays_in_bounds(attitude: Attitude) -> None:
    motion = live(attitude, 5_000, cue=Cue(energy=1.0, pitch=8.0, accent=1.0, pause=True))
    for name, limit in (("yaw", 8), ("pitch", 6), ("roll", 4), ("shiftX", 0.06), ("shiftZ", 0.06)):
        assert np.abs(channel(motion, name)).max() <= limit
    assert np.abs(channel(motion, "gazeX")).max() <= 1
    rest = [i for name, i in CHANNEL_INDEX.items() if name not in (*POSE, "gazeX", "gazeY")]
    assert motion[:, rest].min() >= 0
    assert motion[:, rest].max() <= 1
    assert np.isfinite(motion).all()


def test_attitudes_blend_smoothly() -> None:
    behaviour = Behaviour(4)
    order = [Attitude.IDLE, Attitude.LISTENING, Attitude.THINKING, Attitude.SPEAKING] * 3
    motion = np.array([behaviour.next_channels(attitude) for attitude in order for _ in range(40)])
    for name, step in (("yaw", 1.2), ("pitch", 0.9), ("browDownLeft", 0.05), ("shiftZ", 0.01)):
        assert np.abs(np.diff(channel(motion, name))).max() < step


def test_thinkers_look_away_and_listeners_do_not() -> None:
    def away(attitude: Attitude) -> float:
        motion = live(attitude, 5_000)
        look = channel(motion, "gazeX") + channel(motion, "yaw") / 30
        return float((np.abs(look) > 0.15).mean())

    assert away(Attitude.LISTENING) < 0.15
    assert away(Attitude.THINKING) > 0.5


def test_eyes_turn_against_the_head() -> None:
    motion = live(Attitude.LISTENING, 5_000)
    assert np.corrcoef(channel(motion, "gazeX"), channel(motion, "yaw"))[0, 1] < -0.3


def test_a_nod_goes_down_and_comes_back() -> None:
    plain, nodding = Behaviour(7), Behaviour(7)
    nodding._random = np.random.default_rng(1)
    nodding.nod()
    difference = np.array(
        [
            nodding.next_channels(Attitude.LISTENING)[CHANNEL_INDEX["pitch"]]
            - plain.next_channels(Attitude.LISTENING)[CHANNEL_INDEX["pitch"]]
            for _ in range(40)
        ]
    )
    assert difference.min() < -1.5
    assert abs(difference[-1]) < 0.3


def test_accents_move_head_and_brows() -> None:
    def activity(cues: list[Cue]) -> tuple[float, float]:
        behaviour = Behaviour(9)
        motion = np.array([behaviour.next_channels(Attitude.SPEAKING, cue) for cue in cues])
        return float(channel(motion, "pitch").std()), float(channel(motion, "browInnerUp").max())

    quiet = activity([Cue(energy=0.5)] * 500)
    beats = activity([Cue(energy=0.5, accent=0.9 * (i % 15 == 0)) for i in range(500)])
    assert beats[0] > 1.3 * quiet[0]
    assert beats[1] > quiet[1] + 0.1


def test_pauses_bring_blinks() -> None:
    behaviour = Behaviour(2)
    cues = [Cue(pause=i % 50 == 0) for i in range(7_500)]
    motion = np.array([behaviour.next_channels(Attitude.SPEAKING, cue) for cue in cues])
    after = (blink_starts(motion) % 50) < 6
    assert after.mean() > 0.3


def test_habits_carry_the_head_and_stretch_its_wandering() -> None:
    tilted, lively = np.zeros((2, HABITS_SIZE), np.float32)
    tilted[HABITS.index("tilted")] = 1.0
    lively[HABITS.index("turning")] = 1.0
    plain, aside, restless = (
        np.array([face.next_channels(Attitude.SPEAKING) for _ in range(750)])
        for face in (Behaviour(3), Behaviour(3, tilted), Behaviour(3, lively))
    )
    roll, yaw = CHANNEL_INDEX["roll"], CHANNEL_INDEX["yaw"]
    assert aside[200:, roll].mean() > plain[200:, roll].mean() + 0.8
    assert restless[200:, yaw].std() > 1.2 * plain[200:, yaw].std()
