"""Lessons teach what the rules do, training learns from them, and goes on where it stopped."""

from pathlib import Path

import numpy as np
import pytest
import torch

from render.clock import AUDIO_RATE
from render.motion.neural.batches import BatchSampler
from render.motion.neural.disguise import disguise
from render.motion.neural.features import RATE
from render.motion.neural.latent import LATENT_INDEX
from render.motion.neural.lessons import Shard, Taught, read_shards, write_shard
from render.motion.neural.losses import masks
from render.motion.neural.network import NetworkShape
from render.motion.neural.teacher import CLASSES, teach
from render.motion.neural.training import Trainer, TrainingPlan
from render.torch_module import one_thread
from render.types import Phone

one_thread()
TINY = NetworkShape(width=32, layers=2, heads=2, audio_width=16, audio_blocks=1)
PLAN = TrainingPlan(batch=4, warm_up=2, half=False, hearing_span=20)
PHONES = [
    Phone("m", 0.4, 0.5), Phone("ˈɑ", 0.5, 0.8), Phone("p", 0.8, 0.9), Phone("i", 0.9, 1.2),
    Phone("", 1.2, 1.8),
]  # fmt: skip


def taught(seed: int, held_out: bool = False) -> Taught:
    random = np.random.default_rng(seed)
    time = np.arange(int(1.8 * AUDIO_RATE)) / AUDIO_RATE
    voiced = ((time > 0.4) & (time < 1.2)) * 0.3 * np.sin(2 * np.pi * 150 * time)
    samples = (voiced * 32_767).astype(np.int16)
    sound = random.normal(0, 0.1, int(1.8 * RATE)).astype(np.float32)
    return Taught(sound, teach(samples, PHONES, seed), held_out)


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Shard]:
    root: Path = tmp_path_factory.mktemp("lessons")
    write_shard(root / "heart", [taught(seed) for seed in range(3)] + [taught(9, held_out=True)])
    return read_shards(root)


def test_the_teacher_closes_the_lips_on_m_and_p() -> None:
    lesson = taught(0).lesson

    assert len(lesson.latents) == 45
    assert lesson.closed[11] or lesson.closed[10]
    assert lesson.closed[20] or lesson.closed[21]
    assert not lesson.closed[15]
    assert lesson.latents[15, LATENT_INDEX["jawOpen"]] > 0.15


def test_the_teacher_says_which_viseme_sounds() -> None:
    visemes = taught(0).lesson.visemes

    assert len(visemes) == 90
    assert [CLASSES[visemes[at]] for at in (5, 22, 32, 42, 50, 80)] == [
        "rest", "pbm", "ah", "pbm", "ee", "rest",
    ]  # fmt: skip


def test_heads_differ_by_seed_and_mouths_do_not() -> None:
    one, other = taught(1).lesson.latents, taught(2).lesson.latents

    assert np.array_equal(one[:, :14], other[:, :14])
    assert not np.allclose(one[:, 18:21], other[:, 18:21])


def test_lessons_survive_the_disk(shards: dict[str, Shard]) -> None:
    shard = shards["heart"]

    assert [clip.held_out for clip in shard.clips] == [False, False, False, True]
    assert np.allclose(shard.latents[45:90], taught(1).lesson.latents, atol=2e-2)
    assert len(shard.mels) == 4 * len(shard.latents)


def test_held_out_clips_are_never_taught(shards: dict[str, Shard]) -> None:
    random = np.random.default_rng(0)
    tested = BatchSampler(shards, testing=True).draw(random, 6, 40)
    wanted = shards["heart"].latents[135:180].astype(np.float32)
    heads = {round(float(v), 3) for v in wanted[:, LATENT_INDEX["yaw"]]}

    batch = BatchSampler(shards).draw(random, 6, 40)

    assert tested.latents.shape == batch.latents.shape == (6, 40, 23)
    yaws = batch.latents[..., LATENT_INDEX["yaw"]] * 2.4
    assert not heads & {round(float(v), 3) for v in yaws.ravel()}


def test_a_disguise_changes_the_sound_and_keeps_its_form() -> None:
    power = np.random.default_rng(0).uniform(0, 1, (3, 40, 80)).astype(np.float32)

    heard = disguise(power, np.random.default_rng(1))

    assert heard.shape == power.shape
    assert np.isfinite(heard).all()
    assert (heard >= 0).all()
    assert not np.allclose(heard, power)


def test_masks_always_leave_something_to_generate() -> None:
    random = np.random.default_rng(0)

    for span in (2, 3, 4, 18):
        assert (masks(random, 200, span) == 0).any(axis=1).all()


def test_training_learns_from_a_tiny_batch(shards: dict[str, Shard]) -> None:
    trainer = Trainer(BatchSampler(shards), PLAN, TINY)

    losses = [trainer.train_batch(0.5)["loss"] for _ in range(60)]

    assert np.mean(losses[-12:]) < 0.7 * np.mean(losses[:12])


def test_every_part_of_training_runs(shards: dict[str, Shard]) -> None:
    trainer = Trainer(BatchSampler(shards), PLAN, TINY)

    assert set(trainer.train_batch(0.0)) == {"visemes", "guess", "loss"}
    assert {"flow", "shape"} <= set(trainer.train_batch(0.5))
    trainer.steps = 2
    assert {"flow", "shape"} <= set(trainer.train_batch(0.95))


def test_resumed_training_is_the_same_to_the_bit(shards: dict[str, Shard], tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pt"
    straight = Trainer(BatchSampler(shards), PLAN, TINY, seed=3)
    for _ in range(2):
        straight.train_batch(0.5)
    straight.save(path)
    resumed = Trainer(BatchSampler(shards), PLAN, TINY, seed=8)
    resumed.resume(path)

    told = [trainer.train_batch(0.95)["loss"] for trainer in (straight, resumed)]

    assert told[0] == told[1]
    assert resumed.steps == 3
    for a, b in zip(straight.average.parameters(), resumed.average.parameters(), strict=True):
        assert torch.equal(a, b)
