"""Everything of a face that is not speech: head, brows, lids, gaze, breath, feeling, a small smile.

Imports `emotion`, `gaze`, `gesture`, `habits`, `lead`, `prosody` and `rhythm` of this room. One
`Behaviour` per person on the screen, one `step` per frame, for ever: postures of the four attitudes
blend by springs; wandering, breath, blinks and saccades go on under all of them; while speaking,
accents bring beats of head and brows, and pauses bring blinks, unless an engine leads; emotions and
gestures come on request. All chance comes from the seed.
"""

from types import MappingProxyType

import numpy as np

from render.motion.emotion import Emotion, Feeling
from render.motion.gaze import Gaze
from render.motion.gesture import Gesture, LookAt, strokes
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
_SHAPES = slice(0, len(ARKIT_SHAPES))


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
        self._stretch, self._bearing = np.exp(own @ powers), own @ shifts
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
        self._sides = 1 + self._random.uniform(-0.08, 0.08, 2)
        self._since_beat = 9.0
        self._until_press = 6.0
        self._attitude = Attitude.IDLE

    def nod(self) -> None:
        """Nods, once or twice, to show that what was said has arrived."""
        size = float(self._random.uniform(2.2, 3.4))
        self._add("pitch", -size, attack=0.20, release=0.30)
        if self._random.uniform() < 0.6:
            self._add("pitch", -0.6 * size, attack=0.18, release=0.28, delay=0.42)

    def feel(self, emotion: Emotion, intensity: float = 1.0) -> None:
        """Takes on an emotion, smoothly, at an intensity in [0, 1]."""
        self._feeling.set(emotion, intensity)

    def gesture(self, gesture: Gesture) -> None:
        """Starts a gesture; it adds to what the face does and comes back by itself."""
        if isinstance(gesture, LookAt):
            self._gaze.look_at(gesture.x, gesture.y, gesture.seconds)
        for stroke in strokes(gesture):
            self._add(**stroke._asdict())

    def step(self, attitude: Attitude, cue: Cue = QUIET, lead: Lead | None = None) -> Vector:
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
        felt, composure = self._feeling.step(attitude is Attitude.SPEAKING)
        moved = self._move(attitude, cue, felt, lead)
        moved[_AT["smile"]] *= composure
        out = self._channels(attitude, moved, felt, lead)
        out[_SHAPES] = np.clip(out[_SHAPES] + felt[_SHAPES], 0.0, 1.0)
        return out

    def _move(self, attitude: Attitude, cue: Cue, felt: Vector, lead: Lead | None) -> Vector:
        """Sums posture, wandering and movements into (len(TRACKS),)."""
        own = np.ones(len(TRACKS))
        if lead:
            own[_LED] -= lead.share
        posture = _POSTURE[_ATTITUDES.index(attitude)] * own
        posture[[_AT["yaw"], _AT["roll"]]] *= self._gaze.side
        posture += self._bearing * own
        look_x, look_y = self._gaze.look
        goal = np.concatenate([posture, [_LIVELINESS[attitude], cue.energy, cue.pitch / 6]])
        goal[_AT["yaw"]] += (
            6.0 * look_x * own[_AT["yaw"]] + felt[CHANNEL_INDEX["yaw"]] * self._gaze.side
        )
        goal[_AT["pitch"]] += 2.5 * look_y * own[_AT["pitch"]] + felt[CHANNEL_INDEX["pitch"]]
        goal[_AT["roll"]] += felt[CHANNEL_INDEX["roll"]] * self._gaze.side
        goal[_AT["shiftZ"]] += felt[CHANNEL_INDEX["shiftZ"]]
        blended = self._blend.step(goal)
        lively, energy, melody = blended[len(TRACKS) :]
        wandering = self._drift.step() * self._stretch * lively + self._sway.step() * (
            1 + 1.5 * energy
        )
        out: Vector = blended[: len(TRACKS)] + wandering * own + self._movements.step()
        if lead:
            out[_LED] += lead.share * lead.rest[_LED_FROM]
        out[_AT["browInnerUp"]] += 0.07 * max(melody, 0.0)
        out[_AT["browOuterUp"]] += 0.05 * max(melody, 0.0)
        out[_AT["pitch"]] += 0.5 * melody
        return out

    def _follow(self, cue: Cue) -> None:
        """Answers the accents and pauses of speech."""
        self._since_beat += 0.04
        if cue.pause:
            self._drift.hurry()
            if self._random.uniform() < 0.6:
                self._blinks.trigger()
        if not cue.accent or self._since_beat < _BEAT_GAP:
            return
        chance = self._random.uniform(size=2)
        size = cue.accent * float(self._random.uniform(0.7, 1.3))
        if chance[0] < 0.3 + 0.5 * cue.accent:
            self._since_beat = 0.0
            self._add("pitch", -2.3 * size, attack=0.14, hold=0.03, release=0.34)
            self._add("yaw", float(self._random.normal(0, 0.7)), attack=0.20, release=0.45)
        if chance[1] < 0.08 + 0.32 * cue.accent:
            raised = float(self._random.uniform(0.16, 0.36)) * (0.5 + cue.accent / 2)
            self._add("browInnerUp", raised, attack=0.13, hold=0.10, release=0.32)
            self._add("browOuterUp", 0.9 * raised, attack=0.13, hold=0.10, release=0.32)

    def _fidget(self) -> None:
        """Presses the lips now and then, as people do who do not speak."""
        self._until_press -= 0.04
        if self._until_press <= 0:
            self._until_press = float(self._random.uniform(7.0, 20.0))
            size = float(self._random.uniform(0.10, 0.22))
            self._add("press", size, attack=0.25, hold=0.2, release=0.4)

    def _add(
        self,
        track: str,
        amount: float,
        *,
        attack: float,
        release: float,
        hold: float = 0.0,
        delay: float = 0.0,
    ) -> None:
        self._movements.add(Movement(_AT[track], amount, delay, attack, hold, release))

    def _channels(
        self, attitude: Attitude, moved: Vector, felt: Vector, lead: Lead | None
    ) -> Vector:
        """Spreads the tracks over the channels, within their bounds."""
        out = np.zeros(len(CHANNELS))
        breath = self._breath.step(_BREATH_SECONDS[attitude])
        yaw = _bounded(moved[_AT["yaw"]], YAW_LIMIT)
        pitch = _bounded(moved[_AT["pitch"]] + 0.35 * (breath - 0.4), PITCH_LIMIT)
        aside = felt[CHANNEL_INDEX["gazeX"]] * self._gaze.side, felt[CHANNEL_INDEX["gazeY"]]
        gaze_x, gaze_y, large = self._gaze.step(attitude, yaw, pitch, aside)
        if large and self._random.uniform() < 0.3:
            self._blinks.trigger()
        if lead and lead.blinks:
            self._blinks.trigger()
        own_share = 1 - (lead.share if lead else 0.0) * _LED_BLINKS
        blink = self._blinks.step(_BLINKS_PER_MINUTE[attitude] * self._blinking * own_share)
        _set(out, yaw=yaw, pitch=pitch, roll=_bounded(moved[_AT["roll"]], ROLL_LIMIT))
        for axis in ("shiftX", "shiftY", "shiftZ"):
            _set(out, **{axis: _bounded(moved[_AT[axis]], SHIFT_LIMIT)})
        _set(out, breath=breath, gazeX=gaze_x, gazeY=gaze_y)
        shown = np.clip(moved, 0.0, 1.0)
        _set(out, browInnerUp=shown[_AT["browInnerUp"]])
        for track, channel in (
            ("browOuterUp", "browOuterUp"),
            ("browDown", "browDown"),
            ("smile", "mouthSmile"),
            ("press", "mouthPress"),
            ("squint", "eyeSquint"),
            ("wide", "eyeWide"),
        ):
            self._set_both(out, channel, shown[_AT[track]])
        self._set_both(out, "cheekSquint", 0.35 * shown[_AT["smile"]])
        self._close_lids(out, blink, shown[_AT["winkLeft"]], shown[_AT["winkRight"]])
        return out

    def _close_lids(self, out: Vector, blink: float, left: float, right: float) -> None:
        """Blinks, or winks: then the other eye stays open and the cheek helps to close this one."""
        blink *= 1 - max(left, right)
        for side, wink in (("Left", left), ("Right", right)):
            out[CHANNEL_INDEX[f"eyeBlink{side}"]] = max(blink, wink)
            out[CHANNEL_INDEX[f"cheekSquint{side}"]] += 0.6 * wink
            out[CHANNEL_INDEX[f"eyeSquint{side}"]] += 0.3 * wink
            out[CHANNEL_INDEX[f"mouthSmile{side}"]] += 0.22 * wink

    def _set_both(self, out: Vector, channel: str, value: float) -> None:
        """No face is symmetrical: each side takes a little more or less."""
        sides = np.minimum(value * self._sides, 1.0)
        _set(out, **{f"{channel}Left": sides[0], f"{channel}Right": sides[1]})


def _set(out: Vector, **channels: float) -> None:
    for name, value in channels.items():
        out[CHANNEL_INDEX[name]] = value


def _bounded(value: float, limit: float) -> float:
    """Follows `value` and bends softly toward the limit."""
    return limit * float(np.tanh(value / limit))
