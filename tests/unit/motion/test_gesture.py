"""Gestures move what they name, come back, overlap and stay within bounds."""

import numpy as np
import pytest
from numpy.typing import NDArray

from render.motion.behaviour import PITCH_LIMIT, ROLL_LIMIT, YAW_LIMIT, Behaviour
from render.motion.gesture import GESTURES, Gesture, LookAt, Nod, RaiseBrows, Shake, Tilt, Wink
from render.types import ARKIT_SHAPES, CHANNEL_INDEX, Attitude

FRAMES = 90


def live(
    *gestures: Gesture, frames: int = FRAMES, attitude: Attitude = Attitude.IDLE
) -> NDArray[np.float64]:
    behaviour = Behaviour(5)
    for gesture in gestures:
        behaviour.gesture(gesture)
    return np.array([behaviour.next_channels(attitude) for _ in range(frames)])


def effect(channel: str, *gestures: Gesture, frames: int = FRAMES) -> NDArray[np.float64]:
    """What the gestures add to the same person's motion."""
    index = CHANNEL_INDEX[channel]
    return live(*gestures, frames=frames)[:, index] - live(frames=frames)[:, index]


def turns(values: NDArray[np.float64], size: float) -> int:
    """Counts swings to either side of at least `size`."""
    sides = [np.sign(value) for value in values if abs(value) > size]
    return sum(1 for i, side in enumerate(sides) if i == 0 or side != sides[i - 1])


def test_a_nod_goes_down_as_often_as_asked() -> None:
    pitch = effect("pitch", Nod(times=2))
    assert -5.5 < pitch.min() < -2.5
    down = pitch < -1.2
    assert int((down[1:] & ~down[:-1]).sum()) == 2
    assert pitch.max() < 0.2


def test_a_shake_swings_to_both_sides() -> None:
    yaw = effect("yaw", Shake(times=2))
    assert turns(yaw, 0.8) == 4
    assert yaw.max() > 2.5
    assert yaw.min() < -2.5


@pytest.mark.parametrize(("side", "sign"), [("left", 1), ("right", -1)])
def test_a_tilt_leans_to_its_side_and_holds(side: str, sign: int) -> None:
    roll = effect("roll", GESTURES[f"tilt_{side}"]) * sign
    assert roll.max() > 2.0
    assert int((roll > 0.8 * roll.max()).sum()) >= 25


def test_brows_rise_together() -> None:
    motion = live(RaiseBrows())
    rest = live()
    for name in ("browInnerUp", "browOuterUpLeft", "browOuterUpRight"):
        assert (motion - rest)[:, CHANNEL_INDEX[name]].max() > 0.6


@pytest.mark.parametrize(("side", "other"), [("Left", "Right"), ("Right", "Left")])
def test_a_wink_closes_one_eye_only(side: str, other: str) -> None:
    motion = live(GESTURES[f"wink_{side.lower()}"], frames=14)
    assert motion[:, CHANNEL_INDEX[f"eyeBlink{side}"]].max() == 1.0
    assert motion[:, CHANNEL_INDEX[f"eyeBlink{other}"]].max() < 0.2


def test_a_blink_does_not_make_a_wink_a_blink() -> None:
    behaviour = Behaviour(5)
    behaviour.gesture(Wink("left"))
    behaviour._blinks.trigger()
    motion = np.array([behaviour.next_channels(Attitude.IDLE) for _ in range(8)])
    closed = motion[:, CHANNEL_INDEX["eyeBlinkLeft"]] == 1.0
    assert closed.any()
    assert motion[closed, CHANNEL_INDEX["eyeBlinkRight"]].max() < 0.05


def test_looks_where_it_is_told_for_so_long() -> None:
    motion = live(LookAt(0.6, 0.3, 2.0), frames=50)
    look = motion[:, CHANNEL_INDEX["gazeX"]] + motion[:, CHANNEL_INDEX["yaw"]] / 30
    assert np.abs(look[8:48] - 0.6).max() < 0.12
    assert motion[40:48, CHANNEL_INDEX["yaw"]].mean() > 1.0


def test_a_look_outlasts_a_change_of_attitude() -> None:
    behaviour = Behaviour(5)
    behaviour.gesture(LookAt(-0.6, 0.0, 1.5))
    attitudes = [Attitude.IDLE] * 10 + [Attitude.THINKING] * 20
    motion = np.array([behaviour.next_channels(attitude) for attitude in attitudes])
    look = motion[:, CHANNEL_INDEX["gazeX"]] + motion[:, CHANNEL_INDEX["yaw"]] / 30
    assert np.abs(look[8:] + 0.6).max() < 0.12


@pytest.mark.parametrize("name", [n for n in GESTURES if not n.startswith("look")])
def test_every_gesture_comes_back(name: str) -> None:
    behaviour = Behaviour(5)
    behaviour.gesture(GESTURES[name])
    for _ in range(FRAMES):
        behaviour.next_channels(Attitude.IDLE)
    assert not behaviour._movements.next_displacements().any()


@pytest.mark.parametrize("name", list(GESTURES))
def test_every_gesture_is_smooth_and_deterministic(name: str) -> None:
    motion = live(GESTURES[name])
    np.testing.assert_array_equal(motion, live(GESTURES[name]))
    for channel, step in (("yaw", 3.0), ("pitch", 1.5), ("roll", 1.0), ("browInnerUp", 0.4)):
        assert np.abs(np.diff(motion[:, CHANNEL_INDEX[channel]])).max() < step


def test_all_at_once_stays_in_bounds() -> None:
    everything = [*GESTURES.values(), Nod(99, 99.0), Shake(99, 99.0), Tilt("left", 1e9)]
    motion = live(*everything, LookAt(9.0, -9.0, 1e9))
    shapes = motion[:, : len(ARKIT_SHAPES)]
    assert shapes.min() >= 0
    assert shapes.max() <= 1
    for name, limit in (("yaw", YAW_LIMIT), ("pitch", PITCH_LIMIT), ("roll", ROLL_LIMIT)):
        assert np.abs(motion[:, CHANNEL_INDEX[name]]).max() <= limit
    assert np.abs(motion[:, CHANNEL_INDEX["gazeX"]]).max() <= 1
    assert np.isfinite(motion).all()
