"""Which engine moves the faces: the neural one, or rules where that is wanted or it is missing.

Torch is only imported where it is used.
"""

import asyncio
import logging
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from agent.models.worker import give_way
from agent.settings import FaceSettings
from render.motion.engine.engine import MotionEngine, MotionPipeline
from render.motion.engine.items import Performance, SpeechPart

logger = logging.getLogger(__name__)

_WARM_UP = np.zeros(72_000, np.int16)
MOTION_THREADS = 16
"""Utterances whose next chunk is prepared or waits for the model, which computes on one thread."""


def load_pipeline(settings: FaceSettings) -> MotionPipeline | None:
    """Returns the motion pipeline, its weights loaded and run once; None where rules move faces.

    That they do although the settings say otherwise is logged as `motion_engine_fallback`.
    """
    if settings.engine == "rules":
        return None
    from render.module import WeightsMissing
    from render.motion.engine.weights import neural_pipeline

    try:
        pipeline = neural_pipeline()
    except WeightsMissing as error:
        logger.warning("motion_engine_fallback: rules move the faces: %s", error)
        return None
    list(pipeline.stream_items(Performance(), [SpeechPart(_WARM_UP, last=True)]))
    return pipeline


def batch_engine(settings: FaceSettings) -> MotionEngine | None:
    """Returns an engine that computes in the caller's thread, for files; None for rules."""
    pipeline = load_pipeline(settings)
    return MotionEngine(pipeline) if pipeline else None


class MotionService:
    """The engine of a server: one pipeline for all sessions.

    Chance follows from the sound, so an answer that is given again is not computed again.

    Args:
        settings: Say which engine.
    """

    def __init__(self, settings: FaceSettings) -> None:
        self._settings = settings
        self._computing = ThreadPoolExecutor(MOTION_THREADS, "motion", initializer=_go_second)
        self.engine: MotionEngine | None = None
        """None before the start, and where rules move the faces."""

    async def start(self) -> None:
        """Loads the weights."""
        loop = asyncio.get_running_loop()
        pipeline = await loop.run_in_executor(self._computing, load_pipeline, self._settings)
        shared = Performance(seed=None)
        self.engine = MotionEngine(pipeline, self._computing, shared) if pipeline else None

    def close(self) -> None:
        """Ends the threads; what waits for them is dropped."""
        self._computing.shutdown(cancel_futures=True)


def _go_second() -> None:
    """Lets the threads that send frames go before this one. Linux only: there, threads have
    priorities of their own."""
    if sys.platform == "linux":
        give_way(threading.get_native_id())
