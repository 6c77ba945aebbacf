"""Many speakers share the model: nobody waits for company, beginnings go first."""

import threading
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from fake_model import LoudnessModel

from render.motion.engine.engine import MotionEngine, motion_pipeline
from render.motion.engine.items import Performance
from render.motion.engine.together import MOST_TOGETHER, Together
from render.motion.neural.contract import ChunkRequest, References, Style, audio_length
from render.motion.neural.errors import BadAudio, BadChunk
from render.motion.neural.latent import LATENT_SIZE, Latents


class Slow(LoudnessModel):
    """Computes only when it is let, and notes who was computed together."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[list[int]] = []
        self.free = threading.Event()
        self.busy = threading.Event()

    def generate_many(self, requests: Sequence[ChunkRequest]) -> list[Latents]:
        self.batches.append([request.seed for request in requests])
        self.busy.set()
        assert self.free.wait(10)
        if any(request.seed == 666 for request in requests):
            raise RuntimeError
        return [self.generate(request) for request in requests]


def request(seed: int, known: int = 2, loud: float = 0.1) -> ChunkRequest:
    audio = np.full(audio_length(8 + known), loud, np.float32)
    before = np.full((known, LATENT_SIZE), 0.2, np.float32)
    return ChunkRequest.without_gaps(audio, 8, before, seed=seed)


def ask(together: Together, requests: list[ChunkRequest]) -> list[threading.Thread]:
    """Has each request made by a thread of its own, one after another."""
    threads = []
    for one in requests:
        thread = threading.Thread(target=together.generate, args=(one,))
        waiting = len(together._waiting) + 1
        thread.start()
        while len(together._waiting) < waiting and thread.is_alive():
            pass
        threads.append(thread)
    return threads


def crowd(model: Slow, requests: list[ChunkRequest]) -> Together:
    """One request is being computed; all these come meanwhile."""
    together = Together(model)
    first = threading.Thread(target=together.generate, args=(request(1_000),))
    first.start()
    assert model.busy.wait(10)
    threads = ask(together, requests)
    model.free.set()
    for thread in [first, *threads]:
        thread.join(10)
    return together


def test_who_comes_while_others_are_computed_is_computed_together() -> None:
    model = Slow()
    crowd(model, [request(seed) for seed in range(MOST_TOGETHER + 3)])
    assert [len(batch) for batch in model.batches] == [1, MOST_TOGETHER, 3]
    assert sorted(seed for batch in model.batches for seed in batch) == [
        *range(MOST_TOGETHER + 3),
        1_000,
    ]


def test_an_utterance_that_begins_goes_first_and_only_equal_shapes_are_joined() -> None:
    model = Slow()
    crowd(model, [request(1), request(2), request(3, known=0), request(4), request(5, known=0)])
    assert model.batches == [[1_000], [3, 5], [1, 2, 4]]


def test_a_failure_reaches_those_it_concerns_and_nobody_else() -> None:
    model = Slow()
    model.free.set()
    together = Together(model)
    with pytest.raises(RuntimeError):
        together.generate(request(666))
    assert together.generate(request(1)).shape == (10, LATENT_SIZE)
    with pytest.raises(BadChunk):
        together.generate(replace(request(1), steps=0))
    with pytest.raises(BadAudio):
        together.generate(request(1, loud=np.nan))


def test_what_was_made_is_recalled_only_for_the_very_same_request() -> None:
    model = Slow()
    model.free.set()
    together = Together(model)
    first = together.generate(request(1))
    first[:] = 9
    again = together.generate(request(1))
    assert (again != 9).any()
    assert (together.computed, together.recalls) == (1, 1)
    livelier = References(style=Style(liveliness=1.1))
    others = [
        request(2),
        request(1, known=3),
        request(1, loud=0.2),
        replace(request(1), steps=2),
        replace(request(1), references=livelier),
        replace(request(1), known=request(1).known + np.float32(0.01)),
    ]
    for other in others:
        together.generate(other)
    assert together.recalls == 1


def test_memory_of_chunks_is_bounded() -> None:
    model = Slow()
    model.free.set()
    together = Together(model, recalled=3)
    for seed in (1, 2, 3, 4, 1):
        together.generate(request(seed))
    assert together.recalls == 0
    together.generate(request(4))
    assert together.recalls == 1


def test_the_same_answer_to_two_people_is_computed_once_if_chance_follows_the_sound() -> None:
    model = Slow()
    model.free.set()
    together = Together(model)
    engine = MotionEngine(motion_pipeline(together), performance=Performance(seed=None))
    sound = (8_000 * np.sin(np.arange(48_000) / 9)).astype(np.int16)
    shown = []
    for seed in (1, 2):
        track = engine.begin(seed, 1)
        track.hear(sound, ())
        track.end()
        frames = [track.frame(number) for number in range(-1, 50)]
        shown.append(np.stack([frame.rest for frame in frames if frame is not None]))
        if seed == 1:
            once = together.computed
    assert together.computed == once
    np.testing.assert_array_equal(shown[0], shown[1])
