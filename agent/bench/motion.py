"""`visavis bench motion`: how fast the engine turns sound into motion, stage by stage.

Everything is computed on one thread, by the stages that serve conversations, on sentences that
voices say.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.signal import resample_poly  # type: ignore[import-untyped]

from agent.bench.lab.speech import joined, spoken
from agent.bench.motion_manner import commanded
from agent.errors import BadRequest
from agent.films.shot import parse_size
from agent.mind.persona.persona import load_persona
from agent.settings import Settings
from render.batch import Take, film_pipeline
from render.clock import AUDIO_RATE, FRAME_SECONDS
from render.cloning.gallery import default_avatar
from render.module import Place
from render.motion.engine.engine import MotionEngine, MotionPipeline, motion_pipeline
from render.motion.engine.items import Performance, SpeechPart
from render.motion.engine.weights import MotionModule
from render.motion.neural.model import MotionModel
from render.puppet.puppet import Puppet
from render.torch_module import one_thread
from render.types import AudioChunk

PERSONA = "vera"
REPEATS = 7
_PIECE = AUDIO_RATE // 2
_PATIENCE = 10.0
"""Seconds after which a first frame does not come any more."""


async def run(settings: Settings, size: str = "1280x720") -> dict[str, Any]:
    """Measures; returns the README's object.

    Raises:
        BadRequest: An impossible size.
        WeightsMissing: The engine's weights are not there.
    """
    width, height = parse_size(size)
    chunks = await spoken(settings)
    one_thread()
    module = MotionModule()
    pipeline = motion_pipeline(module, (module,))
    pipeline.load_models()
    who = load_persona(settings.mind.prompts_dir, PERSONA)
    bundle = default_avatar(who.avatar, settings.avatars_dir, settings.face.people_package)
    return {
        "first_frame_ms": round(first_frame_ms(pipeline, chunks[0]), 1),
        **motion_speed(pipeline, chunks),
        **film_speed(pipeline, Puppet(bundle, width, height), chunks),
        **switching(module),
        "commanded": commanded(MotionModel.from_file(), [_heard(chunk) for chunk in chunks]),
        "size": size,
        "threads": torch.get_num_threads(),
        "parameters": module.residence.size // 4,
    }


def _heard(chunk: AudioChunk) -> NDArray[np.float32]:
    return np.asarray(resample_poly(chunk.samples.astype(np.float32) / 32_768, 2, 3), np.float32)


def first_frame_ms(pipeline: MotionPipeline, chunk: AudioChunk) -> float:
    """Returns the median time from a sentence's arrival to its first frame of motion."""
    took = []
    with ThreadPoolExecutor(1) as computing:
        engine = MotionEngine(pipeline, computing)
        for seed in range(REPEATS):
            track = engine.begin(seed, 1)
            start = time.perf_counter()
            track.hear(chunk.samples, chunk.phones)
            while track.frame(-1) is None:
                if time.perf_counter() - start > _PATIENCE:
                    raise BadRequest("The engine gave no frame.")
                time.sleep(0.0005)
            took.append(time.perf_counter() - start)
            track.cancel()
    return float(np.median(took)) * 1000


def motion_speed(pipeline: MotionPipeline, chunks: list[AudioChunk]) -> dict[str, Any]:
    """Runs the motion pipeline alone."""
    frames, seconds = 0, dict.fromkeys((stage.name for stage in pipeline.stages), 0.0)
    wall, work = time.perf_counter(), time.process_time()
    for seed, chunk in enumerate(chunks):
        run = pipeline.open_run(Performance(seed=seed))
        parts = [
            SpeechPart(chunk.samples[at : at + _PIECE], chunk.phones if at == 0 else ())
            for at in range(0, len(chunk.samples), _PIECE)
        ]
        for part in [*parts, SpeechPart(chunk.samples[:0], last=True)]:
            frames += sum(1 for _ in run.push_item(part))
        for name, spent in run.progress.seconds.items():
            seconds[name] += spent
    wall, work = time.perf_counter() - wall, time.process_time() - work
    return {
        "realtime_factor": round(frames * FRAME_SECONDS / wall, 1),
        "realtime_factor_cpu": round(frames * FRAME_SECONDS / work, 1),
        "stage_ms": {name: round(spent / frames * 1000, 3) for name, spent in seconds.items()},
        "frames": frames,
    }


def film_speed(
    pipeline: MotionPipeline, puppet: Puppet, chunks: list[AudioChunk]
) -> dict[str, Any]:
    """Runs the whole way to pictures, the motion pipeline included."""
    samples = joined(chunks)
    films = film_pipeline(puppet)
    run = films.open_run(Take(engine=MotionEngine(pipeline)))
    wall, work = time.perf_counter(), time.process_time()
    frames = 0
    for at in range(0, len(samples), _PIECE):
        frames += sum(1 for _ in run.push_item(AudioChunk(samples[at : at + _PIECE])))
    frames += sum(1 for _ in run.end_stream())
    wall, work = time.perf_counter() - wall, time.process_time() - work
    spent = run.progress.seconds
    return {
        "realtime_factor_drawn": round(frames * FRAME_SECONDS / wall, 1),
        "realtime_factor_drawn_cpu": round(frames * FRAME_SECONDS / work, 1),
        "film_ms": {name: round(value / frames * 1000, 3) for name, value in spent.items()},
    }


def switching(module: MotionModule) -> dict[str, Any]:
    """Lets a second model take the place of the first and back; returns the median times."""
    other = MotionModule()
    other.load()
    other.offload()
    took, moves = [], {"offload_ms": [0.0], "activate_ms": [0.0]}
    here, there = module, other
    for _ in range(2 * REPEATS):
        start = time.perf_counter()
        here.offload()
        there.load()
        took.append(time.perf_counter() - start)
        moves["offload_ms"].append(here.residence.moved_in)
        moves["activate_ms"].append(there.residence.moved_in)
        here, there = there, here
    assert here.residence.place is Place.DEVICE
    return {
        "switch_ms": round(float(np.median(took)) * 1000, 2),
        **{name: round(float(np.median(values)) * 1000, 2) for name, values in moves.items()},
    }
