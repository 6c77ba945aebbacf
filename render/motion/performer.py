"""Turns speech, as it is made, into frames of sound and motion in real time.

Whoever drives it calls `advance` 25 times a second, or as fast as it likes when a file is made;
nothing here waits, draws or knows the time of day. It is meant for one thread.
"""

from collections import deque
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from render.clock import AUDIO_RATE, FRAME_SAMPLES, FRAME_SECONDS
from render.motion.behaviour import Behaviour
from render.motion.emotion import Emotion, join
from render.motion.errors import BadSamples, SpeechQueueFull
from render.motion.gesture import Gesture
from render.motion.habits import Habits
from render.motion.lead import Lead, SpeechEngine
from render.motion.mouth import MOUTH_INDEX, MOUTH_SIZE, MouthModel, Settling
from render.motion.prosody import QUIET, Cue
from render.motion.rule_mouth import RuleMouth
from render.motion.utterance import PlayedFrame, Utterance
from render.types import Attitude, AudioChunk, AVUnit, Motion, PlaybackFinished, SegmentEnd, Word

MAX_BUFFERED_SECONDS: Final = 600.0
"""Speech held at most, by default; 29 MB."""
LIPS_OPEN: Final = 0.05
"""Opening, as `opening` defines it, from which lips visibly part."""
LIPS_STEP: Final = 0.03
"""Change of the opening or of any mouth channel within one frame that is visible as movement;
sealing lips that are closed already is none, and a mouth that has come to rest is still."""

_FADE_OUT = (0.5 + 0.5 * np.cos(np.linspace(0, np.pi, int(0.010 * AUDIO_RATE)))).astype(np.float32)
_FADE_IN = np.linspace(0, 1, int(0.005 * AUDIO_RATE), dtype=np.float32)
_REST = np.zeros(MOUTH_SIZE, np.float32)
_JAW, _SEAL = MOUTH_INDEX["jawOpen"], MOUTH_INDEX["seal"]
_LIPS = [MOUTH_INDEX[n] for n in ("mouthLowerDownLeft", "mouthUpperUpLeft")]


def opening(mouth: NDArray[np.float32]) -> float:
    """How far a mouth (MOUTH_SIZE,) visibly opens: jaw plus a quarter of the lips, if unsealed."""
    lips = mouth[_LIPS[0]] + mouth[_LIPS[1]]
    return float((1 - mouth[_SEAL]) * (mouth[_JAW] + 0.25 * lips))


class Performer:
    """One person on the screen.

    The sound of a segment comes out sample for sample as it was pushed, except: leading silence
    beyond 60 ms is cut (phones and words shift with it); the last frame is filled with zeros; a
    clear or pause lets up to 10 ms of what would have followed fade out; a resume fades 5 ms in.
    Between the first push and the first sound lie `lead_frames` silent frames in which the lips
    prepare. While sound is missing inside an unfinished segment whole frames of silence come out
    and the segment does not advance.

    Args:
        seed: Of everything that is chance in the face.
        mouth: Turns speech into mouth movement where the engine does not; rules by default.
        lead_frames: Frames by which lips precede the first sound of a segment.
        max_buffered_seconds: Speech held at most.
        engine: Moves mouth and head by what is said, ahead of playback; whatever it does not have
            in time comes from `mouth` and from behaviour.
        habits: (HABITS_SIZE,) of who is shown; nobody in particular if None.
    """

    def __init__(
        self,
        seed: int = 0,
        mouth: MouthModel | None = None,
        lead_frames: int = 1,
        max_buffered_seconds: float = MAX_BUFFERED_SECONDS,
        engine: SpeechEngine | None = None,
        habits: Habits | None = None,
    ) -> None:
        self._seed = seed
        self._habits = habits
        self._feels = (Emotion.NEUTRAL, 0.0)
        self._engine = engine
        self._lead = Lead()
        self._model = mouth or RuleMouth()
        self._behaviour = Behaviour(seed, habits)
        self._settling = Settling()
        self._attitude = Attitude.IDLE
        self._lead_frames = lead_frames
        self._limit = int(max_buffered_seconds * AUDIO_RATE)
        self._queue: deque[Utterance] = deque()
        self._receiving: Utterance | None = None
        self._segments = 0
        self._pts = 0
        self._paused = False
        self._sounding = False
        self._fade_in = False
        self._fading = np.zeros(0, np.int16)
        self._mouth = _REST
        self.watched = True
        """Whether somebody sees the face; where nobody does, nothing is spent on its mouth."""

    @property
    def speaking(self) -> bool:
        """Whether there is speech that was not fully played, be it paused or late."""
        return bool(self._queue)

    @property
    def buffered_seconds(self) -> float:
        """Seconds of speech received and not yet played."""
        return sum(utterance.buffered for utterance in self._queue) / AUDIO_RATE

    @property
    def words(self) -> tuple[Word, ...]:
        """Words of the segment being played, as far as they are known, in segment seconds."""
        return tuple(self._queue[0].speech.words) if self._queue else ()

    def push_speech(self, item: AudioChunk | SegmentEnd) -> None:
        """Takes in speech, faster than real time if the voice is.

        Args:
            item: The next stretch of the current segment (the first opens one), or its end. An
                end without a segment means nothing.

        Raises:
            SpeechQueueFull: More than `max_buffered_seconds` would be held; nothing was taken.
            BadSamples: The samples are not one-dimensional int16.
        """
        if isinstance(item, SegmentEnd):
            if self._receiving:
                self._receiving.end_speech()
                self._receiving = None
            return
        if item.samples.ndim != 1 or item.samples.dtype != np.int16:
            raise BadSamples("speech must be one-dimensional int16")
        if sum(u.buffered for u in self._queue) + len(item.samples) > self._limit:
            raise SpeechQueueFull("too much speech is waiting to be played")
        if not self._receiving:
            self._receiving = self._open()
            self._queue.append(self._receiving)
        self._receiving.receive(item)

    def clear(self) -> PlaybackFinished | None:
        """Interrupts: drops all speech at once, that of later segments too.

        The next frame fades the sound out within 10 ms; the mouth is at rest in the second. What
        is pushed afterwards opens a new segment. Ends a pause.

        Returns:
            What was heard of the first segment that was not finished; None if there was none.
            Segments queued behind it were not heard at all and are not reported.
        """
        if not self._queue:
            return None
        self._fade_out()
        heard = self._queue[0].playback_finished(interrupted=True)
        for utterance in self._queue:
            utterance.cancel()
        self._queue.clear()
        self._receiving = None
        self._paused = self._fade_in = False
        return heard

    def pause(self) -> None:
        """Holds speech where it is; the mouth rests in the second frame, the face lives on.

        Idempotent.
        """
        if not self._paused:
            self._fade_out()
        self._paused = True

    def resume(self) -> None:
        """Goes on after a pause with the very next sample. Idempotent."""
        if self._paused and self._queue:
            self._fade_in = self._queue[0].position > 0
        self._paused = False

    def set_attitude(self, attitude: Attitude) -> None:
        """Says what the person is doing while not speaking; speech itself always shows as such."""
        self._attitude = attitude

    def nod(self) -> None:
        """Nods once, as listeners do when the other pauses."""
        self._behaviour.nod()

    def set_emotion(self, emotion: Emotion, intensity: float = 1.0) -> None:
        """Lets the person feel something from now on.

        It is taken on within about 0.35 s and let go within 0.6 s; speech goes on through it.

        Args:
            emotion: What is felt; `Emotion.NEUTRAL` ends any other.
            intensity: In [0, 1]; values beyond are limited.
        """
        self._behaviour.feel(emotion, intensity)
        self._feels = (emotion, intensity)
        for utterance in self._queue:
            utterance.feel(emotion, intensity)

    def gesture(self, gesture: Gesture) -> None:
        """Starts a gesture at the next frame; several may overlap."""
        self._behaviour.gesture(gesture)

    def advance(self) -> AVUnit:
        """Returns the next frame of the media clock. Never waits; `pts` grows by 1."""
        utterance = self._queue[0] if self._queue and not self._paused else None
        frame = utterance.play() if utterance else None
        mouth, cue = self._speak(utterance, frame)
        motion = self._motion(utterance is not None, mouth, cue)
        moving = self._lips_moving(mouth)
        self._mouth = mouth
        ended = None
        if utterance and frame and frame.done:
            ended = utterance.playback_finished(interrupted=False)
            self._queue.popleft()
        unit = AVUnit(
            pts=self._pts,
            samples=self._sound(frame),
            motion=motion,
            segment=utterance.number if utterance else 0,
            position=utterance.position if utterance else 0.0,
            lips_moving=moving,
            ended=ended,
        )
        self._pts += 1
        return unit

    def _open(self) -> Utterance:
        self._segments += 1
        track = None
        if self._engine and self.watched:
            seed = hash((self._seed, self._segments))
            track = self._engine.begin(seed, self._lead_frames, self._habits)
            track.feel(*self._feels)
        return Utterance(self._segments, self._model, self._lead_frames, track)

    def _speak(
        self, utterance: Utterance | None, frame: PlayedFrame | None
    ) -> tuple[NDArray[np.float32], Cue]:
        """Returns the mouth at the middle of the frame, and what the speech calls for."""
        if not utterance or not frame or not self.watched:
            self._lead.follow_engine(None)
            return self._settling.rest(), QUIET
        number = round(frame.start / FRAME_SECONDS)
        led = utterance.led(number)
        self._lead.follow_engine(led)
        if led:
            earlier = utterance.led(number - 1)
            begins = number == -self._lead_frames
            before = earlier.mouth if earlier else _REST if begins else led.mouth
            return self._settling.settle(before, led.mouth), QUIET
        middle = frame.start + FRAME_SECONDS / 2
        before, now = utterance.mouth.at(np.array([middle - FRAME_SECONDS, middle]))
        cue = utterance.prosody.cue(frame.start)
        return self._settling.settle(before, now), replace(cue, pause=cue.pause or frame.done)

    def _motion(self, speaking: bool, mouth: NDArray[np.float32], cue: Cue) -> Motion:
        """Joins the mouth with the rest of the face."""
        attitude = Attitude.SPEAKING if speaking else self._attitude
        face = self._behaviour.next_channels(attitude, cue, self._lead)
        return Motion(join(face, mouth).astype(np.float32))

    def _lips_moving(self, mouth: NDArray[np.float32]) -> bool:
        if not mouth.any():
            return False
        opened = opening(mouth)
        steps = np.abs(mouth - self._mouth)
        steps[_SEAL] = abs(opened - opening(self._mouth))
        return opened >= LIPS_OPEN or float(steps.max()) >= LIPS_STEP

    def _sound(self, frame: PlayedFrame | None) -> NDArray[np.int16]:
        samples = frame.samples if frame else np.zeros(FRAME_SAMPLES, np.int16)
        self._sounding = bool(frame and frame.start >= 0 and not frame.done)
        if self._fade_in and frame:
            samples[: len(_FADE_IN)] = samples[: len(_FADE_IN)] * _FADE_IN
            self._fade_in = False
        if len(self._fading):
            mixed = samples[: len(self._fading)].astype(np.int32) + self._fading
            samples[: len(self._fading)] = np.clip(mixed, -32768, 32767)
            self._fading = self._fading[:0]
        return samples

    def _fade_out(self) -> None:
        """Prepares what fades out in the next frame, if sound is under way."""
        if self._sounding and self._queue:
            tail = self._queue[0].coming(len(_FADE_OUT))
            self._fading = (tail * _FADE_OUT).astype(np.int16)
