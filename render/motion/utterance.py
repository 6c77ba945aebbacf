"""One segment of speech on its way from the queue to the listener.

It cuts long silence from the start, holds the sound back while the lips prepare, deals the sound
out frame by frame and knows which words were heard.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from render.clock import AUDIO_RATE, FRAME_SAMPLES, FRAME_SECONDS
from render.motion.emotion import Emotion
from render.motion.lead import Led, SpeechTrack
from render.motion.mouth import MouthModel
from render.motion.prosody import Prosody
from render.motion.speech import Speech
from render.types import AudioChunk, Phone, PlaybackFinished, Word

LEADING_SILENCE: Final = int(0.06 * AUDIO_RATE)
"""Samples of the voice's own leading silence that are kept."""
LONGEST_TRIM: Final = int(0.6 * AUDIO_RATE)
"""Samples of silence after which it is taken to be meant, and played."""
_SILENT_BELOW: Final = 200
"""Largest absolute sample that counts as silence (-44 dBFS)."""
_MEMORY_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class PlayedFrame:
    """One frame of an utterance.

    Attributes:
        samples: (960,) int16; zeros while the lips prepare, and after the end.
        start: Where in the utterance the frame starts, in seconds; negative while preparing.
        done: Whether the utterance ends in this frame.
    """

    samples: NDArray[np.int16]
    start: float
    done: bool


class Utterance:
    """A segment that is being received and played.

    Args:
        number: Of the segment, counted from 1.
        model: Moves the mouth where `track` does not.
        lead_frames: Frames for which the first sound is held back.
        track: Moves mouth and head, ahead of playback.
    """

    def __init__(
        self,
        number: int,
        model: MouthModel,
        lead_frames: int,
        track: SpeechTrack | None = None,
    ) -> None:
        self.number = number
        self.speech = Speech()
        self.mouth = model.begin(self.speech)
        self.prosody = Prosody(self.speech)
        self._track = track
        self._lead_left = lead_frames
        self._played = 0
        self._trimmed = 0
        self._undecided: list[NDArray[np.int16]] | None = []

    @property
    def position(self) -> float:
        """Seconds played."""
        return self._played / AUDIO_RATE

    @property
    def buffered(self) -> int:
        """Samples received and not yet played."""
        held = sum(map(len, self._undecided)) if self._undecided else 0
        return held + self.speech.length - self._played

    def receive(self, chunk: AudioChunk) -> None:
        """Takes in the next stretch. Samples are copied."""
        samples = chunk.samples.copy()
        shift = self._trimmed / AUDIO_RATE
        phones = [replace(p, start=p.start - shift, end=p.end - shift) for p in chunk.phones]
        words = [replace(w, start=w.start - shift, end=w.end - shift) for w in chunk.words]
        self.speech.append_sound(samples[:0], phones, words)
        if self._undecided is None:
            self._hear(samples, phones, words)
        else:
            self._undecided.append(samples)
            self._trim(at_end=False)

    def end_speech(self) -> None:
        """Nothing more will come."""
        self._trim(at_end=True)
        self.speech.mark_finished()
        if self._track:
            self._track.end()

    def led(self, number: int) -> Led | None:
        """Returns what the engine has for a frame, 0 being that of the first sound."""
        return self._track.frame(number) if self._track else None

    def feel(self, emotion: Emotion, intensity: float) -> None:
        """Speaks on as somebody who feels this."""
        if self._track:
            self._track.feel(emotion, intensity)

    def cancel(self) -> None:
        """Drops what is still being computed."""
        if self._track:
            self._track.cancel()

    def play(self) -> PlayedFrame | None:
        """Deals out the next frame; None while too little has arrived."""
        left = self.speech.length - self._played
        if self._lead_left and left:
            start = -self._lead_left * FRAME_SECONDS
            self._lead_left -= 1
            return PlayedFrame(np.zeros(FRAME_SAMPLES, np.int16), start, done=False)
        if left < FRAME_SAMPLES and not self.speech.finished:
            return None
        start = self.position
        samples = self.speech.samples(self._played, self._played + FRAME_SAMPLES)
        self._played += min(left, FRAME_SAMPLES)
        self.speech.drop_before(start - _MEMORY_SECONDS)
        return PlayedFrame(samples, start, self.speech.finished and left <= FRAME_SAMPLES)

    def coming(self, count: int) -> NDArray[np.int16]:
        """Returns the next `count` samples without playing them; zeros where there are none."""
        return self.speech.samples(self._played, self._played + count)

    def playback_finished(self, interrupted: bool) -> PlaybackFinished:
        """Returns what was heard so far."""
        position = self.position
        text = " ".join(word.text for word in self.speech.words if word.start < position)
        return PlaybackFinished(self.number, position, interrupted, text)

    def _trim(self, at_end: bool) -> None:
        """Decides where the sound begins, as soon as that can be known."""
        if not self._undecided:
            return
        samples = np.concatenate(self._undecided)
        loud = np.flatnonzero((samples > _SILENT_BELOW) | (samples < -_SILENT_BELOW))
        if not len(loud) and len(samples) < LONGEST_TRIM and not at_end:
            self._undecided = [samples]
            return
        onset = int(loud[0]) if len(loud) else len(samples)
        self._trimmed = max(0, min(onset, LONGEST_TRIM) - LEADING_SILENCE)
        self._undecided = None
        shift = self._trimmed / AUDIO_RATE
        phones = [replace(p, start=p.start - shift, end=p.end - shift) for p in self.speech.phones]
        words = [replace(w, start=w.start - shift, end=w.end - shift) for w in self.speech.words]
        self.speech.phones, self.speech.words = [], []
        self.speech.append_sound(samples[:0], phones, words)
        self._hear(samples[self._trimmed :], phones, words)

    def _hear(self, samples: NDArray[np.int16], phones: list[Phone], words: list[Word]) -> None:
        self.speech.append_sound(samples)
        if self._track:
            self._track.hear(samples, tuple(phones), tuple(words))
