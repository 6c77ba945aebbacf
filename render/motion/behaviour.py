"""Everything of a face that is not speech: head, brows, lids, gaze, breath, feeling, a small smile.

One `Behaviour` per person on the screen, one `next_channels` per frame: postures of the four
attitudes blend by springs; wandering, breath, blinks and saccades go on under all of them; while
speaking, accents bring beats of head and brows, and pauses bring blinks, unless an engine leads;
emotions and gestures come on request. All chance comes from the seed. The numbers of what it starts
by itself stand in `behaviour_table`.
"""

import math
from types import MappingProxyType

import numpy as np
from numba import njit

from render.clock import FRAME_SECONDS
from render.motion.behaviour_table import (
    ASYMMETRY,
    BEAT_SIZES,
    BREATH_DEGREES,
    BREATH_MIDDLE,
    BROW_BEAT_CHANCE,
    BROW_FLOOR,
    BROW_RAISED,
    FIRST_PRESS_SECONDS,
    HEAD_BEAT_CHANCE,
    INNER_BROW_BEAT,
    LOOK_PITCH,
    LOOK_YAW,
    MELODY_INNER,
    MELODY_OUTER,
    MELODY_PITCH,
    MELODY_SEMITONES,
    NOD,
    NOD_DEGREES,
    OUTER_BROW_BEAT,
    PAUSE_BLINK_CHANCE,
    PITCH_BEAT,
    PRESS,
    PRESS_SECONDS,
    PRESS_SIZE,
    SACCADE_BLINK_CHANCE,
    SECOND_NOD,
    SECOND_NOD_CHANCE,
    SWAY_BY_ENERGY,
    WINK_CHEEK,
    WINK_SMILE,
    WINK_SQUINT,
    YAW_BEAT,
)
from render.motion.emotion import Emotion, Feeling
from render.motion.gaze import Gaze
from render.motion.gesture import Gesture, LookAt, Stroke, strokes
from render.motion.habits import HABITS, HABITS_SIZE, TABLE, Habits, changes
from render.motion.lead import Lead
from render.motion.prosody import QUIET, Cue
from render.motion.rhythm import Blinks, Breath, Movement, Movements, Spring, Vector, Wander
from render.types import ARKIT_SHAPES, CHANNEL_INDEX, CHANNELS, Attitude

YAW_LIMIT, PITCH_LIMIT, ROLL_LIMIT = 8.0, 6.0, 4.0
"""Degrees the head never exceeds."""
SHIFT_LIMIT = 0.06
"""Face widths the head never leaves its place by."""

TRACKS: tuple[str, ...] = (
    "yaw", "pitch", "roll", "shiftX", "shiftY", "shiftZ",
    "browInnerUp", "browOuterUp", "browDown", "smile", "squint", "wide", "press",
    "winkLeft", "winkRight",
)  # fmt: skip
"""What behaviour moves, before it is spread over channels; degrees, face widths, [0, 1]."""
_AT = {name: index for index, name in enumerate(TRACKS)}
_ATTITUDES = tuple(Attitude)


def _tracks(**values: float) -> Vector:
    vector = np.zeros(len(TRACKS))
    for name, value in values.items():
        vector[_AT[name]] = value
    return vector


_POSTURE = np.stack([
    {
        Attitude.IDLE: _tracks(smile=0.14),
        Attitude.LISTENING: _tracks(
            pitch=-0.6, roll=1.3, shiftZ=0.022, browInnerUp=0.10, browOuterUp=0.07, smile=0.18
        ),
        Attitude.THINKING: _tracks(
            yaw=2.4, pitch=1.4, roll=0.8, shiftZ=-0.006,
            browInnerUp=0.05, browDown=0.14, smile=0.03, squint=0.12, press=0.10,
        ),
        Attitude.SPEAKING: _tracks(shiftZ=0.01, browInnerUp=0.04, browOuterUp=0.03, smile=0.09),
    }[attitude]
    for attitude in _ATTITUDES
])  # fmt: skip
_LIVELINESS = MappingProxyType(
    {
        Attitude.IDLE: 1.0,
        Attitude.LISTENING: 0.8,
        Attitude.THINKING: 0.9,
        Attitude.SPEAKING: 1.5,
    }
)
"""Factor on wandering."""
_BLINKS_PER_MINUTE = MappingProxyType(
    {
        Attitude.IDLE: 16.0,
        Attitude.LISTENING: 14.0,
        Attitude.THINKING: 13.0,
        Attitude.SPEAKING: 19.0,
    }
)
"""Without those that pauses and saccades bring: at rest people blink about 17 times a minute, in
conversation 26 (Bentivoglio et al., "Analysis of blink rate patterns in normal subjects", 1997)."""
_BLINK_POWER = 0.6
"""By what power of e the habit of blinking changes these at its strongest."""
_BREATH_SECONDS = MappingProxyType(
    {
        Attitude.IDLE: 4.2,
        Attitude.LISTENING: 4.0,
        Attitude.THINKING: 4.4,
        Attitude.SPEAKING: 4.8,
    }
)
_DRIFT = _tracks(
    yaw=1.5, pitch=0.9, roll=0.7, shiftX=0.008, shiftY=0.004, shiftZ=0.006,
    browInnerUp=0.03, browOuterUp=0.025, browDown=0.015, smile=0.025, squint=0.02,
)  # fmt: skip
"""Standard deviations of the slow wandering."""
_SWAY = _tracks(yaw=0.16, pitch=0.13, roll=0.10, shiftX=0.0012, shiftY=0.0012, shiftZ=0.001)
"""And of the quick, tiny one that keeps a head from ever being still."""
_BLEND_SPEED = 7.0
"""Radians a second: an attitude is taken on in about half a second."""
_BEAT_GAP = 0.42
"""Seconds between beats of the head, at least."""
_LED_BLINKS = 0.75
"""Share of blinks that the lead decides on; the rest come by themselves, lest eyes go dry."""
_LED_NAMES = ("yaw", "pitch", "roll", "browInnerUp", "browOuterUp", "browDown")
_LED = np.array([_AT[name] for name in _LED_NAMES])
_LED_FROM = np.array(
    [CHANNEL_INDEX.get(name, CHANNEL_INDEX.get(f"{name}Left", -1)) for name in _LED_NAMES]
)
"""Tracks that a lead moves, and where in its channels it says how."""
_NOTHING = np.zeros(len(CHANNELS))
_BOTH_NAMES = (
    ("browOuterUp", "browOuterUp", 1.0), ("browDown", "browDown", 1.0),
    ("smile", "mouthSmile", 1.0), ("press", "mouthPress", 1.0),
    ("squint", "eyeSquint", 1.0), ("wide", "eyeWide", 1.0), ("smile", "cheekSquint", 0.35),
)  # fmt: skip
_BOTH_FROM = np.array([_AT[track] for track, _, _ in _BOTH_NAMES])
_BOTH_TO = np.array(
    [[CHANNEL_INDEX[f"{name}{side}"] for side in ("Left", "Right")] for _, name, _ in _BOTH_NAMES]
)
_BOTH_SHARE = np.array([share for _, _, share in _BOTH_NAMES])
"""Tracks that move channels of both sides, which, and how far."""
_YAW, _PITCH, _ROLL, _SHIFT_Z = (_AT[name] for name in ("yaw", "pitch", "roll", "shiftZ"))
_INNER, _OUTER = _AT["browInnerUp"], _AT["browOuterUp"]
_FELT_YAW, _FELT_PITCH, _FELT_ROLL, _FELT_Z, _INNER_TO = (
    CHANNEL_INDEX[name] for name in ("yaw", "pitch", "roll", "shiftZ", "browInnerUp")
)
_SIZE = len(TRACKS)


class Behaviour:
    """The living part of a face.

    Args:
        seed: Of all chance: the same seed and inputs give the same motion.
        habits: (HABITS_SIZE,) of whose face it is; nobody in particular if None.
    """

    def __init__(self, seed: int = 0, habits: Habits | None = None) -> None:
        self._random = np.random.default_rng(seed)
        own = np.zeros(HABITS_SIZE, np.float32) if habits is None else habits
        powers, shifts = changes(list(TABLE.values()), TRACKS)
        self._stretch = np.asarray(np.exp(own @ powers), np.float64)
        self._bearing = np.asarray(own @ shifts, np.float64)
        self._blinking = float(np.exp(_BLINK_POWER * own[HABITS.index("blinking")]))
        self._blinks = Blinks(self._random)
        self._breath = Breath(self._random)
        self._gaze = Gaze(self._random)
        self._drift = Wander(self._random, _DRIFT, (1.2, 4.5), 2.2)
        self._sway = Wander(self._random, _SWAY, (0.12, 0.5), 8.0)
        self._movements = Movements(len(TRACKS))
        self._feeling = Feeling()
        start = np.concatenate([_POSTURE[0], [_LIVELINESS[Attitude.IDLE], 0.0, 0.0]])
        self._blend = Spring(start, _BLEND_SPEED)
        self._sides = 1 + self._random.uniform(-ASYMMETRY, ASYMMETRY, 2)
        self._since_beat = 9.0
        self._until_press = FIRST_PRESS_SECONDS
        self._attitude = Attitude.IDLE

    def nod(self) -> None:
        """Nods, once or twice, to show that what was said has arrived."""
        size = float(self._random.uniform(*NOD_DEGREES))
        self._start(NOD, size)
        if self._random.uniform() < SECOND_NOD_CHANCE:
            self._start(SECOND_NOD, size)

    def feel(self, emotion: Emotion, intensity: float = 1.0) -> None:
        """Takes on an emotion, smoothly, at an intensity in [0, 1]."""
        self._feeling.set_emotion(emotion, intensity)

    def gesture(self, gesture: Gesture) -> None:
        """Starts a gesture; it adds to what the face does and comes back by itself."""
        if isinstance(gesture, LookAt):
            self._gaze.look_at(gesture.x, gesture.y, gesture.seconds)
        for stroke in strokes(gesture):
            self._start(stroke)

    def next_channels(
        self, attitude: Attitude, cue: Cue = QUIET, lead: Lead | None = None
    ) -> Vector:
        """Advances one frame.

        Args:
            attitude: What the person is doing; a change is taken on smoothly.
            cue: What the speech calls for in this frame.
            lead: What moves head and brows, and says when to blink, in the place of posture,
                wandering and beats, as far as it does; feelings, gestures and the look stay.

        Returns:
            (len(CHANNELS),) all channels; of the mouth what is felt, without speech.
        """
        if attitude is not self._attitude:
            self._attitude = attitude
            if attitude is Attitude.SPEAKING:
                self._breath.inhale()
        if attitude is Attitude.SPEAKING:
            self._follow(cue)
        else:
            self._fidget()
        felt, composure = self._feeling.next_expression(attitude is Attitude.SPEAKING)
        moved = self._move(attitude, cue, felt, lead)
        moved[_AT["smile"]] *= composure
        out = self._channels(attitude, moved, felt, lead)
        _lay_over(out, felt, len(ARKIT_SHAPES))
        return out

    def _move(self, attitude: Attitude, cue: Cue, felt: Vector, lead: Lead | None) -> Vector:
        """Sums posture, wandering and movements into (len(TRACKS),)."""
        share, rest = (lead.share, lead.rest) if lead else (0.0, _NOTHING)
        side, (look_x, look_y) = self._gaze.side, self._gaze.look
        posture = _POSTURE[_ATTITUDES.index(attitude)]
        goal = _goal(posture, self._bearing, share, side, look_x, look_y, felt)
        goal[len(TRACKS) :] = _LIVELINESS[attitude], cue.energy, cue.pitch / MELODY_SEMITONES
        blended = self._blend.approach(goal)
        wandering = self._drift.drift(), self._sway.drift(), self._stretch
        out: Vector = _sum(blended, *wandering, self._movements.next_displacements(), share, rest)
        return out

    def _follow(self, cue: Cue) -> None:
        """Answers the accents and pauses of speech."""
        self._since_beat += FRAME_SECONDS
        if cue.pause:
            self._drift.hurry()
            if self._random.uniform() < PAUSE_BLINK_CHANCE:
                self._blinks.trigger()
        if not cue.accent or self._since_beat < _BEAT_GAP:
            return
        chance = self._random.uniform(size=2)
        size = cue.accent * float(self._random.uniform(*BEAT_SIZES))
        if chance[0] < HEAD_BEAT_CHANCE[0] + HEAD_BEAT_CHANCE[1] * cue.accent:
            self._since_beat = 0.0
            self._start(PITCH_BEAT, size)
            aside = float(self._random.normal(0, YAW_BEAT.amount))
            self._start(YAW_BEAT._replace(amount=aside))
        if chance[1] < BROW_BEAT_CHANCE[0] + BROW_BEAT_CHANCE[1] * cue.accent:
            strength = BROW_FLOOR + (1 - BROW_FLOOR) * cue.accent
            raised = float(self._random.uniform(*BROW_RAISED)) * strength
            self._start(INNER_BROW_BEAT, raised)
            self._start(OUTER_BROW_BEAT, raised)

    def _fidget(self) -> None:
        """Presses the lips now and then, as people do who do not speak."""
        self._until_press -= FRAME_SECONDS
        if self._until_press <= 0:
            self._until_press = float(self._random.uniform(*PRESS_SECONDS))
            self._start(PRESS, float(self._random.uniform(*PRESS_SIZE)))

    def _start(self, stroke: Stroke, size: float = 1.0) -> None:
        """Starts a stroke, `size` times as far as it says."""
        track, amount, attack, release, hold, delay = stroke
        self._movements.start_movement(
            Movement(_AT[track], amount * size, delay, attack, hold, release)
        )

    def _channels(
        self, attitude: Attitude, moved: Vector, felt: Vector, lead: Lead | None
    ) -> Vector:
        """Spreads the tracks over the channels, within their bounds."""
        out = np.zeros(len(CHANNELS))
        breath = self._breath.next_breath(_BREATH_SECONDS[attitude])
        yaw = _bounded(moved[_AT["yaw"]], YAW_LIMIT)
        pitch = _bounded(
            moved[_AT["pitch"]] + BREATH_DEGREES * (breath - BREATH_MIDDLE), PITCH_LIMIT
        )
        aside = felt[CHANNEL_INDEX["gazeX"]] * self._gaze.side, felt[CHANNEL_INDEX["gazeY"]]
        gaze_x, gaze_y, large = self._gaze.next_gaze(attitude, yaw, pitch, aside)
        if large and self._random.uniform() < SACCADE_BLINK_CHANCE:
            self._blinks.trigger()
        if lead and lead.blinks:
            self._blinks.trigger()
        own_share = 1 - (lead.share if lead else 0.0) * _LED_BLINKS
        blink = self._blinks.next_closure(_BLINKS_PER_MINUTE[attitude] * self._blinking * own_share)
        _set(out, yaw=yaw, pitch=pitch, roll=_bounded(moved[_AT["roll"]], ROLL_LIMIT))
        for axis in ("shiftX", "shiftY", "shiftZ"):
            _set(out, **{axis: _bounded(moved[_AT[axis]], SHIFT_LIMIT)})
        _set(out, breath=breath, gazeX=gaze_x, gazeY=gaze_y)
        _spread(moved, self._sides, out)
        left, right = (min(max(float(moved[_AT[f"wink{s}"]]), 0.0), 1.0) for s in ("Left", "Right"))
        self._close_lids(out, blink, left, right)
        return out

    def _close_lids(self, out: Vector, blink: float, left: float, right: float) -> None:
        """Blinks, or winks: then the other eye stays open and the cheek helps to close this one."""
        blink *= 1 - max(left, right)
        for side, wink in (("Left", left), ("Right", right)):
            out[CHANNEL_INDEX[f"eyeBlink{side}"]] = max(blink, wink)
            out[CHANNEL_INDEX[f"cheekSquint{side}"]] += WINK_CHEEK * wink
            out[CHANNEL_INDEX[f"eyeSquint{side}"]] += WINK_SQUINT * wink
            out[CHANNEL_INDEX[f"mouthSmile{side}"]] += WINK_SMILE * wink


def _set(out: Vector, **channels: float) -> None:
    for name, value in channels.items():
        out[CHANNEL_INDEX[name]] = value


def _bounded(value: float, limit: float) -> float:
    """Follows `value` and bends softly toward the limit."""
    return limit * math.tanh(value / limit)


@njit(cache=True)
def _own_shares(share: float) -> Vector:
    """Returns (len(TRACKS),) how much of itself each track keeps under a lead of this share."""
    own = np.ones(_SIZE)
    for index in _LED:
        own[index] -= share
    return own


@njit(cache=True)
def _goal(
    posture: Vector,
    bearing: Vector,
    share: float,
    side: float,
    look_x: float,
    look_y: float,
    felt: Vector,
) -> Vector:
    """Returns (len(TRACKS) + 3,) where the face is going; the last three are not set."""
    own, goal = _own_shares(share), np.zeros(_SIZE + 3)
    for i in range(_SIZE):
        turned = side if i in (_YAW, _ROLL) else 1.0
        goal[i] = posture[i] * own[i] * turned + bearing[i] * own[i]
    goal[_YAW] += LOOK_YAW * look_x * own[_YAW] + felt[_FELT_YAW] * side
    goal[_PITCH] += LOOK_PITCH * look_y * own[_PITCH] + felt[_FELT_PITCH]
    goal[_ROLL] += felt[_FELT_ROLL] * side
    goal[_SHIFT_Z] += felt[_FELT_Z]
    return goal


@njit(cache=True)
def _sum(
    blended: Vector,
    drift: Vector,
    sway: Vector,
    stretch: Vector,
    moved: Vector,
    share: float,
    rest: Vector,
) -> Vector:
    """Returns (len(TRACKS),) of all that moves them."""
    own, out = _own_shares(share), np.empty(_SIZE)
    lively, energy, melody = blended[_SIZE], blended[_SIZE + 1], blended[_SIZE + 2]
    for i in range(_SIZE):
        wandering = drift[i] * stretch[i] * lively + sway[i] * (1.0 + SWAY_BY_ENERGY * energy)
        out[i] = blended[i] + wandering * own[i] + moved[i]
    for k in range(_LED.shape[0]):
        out[_LED[k]] += share * rest[_LED_FROM[k]]
    out[_INNER] += MELODY_INNER * max(melody, 0.0)
    out[_OUTER] += MELODY_OUTER * max(melody, 0.0)
    out[_PITCH] += MELODY_PITCH * melody
    return out


@njit(cache=True)
def _spread(moved: Vector, sides: Vector, out: Vector) -> None:
    """Writes tracks to channels. No face is symmetrical: each side takes a little more or less."""
    out[_INNER_TO] = min(max(moved[_INNER], 0.0), 1.0)
    for k in range(_BOTH_FROM.shape[0]):
        value = _BOTH_SHARE[k] * min(max(moved[_BOTH_FROM[k]], 0.0), 1.0)
        for side in range(2):
            out[_BOTH_TO[k, side]] = min(value * sides[side], 1.0)


@njit(cache=True)
def _lay_over(out: Vector, felt: Vector, count: int) -> None:
    """Adds what is felt to the first `count` channels, in [0, 1]."""
    for i in range(count):
        out[i] = min(max(out[i] + felt[i], 0.0), 1.0)
