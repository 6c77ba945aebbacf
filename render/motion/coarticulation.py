"""Phones to mouth curves: dominance functions, and closures that are always reached.

The model is that of Cohen and Massaro ("Modeling coarticulation in synthetic visual speech", 1993):
every phone pulls each gesture toward its target with a dominance that grows before the sound and
fades after it,

    D(t) = strength * exp(-(distance / width)^2),  value(t) = sum(D * target) / sum(D),

with its own width before (attack) and after (release) for jaw, lips, spreading, rounding and
tongue. The distance is measured from the stretch in which a phone holds its target, and every
dominance ends at a finite distance, so that a moment depends on a bounded future and a stream
gives the same curves as a whole utterance. Lips that must meet (P B M) or touch the teeth (F V)
are no averages: they are maxima over the phones, reached fully however fast the speech.
"""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from render.motion.mouth import MOUTH_CHANNELS, MOUTH_SIZE
from render.motion.speech import DB, LEVEL, Speech
from render.motion.visemes import GESTURES, REST, SHAPE_GESTURE, SHAPES, VISEMES, articulation
from render.types import Phone

_SOFT = len(SHAPE_GESTURE)
_GESTURE_OF_SHAPE = np.array([GESTURES.index(name) for name in SHAPE_GESTURE])
_SEAL, _TUCK = SHAPES.index("seal"), SHAPES.index("tuck")
_OPENINGS = np.array([index for index in range(len(SHAPES)) if index != _SEAL])

_LEAD = 0.02
"""Seconds by which shapes precede their sound."""
_ATTACK = np.array([0.048, 0.042, 0.052, 0.080, 0.034])
"""Seconds per gesture in which dominance falls to 1/e, looking back from the hold."""
_RELEASE = np.array([0.048, 0.042, 0.052, 0.062, 0.034])
_SUPPORT = 0.17
"""Seconds from the hold at which a dominance has become exactly 0."""
_BACKGROUND = 0.03
"""Strength of the constant pull toward rest."""

_OPEN_BEFORE = 0.10
"""Seconds before the first sound after a silence at which rest lets go."""
_CLOSE_AFTER = 0.10
"""Seconds after the last sound at which rest has taken over."""
_LINGER = 1.9
"""Factor on the release of the last sound before a pause: mouths close without haste."""
_SHORT_SILENCE, _FULL_SILENCE = 0.09, 0.22
"""Silences up to the first are no pauses: they belong to the sounds around them, mostly as the
silent part of the following consonant. From the second on they close the mouth fully."""

_CLOSURE_RAMP = 0.06
"""Seconds in which lips close, and open, when there is time for it."""
_CLOSURE_HOLD = 0.022
"""Seconds either side of the middle in which a closure is complete, at least: frames are 40 ms
apart, so one of them always shows it."""

_GAIN_DB = np.array([-26.0, -12.0, -4.0])
_GAIN = np.array([0.72, 1.0, 1.12])
"""Opening by loudness under the running level."""
_SILENT_DB, _SOUNDING_DB = -46.0, -32.0
"""Loudness under the running level that is silence, and that surely is sound."""
_SOUNDING_SHARE = 0.3
"""Where less than this of a syllable's time sounds the mouth comes to rest, whatever the phones
say: voices stretch the last one into the silence."""
_LOUDNESS_SPAN = np.arange(-0.15, 0.151, 0.01)
"""Seconds around a moment over which its loudness is taken: about a syllable."""
_LOUDNESS_WEIGHT = np.hanning(len(_LOUDNESS_SPAN) + 2)[1:-1]
_LOUDNESS_WEIGHT /= _LOUDNESS_WEIGHT.sum()
_GAIN_OF_SHAPE = np.array(
    [{"jawOpen": 1.0, "mouthLowerDown": 0.7, "mouthUpperUp": 0.7, "mouthStretch": 0.5}.get(n, 0.0)
     for n in SHAPES[:_SOFT]]
)  # fmt: skip
_STRESS_GAIN = (0.9, 1.0, 1.1)
_STRESS_STRENGTH = (0.9, 1.0, 1.15)


def _sides() -> NDArray[np.float32]:
    """(len(SHAPES), MOUTH_SIZE) that spreads one-sided names over both sides."""
    matrix = np.zeros((len(SHAPES), MOUTH_SIZE), np.float32)
    for row, shape in enumerate(SHAPES):
        for column, channel in enumerate(MOUTH_CHANNELS):
            matrix[row, column] = channel in (shape, f"{shape}Left", f"{shape}Right")
    return matrix


_SIDES = _sides()


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A phone with its marks resolved; `middle` is of the phone as the voice told it."""

    visemes: tuple[str, ...]
    stress: int
    start: float
    end: float
    middle: float = 0.0


@dataclass(slots=True)
class _Closure:
    """Lips that meet: complete from `on` to `off`, with ramps of `attack` and `release`.

    `phone` is the place of its phone in the order spoken.
    """

    shape: int
    phone: int
    on: float
    off: float
    attack: float = _CLOSURE_RAMP
    release: float = _CLOSURE_RAMP


_BLOCK = 64
"""Frames evaluated at once, to bound memory."""


class Coarticulation:
    """The mouth model for voices that tell their phones (a `MouthModel`).

    Args:
        jaw: Factor on jaw opening (1 is conversational; a mumbler .7).
        lips: Factor on how far lips part.
    """

    look_ahead = 0.35

    def __init__(self, jaw: float = 1.0, lips: float = 1.0) -> None:
        self._scale = np.ones(_SOFT)
        self._scale[SHAPES.index("jawOpen")] = jaw
        self._scale[[SHAPES.index(n) for n in ("mouthLowerDown", "mouthUpperUp")]] = lips

    def begin(self, speech: Speech) -> "CoarticulationTrack":
        """Starts one utterance."""
        return CoarticulationTrack(speech, self._scale)


class CoarticulationTrack:
    """The mouth of one utterance (a `MouthTrack`)."""

    def __init__(self, speech: Speech, scale: NDArray[np.float64]) -> None:
        self._speech = speech
        self._scale = scale
        self._score = _Score([])
        self._revision = -1

    def at(self, times: NDArray[np.float64]) -> NDArray[np.float32]:
        """See `MouthTrack.at`."""
        if self._revision != self._speech.revision:
            self._score = _Score(self._speech.phones)
            self._revision = self._speech.revision
        blocks = [
            self._block(times[first : first + _BLOCK]) for first in range(0, len(times), _BLOCK)
        ]
        return np.concatenate(blocks) if blocks else np.zeros((0, MOUTH_SIZE), np.float32)

    def _block(self, times: NDArray[np.float64]) -> NDArray[np.float32]:
        shapes = np.zeros((len(times), len(SHAPES)), np.float32)
        self._score.close(times, shapes)
        shapes[:, :_SOFT] = self._score.blended(times) * self._scale
        if self._speech.length:
            gain, sounding = self._loudness(times)
            shapes[:, :_SOFT] *= 1 + (gain - 1) * _GAIN_OF_SHAPE
            shapes[:, _OPENINGS] *= sounding
        return np.clip(shapes, 0.0, 1.0) @ _SIDES

    def _loudness(
        self, times: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Returns (T, 1) the factor on opening, and (T, 1) 1 where it sounds, 0 in silence."""
        heard = self._speech.features(np.maximum(times[:, None] + _LOUDNESS_SPAN, 0.0))
        below = heard[..., DB].astype(np.float64) - heard[:, -1:, LEVEL]
        loudness = 10 * np.log10(10 ** (below / 10) @ _LOUDNESS_WEIGHT)
        sounding = np.clip((below - _SILENT_DB) / (_SOUNDING_DB - _SILENT_DB), 0, 1)
        share = sounding @ _LOUDNESS_WEIGHT / _SOUNDING_SHARE
        return np.interp(loudness, _GAIN_DB, _GAIN)[:, None], _smoothstep(share)[:, None]


class _Score:
    """Phones as arrays: M targets with their holds, widths and strengths, and the closures."""

    def __init__(self, phones: list[Phone]) -> None:
        spoken = _with_silences(_without_gaps(_resolve(phones)))
        self._on: list[float] = []
        self._off: list[float] = []
        self._strength: list[NDArray[np.float64]] = []
        self._reach: list[float] = []
        self._linger: list[float] = []
        self._target: list[NDArray[np.float64]] = []
        self._closures: list[_Closure] = []
        for place, item in enumerate(spoken):
            self._add(item, place)
        _fit_ramps(self._closures)
        self.on, self.off = np.array(self._on), np.array(self._off)
        self.strength = np.array(self._strength).reshape(-1, len(GESTURES))
        reach = np.array(self._reach)[:, None]
        linger = np.array(self._linger)[:, None]
        self.attack, self.release = reach * _ATTACK, reach * linger * _RELEASE
        self.target = np.array(self._target).reshape(-1, _SOFT)
        self.closure_shape = np.array([c.shape for c in self._closures], np.int64)
        times = [(c.on - c.attack, c.on, c.off, c.off + c.release) for c in self._closures]
        self.closure_times = np.array(times).reshape(-1, 4)

    def blended(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns (T, _SOFT) the dominance-weighted targets."""
        near = (self.on < times[-1] + _SUPPORT) & (self.off > times[0] - _SUPPORT)
        before = np.maximum(self.on[near] - times[:, None], 0.0)[..., None]
        after = np.maximum(times[:, None] - self.off[near], 0.0)[..., None]
        distance = np.maximum(before, after)
        scaled = np.maximum(before / self.attack[near], after / self.release[near])
        taper = np.maximum(1 - (distance / _SUPPORT) ** 2, 0.0) ** 2
        dominance = self.strength[near] * np.exp(-(scaled**2)) * taper
        total = dominance.sum(axis=1) + _BACKGROUND
        pull = dominance[..., _GESTURE_OF_SHAPE] * self.target[near]
        blend: NDArray[np.float64] = pull.sum(axis=1) / total[:, _GESTURE_OF_SHAPE]
        return blend

    def close(self, times: NDArray[np.float64], shapes: NDArray[np.float32]) -> None:
        """Writes the closures into (T, len(SHAPES)) `shapes`."""
        start, on, off, end = self.closure_times.T
        near = (start < times[-1]) & (end > times[0])
        if not near.any():
            return
        moment = times[:, None]
        rising = _smoothstep((moment - start[near]) / (on[near] - start[near]))
        falling = _smoothstep((end[near] - moment) / (end[near] - off[near]))
        closed = np.minimum(rising, falling)
        for shape in (_SEAL, _TUCK):
            shapes[:, shape] = closed[:, self.closure_shape[near] == shape].max(axis=1, initial=0)

    def _add(self, item: _Spoken, place: int) -> None:
        if item.visemes == (REST,):
            self._add_silence(item.start, item.end)
            return
        count = len(item.visemes)
        for index, name in enumerate(item.visemes):
            length = (item.end - item.start) / count
            start = item.start + index * length
            self._add_target(name, item.stress, start, length)
            self._add_closure(name, place, item)

    def _add_target(self, name: str, stress: int, start: float, length: float) -> None:
        viseme = VISEMES[name]
        inset = min(0.3 * length, 0.05)
        gain = _STRESS_GAIN[stress] if viseme.vowel else 1.0
        weight = _STRESS_STRENGTH[stress] if viseme.vowel else 1.0
        values = np.array([viseme.shape.get(shape, 0.0) for shape in SHAPES[:_SOFT]])
        self._on.append(start + inset - _LEAD)
        self._off.append(start + length - inset - _LEAD)
        self._strength.append(weight * np.array(viseme.dominance))
        self._linger.append(1.0)
        self._reach.append(viseme.reach * (0.55 + 0.45 * min(length / 0.08, 1.2)))
        self._target.append(values * (1 + (gain - 1) * _GAIN_OF_SHAPE))

    def _add_closure(self, name: str, place: int, item: _Spoken) -> None:
        length = item.end - item.start
        on = min(item.start + 0.2 * length, item.middle - _CLOSURE_HOLD)
        off = max(item.start + 0.7 * length, item.middle + _CLOSURE_HOLD)
        last = self._closures[-1] if self._closures else None
        for shape in (_SEAL, _TUCK):
            if SHAPES[shape] not in VISEMES[name].shape:
                continue
            if last and last.shape == shape and place - last.phone == 1:
                last.phone, last.off = place, off
            else:
                self._closures.append(_Closure(shape, place, on, off))

    def _add_silence(self, start: float, end: float) -> None:
        on, off = start + _CLOSE_AFTER, end - _OPEN_BEFORE
        if on > off:
            on = off = (on + off) / 2
        strength = np.interp(end - start, [_SHORT_SILENCE, _FULL_SILENCE], [0.0, 1.0])
        if self._linger:
            self._linger[-1] = 1 + (_LINGER - 1) * float(strength)
        self._linger.append(1.0)
        self._on.append(on)
        self._off.append(off)
        self._strength.append(np.full(len(GESTURES), float(strength)))
        self._reach.append(1.0)
        self._target.append(np.zeros(_SOFT))


def _smoothstep(x: NDArray[np.float64]) -> NDArray[np.float64]:
    x = np.clip(x, 0.0, 1.0)
    return x * x * (3 - 2 * x)


def _resolve(phones: list[Phone]) -> list[_Spoken]:
    """Gives lone stress and length marks to their neighbours; carries stress to the vowel."""
    spoken: list[_Spoken] = []
    pending_stress, pending_start = 0, None
    for phone in phones:
        read = articulation(phone.symbol)
        start, end = phone.start, max(phone.end, phone.start)
        stress = max(read.stress, pending_stress)
        if not read.visemes:
            pending_stress = stress
            if read.stress:
                pending_start = start if pending_start is None else pending_start
            elif spoken:
                spoken[-1] = replace(spoken[-1], end=end)
            continue
        if pending_start is not None and read.visemes != (REST,):
            start = pending_start
        pending_start = None
        has_vowel = any(VISEMES[name].vowel for name in read.visemes)
        pending_stress = 0 if has_vowel or read.visemes == (REST,) else stress
        middle = (phone.start + end) / 2
        spoken.append(_Spoken(read.visemes, stress if has_vowel else 0, start, end, middle))
    return spoken


def _without_gaps(spoken: list[_Spoken]) -> list[_Spoken]:
    """Gives short silences to the consonant after them, or else to the sound before them."""
    sounds = [item for item in spoken if item.visemes != (REST,)]
    for index, (before, after) in enumerate(pairwise(sounds)):
        if 0 < after.start - before.end <= _SHORT_SILENCE:
            if VISEMES[after.visemes[0]].vowel:
                sounds[index] = replace(before, end=after.start)
            else:
                sounds[index + 1] = replace(after, start=before.end)
    return sounds


def _with_silences(sounds: list[_Spoken]) -> list[_Spoken]:
    """Fills gaps with silences, and puts one before the first sound and after the last."""
    out: list[_Spoken] = []
    end = -np.inf
    for item in sounds:
        if item.start > end:
            out.append(_Spoken((REST,), 0, end, item.start))
        out.append(item)
        end = max(end, item.end)
    out.append(_Spoken((REST,), 0, end, np.inf))
    return out


def _fit_ramps(closures: list[_Closure]) -> None:
    """Shares out the time between neighbouring closures.

    Equal ones leave the mouth half of it each; a seal and a tuck pass into each other, the one
    falling as the other rises, so that each is alone when it is complete.
    """
    for before, after in pairwise(closures):
        between = after.on - before.off
        if before.shape == after.shape:
            ramp = min(_CLOSURE_RAMP, max(between / 2, 0.02))
            before.release, after.attack = min(before.release, ramp), min(after.attack, ramp)
        elif between < 2 * _CLOSURE_RAMP:
            if between < 0.01:
                before.off = after.on = before.off + between / 2
                before.off, after.on = before.off - 0.005, after.on + 0.005
                between = 0.01
            before.release = after.attack = between
