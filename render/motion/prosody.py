"""What in an utterance calls for head, brows and lids: accents, pitch, loudness, pauses.

Accents come from stressed phones where the voice tells phones, and from peaks of loudness where it
does not; both are weighed by loudness and pitch.
"""

from dataclasses import dataclass

import numpy as np

from render.clock import FRAME_SECONDS
from render.motion.speech import DB, LEVEL, PITCH, Speech
from render.motion.visemes import articulation

BEAT_LEAD = 0.10
"""Seconds before an accented vowel at which its head beat starts, so that both peak together."""
_PAUSE_DB = -30.0
"""Loudness under the running level that counts as silence."""
_PAUSE_SPAN = np.arange(0.01, 0.13, 0.01)
_PEAK_SPAN = np.arange(-0.22, 0.081, 0.02)
_PEAK_RISE_DB = 6.0
_PITCH_MEMORY = 0.02
"""Share of a new pitch in the running mean, per voiced frame."""


@dataclass(frozen=True, slots=True)
class Cue:
    """What one frame of speech calls for.

    Attributes:
        energy: Loudness, 0 silent to 1 loud.
        pitch: Semitones above the speaker's running mean; 0 where unvoiced.
        accent: Strength in (0, 1] of an accent whose beat starts in this frame; 0 without.
        pause: Whether a pause starts in this frame.
    """

    energy: float = 0.0
    pitch: float = 0.0
    accent: float = 0.0
    pause: bool = False


QUIET = Cue()


class Prosody:
    """Reads the cues of one utterance, frame after frame."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._mean_pitch = 0.0
        self._was_sounding = False

    def cue(self, start: float) -> Cue:
        """Returns the cue of the frame that starts at `start` seconds; call once per frame."""
        middle = start + FRAME_SECONDS / 2
        moments = np.concatenate(
            [
                [middle, start + BEAT_LEAD + 0.06],
                start + _PAUSE_SPAN,
                start + BEAT_LEAD + _PEAK_SPAN,
            ]
        )
        heard = self._speech.features(np.maximum(moments, 0.0))
        below = heard[:, DB] - heard[:, LEVEL]
        silent_next = bool((below[2 : 2 + len(_PAUSE_SPAN)] < _PAUSE_DB).all())
        pause = self._was_sounding and silent_next
        self._was_sounding = not silent_next
        pitch = self._semitones(float(heard[0, PITCH]))
        strength = (
            0.5 + 0.03 * float(below[1] + 8) + 0.06 * max(self._above_mean(heard[1, PITCH]), 0)
        )
        accented = (
            self._stressed(start) if self._speech.phones else _peaks(below[-len(_PEAK_SPAN) :])
        )
        return Cue(
            energy=float(np.clip(1 + below[0] / -_PAUSE_DB, 0.0, 1.0)),
            pitch=pitch,
            accent=float(np.clip(strength, 0.1, 1.0)) if accented else 0.0,
            pause=pause,
        )

    def _stressed(self, start: float) -> bool:
        first = start + BEAT_LEAD
        return any(
            first <= phone.start < first + FRAME_SECONDS and articulation(phone.symbol).stress == 2
            for phone in self._speech.phones
        )

    def _semitones(self, pitch: float) -> float:
        if pitch <= 0:
            return 0.0
        if not self._mean_pitch:
            self._mean_pitch = pitch
        self._mean_pitch *= (pitch / self._mean_pitch) ** _PITCH_MEMORY
        return self._above_mean(pitch)

    def _above_mean(self, pitch: float) -> float:
        if pitch <= 0 or not self._mean_pitch:
            return 0.0
        return float(np.clip(12 * np.log2(pitch / self._mean_pitch), -8.0, 8.0))


def _peaks(below: np.ndarray[tuple[int], np.dtype[np.float32]]) -> bool:
    """Whether loudness peaks at `BEAT_LEAD`, clearly above the valley before it."""
    centre = len(_PEAK_SPAN) - 5
    peak = below[centre]
    around = below[centre - 2 : centre + 5]
    risen = peak - below[:centre].min() > _PEAK_RISE_DB
    return bool(risen and peak > -12 and peak >= around.max() and peak > below[centre - 1])
