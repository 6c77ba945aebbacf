"""What the engine may rely on: seeds, known frames, odd lengths, typed errors, style."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from render.motion.neural.contract import (
    MOST_FRAMES,
    SAMPLES_PER_FRAME,
    ChunkRequest,
    References,
    Style,
    audio_length,
)
from render.motion.neural.errors import BadAudio, BadChunk, WeightsUnreadable
from render.motion.neural.features import log_mels, mel_power
from render.motion.neural.latent import LATENT_SIZE
from render.motion.neural.manner import IDENTITY_SIZE
from render.motion.neural.model import MotionModel
from render.motion.neural.network import MotionNetwork, NetworkShape
from render.motion.neural.rollout import roll_out, window
from render.motion.neural.traced import TracedSampler
from render.motion.neural.weights import load_network, save_weights
from render.torch_module import one_thread

one_thread()
TINY = NetworkShape(width=32, layers=2, heads=2, audio_width=16, audio_blocks=1)


@pytest.fixture(scope="module")
def model() -> MotionModel:
    torch.manual_seed(0)
    network = MotionNetwork(TINY)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    return MotionModel(network)


def noise(span: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.1, audio_length(span)).astype(np.float32)


def some(count: int, value: float = 0.3) -> np.ndarray:
    return np.full((count, LATENT_SIZE), value, np.float32)


def test_the_same_request_gives_the_same_motion(model: MotionModel) -> None:
    request = ChunkRequest.without_gaps(noise(10), 8, some(2), seed=4)

    first, again = model.generate(request), model.generate(request)
    other = model.generate(replace(request, seed=5))

    assert first.tobytes() == again.tobytes()
    assert not np.allclose(first[2:], other[2:])


def test_chunks_computed_together_are_those_computed_alone(model: MotionModel) -> None:
    style = References(style=Style(jaw=1.3), identity=np.full(IDENTITY_SIZE, 0.5, np.float32))
    requests = [
        *(
            ChunkRequest.without_gaps(noise(10, seed), 8, some(2, seed / 10), seed=seed)
            for seed in range(5)
        ),
        ChunkRequest.without_gaps(noise(10, 7), 8, some(2), references=style, seed=7),
        ChunkRequest.without_gaps(noise(10, 8), 6, some(2), some(2), seed=8, steps=2),
        ChunkRequest.without_gaps(noise(5, 9), 5, seed=9),
    ]

    together = model.generate_many(requests)

    for request, made in zip(requests, together, strict=True):
        np.testing.assert_allclose(made, model.generate(request), atol=1e-5)


def test_a_trace_computes_the_same_for_any_batch_and_length(model: MotionModel) -> None:
    traced = MotionModel(model.network, sampler=TracedSampler())
    for count, frames, steps in ((1, 8, 2), (3, 16, 2), (2, 5, 4), (4, 11, 4)):
        requests = [
            ChunkRequest.without_gaps(
                noise(frames + 2, seed), frames, some(2), seed=seed, steps=steps
            )
            for seed in range(count)
        ]
        for one, other in zip(
            traced.generate_many(requests), model.generate_many(requests), strict=True
        ):
            np.testing.assert_allclose(one, other, atol=1e-5)


def test_known_frames_come_back_exactly(model: MotionModel) -> None:
    before, after = some(2, 1 / 3), some(1, 0.123456789)

    made = model.generate(ChunkRequest.without_gaps(noise(11), 8, before, after, steps=2))

    assert made.shape == (11, LATENT_SIZE)
    assert made.dtype == np.float32
    assert (made[:2] == before).all()
    assert (made[-1:] == after).all()
    assert np.isfinite(made).all()


def test_known_frames_matter(model: MotionModel) -> None:
    audio = noise(10)

    low = model.generate(ChunkRequest.without_gaps(audio, 8, some(2, 0.0)))
    high = model.generate(ChunkRequest.without_gaps(audio, 8, some(2, 0.9)))

    assert not np.allclose(low[2:], high[2:])


@pytest.mark.parametrize("frames", [1, 2, 3, 7, 16, MOST_FRAMES])
def test_any_length_is_possible(model: MotionModel, frames: int) -> None:
    made = model.generate(ChunkRequest.without_gaps(noise(frames), frames))

    assert made.shape == (frames, LATENT_SIZE)


def test_frames_may_lie_apart(model: MotionModel) -> None:
    times = np.array([0, 1, 2, 3, 9], np.float32)
    mask = np.array([True, False, False, False, True])

    made = model.generate(ChunkRequest(noise(10), some(5), mask, times))

    assert made.shape == (5, LATENT_SIZE)


def test_style_is_heard(model: MotionModel) -> None:
    request = ChunkRequest.without_gaps(noise(8), 8)

    plain = model.generate(request)
    styled = model.generate(replace(request, references=References(style=Style(jaw=0.6))))

    assert not np.allclose(plain, styled)


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_sound_that_is_none_is_refused(model: MotionModel, wrong: float) -> None:
    audio = noise(8)
    audio[100] = wrong

    with pytest.raises(BadAudio):
        model.generate(ChunkRequest.without_gaps(audio, 8))


def test_parts_that_do_not_fit_are_refused(model: MotionModel) -> None:
    good = ChunkRequest.without_gaps(noise(8), 8)
    bad = [
        replace(good, audio=good.audio[:-1]),
        replace(good, times=good.times[::-1]),
        replace(good, times=good.times + 1),
        replace(good, mask=good.mask[1:]),
        replace(good, known=good.known[:, 1:]),
        replace(good, steps=0),
        replace(good, known=good.known * np.nan, mask=~good.mask),
        replace(good, references=References(identity=np.zeros(3, np.float32))),
        ChunkRequest.without_gaps(noise(MOST_FRAMES + 1), MOST_FRAMES + 1),
    ]

    for request in bad:
        with pytest.raises(BadChunk):
            model.generate(request)


def test_nothing_beyond_the_look_ahead_is_heard(model: MotionModel) -> None:
    audio = np.random.default_rng(3).normal(0, 0.1, 80 * SAMPLES_PER_FRAME).astype(np.float32)
    changed = audio.copy()
    changed[(24 + 2) * SAMPLES_PER_FRAME :] = 0

    one, other = roll_out(model, audio), roll_out(model, changed)

    assert (one[:24] == other[:24]).all()
    assert not (one[24:] == other[24:]).all()


def test_a_window_holds_the_sound_of_its_frames() -> None:
    audio = np.arange(30 * SAMPLES_PER_FRAME, dtype=np.float32)

    middle, first, last = (window(audio, at, 4) for at in (18, 0, 28))

    assert len(middle) == len(first) == len(last) == audio_length(4)
    assert middle[0] == 2 * SAMPLES_PER_FRAME
    assert not first[: 16 * SAMPLES_PER_FRAME].any()
    assert not last[(16 + 2) * SAMPLES_PER_FRAME :].any()


def test_a_chunk_hears_what_the_whole_recording_holds() -> None:
    audio = np.random.default_rng(0).normal(0, 0.1, 16_000).astype(np.float32)

    whole, part = log_mels(mel_power(audio)), log_mels(mel_power(audio[3200:9600]))

    assert np.allclose(whole[22:60], part[2:], atol=1e-4)


def test_weights_survive_their_file(model: MotionModel, tmp_path: Path) -> None:
    path = tmp_path / "motion.npz"
    save_weights(model.network, path)

    back = load_network(path)

    assert back.shape == TINY
    for name, value in model.network.state_dict().items():
        assert torch.allclose(back.state_dict()[name], value, atol=1e-3)


def test_damaged_weights_are_named(tmp_path: Path) -> None:
    path = tmp_path / "motion.npz"
    with pytest.raises(WeightsUnreadable):
        load_network(path)
    path.write_bytes(b"no weights")
    with pytest.raises(WeightsUnreadable):
        load_network(path)
