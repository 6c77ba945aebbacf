"""`visavis bench endless`: does the engine go on for ever, in constant memory, without seams?

One utterance as long as asked for, faster than real time, through the performer and the engine as
they serve conversations. The voices' sentences come round and round, always the same, so that what
changes from round to round is the engine's.
"""

import gc
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import psutil
import torch
from numpy.typing import NDArray
from scipy.stats import linregress, t  # type: ignore[import-untyped]

from agent.bench.lab.speech import joined, spoken
from agent.settings import Settings
from render.batch import Take, film_pipeline
from render.chunks import ChunkPlan, next_chunk
from render.clock import FRAME_RATE, FRAME_SAMPLES
from render.motion.engine.context import Context
from render.motion.engine.engine import MotionEngine, MotionPipeline
from render.motion.engine.generation import Generation
from render.motion.engine.items import Performance, SpeechMotion
from render.motion.engine.refinement import Refinement
from render.motion.engine.weights import MotionModule
from render.motion.neural.latent import LATENT, latents_of, normalise
from render.pipeline import Pipeline, link
from render.stage import Cancellation, Stage
from render.torch_module import one_thread
from render.types import AudioChunk

PIECE_FRAMES = 12
MEMORY_EVERY = 250
"""Frames between looks at memory."""
WARM_UP = 0.2
"""Share of the run before memory counts."""
_SMOOTH = [i for i, n in enumerate(LATENT) if n not in ("eyeBlink", "gazeX", "gazeY")]
"""Channels that move smoothly by nature: lids and eyes jump."""


@dataclass
class FrameFigures:
    """What passed by: numbers, and of each frame how far it is from the one before.

    Attributes:
        next: Number of the frame that is due.
        missing: Frames left out.
        doubled: Frames that came again.
        steps: Mean change of the latent into each frame, in standard deviations.
        sizes: Distance of each frame's latent from the middle, likewise.
    """

    next: int = 0
    missing: int = 0
    doubled: int = 0
    steps: "array[float]" = field(default_factory=lambda: array("f"))
    sizes: "array[float]" = field(default_factory=lambda: array("f"))
    last: NDArray[np.float32] | None = None


class FrameWatch(Stage[Performance, SpeechMotion, SpeechMotion, FrameFigures]):
    """Looks at frames on their way out of the engine."""

    name = "watch"

    def __init__(self) -> None:
        self.seen = FrameFigures()

    def start(self, request: Performance) -> FrameFigures:
        """Starts to count; there is one utterance."""
        self.seen = FrameFigures()
        return self.seen

    def run(
        self, state: FrameFigures, item: SpeechMotion, cancellation: Cancellation
    ) -> Iterator[SpeechMotion]:
        """Counts and measures one frame."""
        state.missing += max(0, item.frame - state.next)
        state.doubled += item.frame < state.next
        state.next = max(state.next, item.frame + 1)
        now = normalise(latents_of(item.mouth[None], item.rest[None]))[0, _SMOOTH]
        before = now if state.last is None else state.last
        state.steps.append(float(np.abs(now - before).mean()))
        state.sizes.append(float(np.sqrt(np.mean(now**2))))
        state.last = now
        yield item


async def run(settings: Settings, minutes: float = 10.0) -> dict[str, Any]:
    """Runs for `minutes` of output; returns the README's object.

    Raises:
        WeightsMissing: The engine's weights are not there.
    """
    sound = joined(await spoken(settings))
    one_thread()
    module = MotionModule()
    module.load()
    frames = round(minutes * 60 * FRAME_RATE)
    watch, memory = FrameWatch(), MemoryUse()
    skipped, repeated = perform(watched(module, watch), Performance(), sound, frames, memory)
    plain = FrameWatch()
    perform(watched(module, plain), Performance(bridging=False), sound, min(frames, 4_500), None)
    bridged = seams(watch.seen.steps, bridging=True)
    apart = seams(plain.seen.steps, bridging=False)
    return {
        "minutes": minutes,
        "frames": len(watch.seen.steps),
        "frames_missing": watch.seen.missing + skipped,
        "frames_doubled": watch.seen.doubled + repeated,
        "rss_slope_mb_per_min": memory.slope(frames),
        "live_tensors": memory.tensors(),
        "seam_p95": bridged[0],
        "inside_p95": bridged[1],
        "seam_p95_without_i": apart[0],
        "inside_p95_without_i": apart[1],
        "seam_over_inside": round(bridged[0] / bridged[1], 3),
        "seam_over_inside_without_i": round(apart[0] / apart[1], 3),
        "drift": drift(watch.seen.sizes, len(sound) // FRAME_SAMPLES),
    }


def watched(module: MotionModule, watch: FrameWatch) -> MotionPipeline:
    """Returns the motion pipeline with somebody watching its end."""
    context, generation, refinement = Context(), Generation(module, (module,)), Refinement()
    links = [link(context, generation), link(generation, refinement), link(refinement, watch)]
    return Pipeline(context, watch, links)


class MemoryUse:
    """Looks at memory now and then."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._at: list[int] = []
        self._megabytes: list[float] = []
        self._tensors: list[int] = []

    def look(self, frame: int) -> None:
        """Notes the resident memory and the tensors that are alive."""
        gc.collect()
        self._at.append(frame)
        self._megabytes.append(self._process.memory_info().rss / 2**20)
        kinds = map(type, gc.get_objects())
        self._tensors.append(sum(1 for kind in kinds if issubclass(kind, torch.Tensor)))

    def slope(self, frames: int) -> float:
        """Megabytes a minute of output, after the warm-up."""
        kept = [index for index, at in enumerate(self._at) if at >= WARM_UP * frames]
        minutes = np.array(self._at)[kept] / (60 * FRAME_RATE)
        return round(float(linregress(minutes, np.array(self._megabytes)[kept]).slope), 3)

    def tensors(self) -> dict[str, int]:
        """Tensors alive early and at the end."""
        return {"first": self._tensors[0], "last": self._tensors[-1]}


def perform(
    pipeline: MotionPipeline,
    performance: Performance,
    sound: NDArray[np.int16],
    frames: int,
    memory: MemoryUse | None,
) -> tuple[int, int]:
    """Lets a performer say `frames` of sound; returns frames of the clock left out and repeated."""
    take = Take(engine=MotionEngine(pipeline, performance=performance))
    left_out = repeated = due = 0
    for unit in film_pipeline().stream_items(take, _round_and_round(sound, frames)):
        left_out += max(0, unit.pts - due)
        repeated += unit.pts < due
        due = unit.pts + 1
        if memory and unit.pts % MEMORY_EVERY == MEMORY_EVERY - 1:
            memory.look(unit.pts)
    return left_out, repeated


def _round_and_round(sound: NDArray[np.int16], frames: int) -> Iterator[AudioChunk]:
    total, around = len(sound) // FRAME_SAMPLES, np.concatenate([sound, sound])
    for first in range(0, frames, PIECE_FRAMES):
        start = first % total * FRAME_SAMPLES
        count = min(PIECE_FRAMES, frames - first) * FRAME_SAMPLES
        yield AudioChunk(around[start : start + count])


def seams(steps: Sequence[float], bridging: bool) -> tuple[float, float]:
    """Compares changes where chunks meet with those inside them.

    Args:
        steps: Of `FrameFigures`.
        bridging: Whether seams were bridged: then chunks meet at both ends of each bridge.

    Returns:
        The 95th percentile of the changes where chunks meet, and of those elsewhere, both in
        medians of those elsewhere.
    """
    meeting = np.zeros(len(steps), bool)
    plan = ChunkPlan()
    while planned := next_chunk(plan, len(steps), True, bridging):
        plan, chunk = planned
        meeting[chunk.shown_start] = True
    meeting[0] = False
    changes = np.array(steps)
    inside = changes[~meeting][1:]
    middle = np.median(inside)
    return (
        round(float(np.percentile(changes[meeting], 95) / middle), 3),
        round(float(np.percentile(inside, 95) / middle), 3),
    )


def drift(sizes: Sequence[float], around: int) -> dict[str, float]:
    """Returns how much the motion grows a minute, in standard deviations, and where 95 % lie.

    Args:
        sizes: Of `FrameFigures`.
        around: Frames after which the same sound comes again: each round is one observation.
    """
    rounds = len(sizes) // around
    if rounds < 3:
        return {"per_minute": 0.0, "low": float("-inf"), "high": float("inf")}
    means = np.array(sizes[: rounds * around]).reshape(rounds, around).mean(axis=1)
    fit = linregress(np.arange(rounds) * around / (60 * FRAME_RATE), means)
    reach = float(t.ppf(0.975, rounds - 2)) * float(fit.stderr)
    return {
        "per_minute": round(float(fit.slope), 5),
        "low": round(float(fit.slope) - reach, 5),
        "high": round(float(fit.slope) + reach, 5),
    }
