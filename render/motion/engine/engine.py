"""The motion engine of a process: one pipeline, a track for every utterance.

Sound is heard on the performer's thread, which never waits; all computing happens in an executor, a
stretch at a time, so that the utterances of several people take turns. What is generated runs ahead
of playback by a bounded time: an interruption wastes little, and memory does not grow with an
utterance.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from render.clock import FRAME_SAMPLES
from render.module import Module
from render.motion.emotion import Emotion
from render.motion.engine.context import Context
from render.motion.engine.delivery import delivery
from render.motion.engine.executors import Immediately
from render.motion.engine.generation import Generation
from render.motion.engine.items import Performance, SpeechMotion, SpeechPart
from render.motion.engine.refinement import Refinement
from render.motion.habits import Habits
from render.motion.neural.contract import MotionGenerator, Style
from render.pipeline import Pipeline, Progress, link
from render.stage import Cancelled
from render.types import Phone, Word

logger = logging.getLogger(__name__)

AHEAD_FRAMES: Final = 75
"""Frames generated ahead of playback at most, but for those of one part."""
SOON_FRAMES: Final = 25
"""Frames ahead of playback from which a track has time: it computes in step with the others."""
STEP_SECONDS: Final = 0.32
"""From one step to the next. The more tracks take it, the more chunks are computed together."""
PART_SAMPLES: Final = 16 * FRAME_SAMPLES
"""Sound computed on at a time."""
MotionPipeline = Pipeline[Performance, SpeechPart, SpeechMotion]


def motion_pipeline(model: MotionGenerator, modules: tuple[Module, ...] = ()) -> MotionPipeline:
    """Connects the stages from sound to motion.

    Args:
        model: Generates motion.
        modules: The models behind it, if they can be moved.
    """
    context, refinement = Context(), Refinement()
    generation = Generation(model, modules)
    links = [link(context, generation), link(generation, refinement)]
    return Pipeline(context, refinement, links)


class MotionEngine:
    """Moves faces by what they say (a `SpeechEngine`).

    Args:
        pipeline: Sound to motion.
        computing: Where; at once, in the caller's thread, if None.
        performance: What all utterances share; the seed of each is given when it begins, but for
            None, which stays.
        now: Monotonic seconds.
    """

    def __init__(
        self,
        pipeline: MotionPipeline,
        computing: Executor | None = None,
        performance: Performance | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._now = now
        self._pipeline = pipeline
        self._computing = computing or Immediately()
        self._performance = performance or Performance()

    def begin(self, seed: int, lead_frames: int, habits: Habits | None = None) -> "EngineTrack":
        """See `SpeechEngine.begin`."""
        own = None if self._performance.seed is None else seed
        performance = replace(self._performance, seed=own, lead_frames=lead_frames)
        if habits is not None:
            references = replace(performance.references, identity=habits)
            performance = replace(performance, references=references)
        return EngineTrack(self._pipeline, self._computing, performance, self._now)


class EngineTrack:
    """The motion of one utterance (a `SpeechTrack`).

    All methods but the private ones belong to the performer's thread.
    """

    def __init__(
        self,
        pipeline: MotionPipeline,
        computing: Executor,
        performance: Performance,
        now: Callable[[], float],
    ) -> None:
        self._now = now
        self._step = -1
        self._lead = performance.lead_frames
        self._playing = 0
        self._style: Style | None = None
        self._run = pipeline.open_run(
            replace(performance, playing=lambda: self._playing, style=lambda: self._style)
        )
        self._computing = computing
        self._lock = threading.Lock()
        self._parts: deque[SpeechPart] = deque()
        self._frames: dict[int, SpeechMotion] = {}
        self._made = 0
        self._busy = self._broken = False

    @property
    def progress(self) -> Progress:
        """How far the pipeline is."""
        return self._run.progress

    def hear(
        self,
        samples: NDArray[np.int16],
        phones: tuple[Phone, ...],
        words: tuple[Word, ...] = (),
    ) -> None:
        """See `SpeechTrack.hear`."""
        for start in range(0, max(len(samples), 1), PART_SAMPLES):
            part = SpeechPart(samples[start : start + PART_SAMPLES], phones, words)
            self._parts.append(part)
            phones, words = (), ()
        self._go_on()

    def feel(self, emotion: Emotion, intensity: float) -> None:
        """See `SpeechTrack.feel`."""
        self._style = delivery(emotion, intensity)

    def end(self) -> None:
        """See `SpeechTrack.end`."""
        self._parts.append(SpeechPart(np.zeros(0, np.int16), last=True))
        self._go_on()

    def frame(self, number: int) -> SpeechMotion | None:
        """See `SpeechTrack.frame`."""
        number += self._lead
        if number > self._playing:
            self._playing = number
            with self._lock:
                for old in [frame for frame in self._frames if frame < number - 1]:
                    del self._frames[old]
            self._go_on(self._steps())
        return self._frames.get(number)

    def cancel(self) -> None:
        """See `SpeechTrack.cancel`."""
        self._run.cancel()
        with self._lock:
            self._parts.clear()
            self._frames.clear()

    def _steps(self) -> bool:
        """Whether a step has begun since this was asked last."""
        before, self._step = self._step, int(self._now() / STEP_SECONDS)
        return self._step != before

    def _go_on(self, in_step: bool = False) -> None:
        """Computes on, if there is something to do, it is time and nobody does it."""
        with self._lock:
            ahead = self._made - self._playing
            if self._busy or self._broken or self._run.cancelled:
                return
            if not self._parts or ahead >= (AHEAD_FRAMES if in_step else SOON_FRAMES):
                return
            self._busy = True
            part = self._parts.popleft()
        try:
            self._computing.submit(self._compute, part)
        except RuntimeError:  # the executor was shut down
            self._broken = True

    def _compute(self, part: SpeechPart) -> None:
        try:
            for motion in self._run.push_item(part):
                self._keep(motion)
            if part.last:
                for motion in self._run.end_stream():
                    self._keep(motion)
        except Cancelled:
            return
        except Exception as error:
            self._broken = True
            logger.warning("motion_engine_failed: %s; rules move the mouth", type(error).__name__)
        with self._lock:
            self._busy = False
        self._go_on()

    def _keep(self, motion: SpeechMotion) -> None:
        with self._lock:
            self._made = motion.frame + 1
            if not self._run.cancelled and motion.frame >= self._playing - 1:
                self._frames[motion.frame] = motion
