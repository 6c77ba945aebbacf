"""`visavis train motion`: makes the lessons, trains by the clock, writes the weights.

Interrupted, it goes on with `--resume` where the last checkpoint was written; what it has learned
by then is in `motion.npz` beside the checkpoint.
"""

import logging
import time
from pathlib import Path
from typing import Final

import torch

from agent.errors import BadRequest
from agent.training.lessons import make_lessons
from render.motion.neural.batches import BatchSampler
from render.motion.neural.examination import examine
from render.motion.neural.lessons import Shard, read_shards
from render.motion.neural.training import Trainer
from render.motion.neural.weights import save_weights

log = logging.getLogger(__name__)

CHECK_SECONDS: Final = 120.0
WEIGHTS: Final = "motion.npz"
_CHECKPOINT: Final = "checkpoint.pt"
_LESSONS: Final = "lessons"
TEST_VOICES: Final = ("heart", "held-out-kokoro-kumo", "held-out-flite-rms")


def train_motion(
    folder: Path, prompts: Path, hours: float, resume: bool = False, seed: int = 0
) -> Path:
    """Trains the audio-to-motion model and returns its file of weights.

    Args:
        folder: Where lessons, checkpoint and weights are kept.
        prompts: Of the project; some of the sentences come from there.
        hours: Of training, lessons not counted; those before a resumption are.
        resume: Go on from the checkpoint.
        seed: Of weights, batches and noise.

    Raises:
        BadRequest: There is nothing to resume, or no time.
    """
    if hours <= 0:
        raise BadRequest("Give it some time: --hours must be above 0.")
    make_lessons(folder / _LESSONS, prompts)
    shards = read_shards(folder / _LESSONS)
    trainer = Trainer(BatchSampler(shards), seed=seed)
    checkpoint = folder / _CHECKPOINT
    if resume:
        if not checkpoint.exists():
            raise BadRequest("There is no checkpoint to resume from.")
        trainer.resume(checkpoint)
    torch.set_num_threads(1)
    _train(trainer, shards, folder, 3600 * hours)
    return folder / WEIGHTS


def _train(trainer: Trainer, shards: dict[str, Shard], folder: Path, seconds: float) -> None:
    testers: dict[str, BatchSampler] = {
        name: BatchSampler(shards, testing=True, voices=[name])
        for name in TEST_VOICES
        if name in shards
    }
    due = trainer.seconds + CHECK_SECONDS
    last = time.monotonic()
    while trainer.seconds < seconds:
        told = trainer.train_batch(trainer.seconds / seconds)
        now = time.monotonic()
        trainer.seconds += now - last
        last = now
        if trainer.seconds >= min(due, seconds):
            due = trainer.seconds + CHECK_SECONDS
            _report(trainer, told, testers)
            _keep(trainer, folder)
            last = time.monotonic()


def _report(trainer: Trainer, told: dict[str, float], testers: dict[str, BatchSampler]) -> None:
    parts = " ".join(f"{name} {value:.3f}" for name, value in told.items())
    log.info("%.1f min, step %d: %s", trainer.seconds / 60, trainer.steps, parts)
    for name, tester in testers.items():
        log.info("  %s: %s", name, examine(trainer.average, tester))


def _keep(trainer: Trainer, folder: Path) -> None:
    trainer.save(folder / _CHECKPOINT)
    save_weights(trainer.average, folder / WEIGHTS)
