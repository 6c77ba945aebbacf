"""The engine turns any arrival of sound into the same frames, in order, ahead of playback."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

import numpy as np
import pytest
from fake_model import LoudnessModel
from numpy.typing import NDArray

from render.chunks import Lengths
from render.clock import AUDIO_RATE, FRAME_SAMPLES
from render.motion.engine.context import resampled
from render.motion.engine.engine import (
    AHEAD_FRAMES,
    SOON_FRAMES,
    STEP_SECONDS,
    MotionEngine,
    motion_pipeline,
)
from render.motion.engine.items import Performance, SpeechMotion, SpeechPart
from render.motion.mouth import MOUTH_INDEX
from render.motion.neural.contract import I_STEPS, N_STEPS, ChunkRequest
from render.motion.neural.latent import Latents
from render.motion.speech import Speech
from render.types import Phone

JAW, SEAL = MOUTH_INDEX["jawOpen"], MOUTH_INDEX["seal"]


class Later(Executor):
    """Runs nothing until told to."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], Any]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        self.waiting.append(lambda: fn(*args, **kwargs))
        return Future()

    def work(self, most: int = 1000) -> None:
        while self.waiting and most:
            self.waiting.pop(0)()
            most -= 1


def speech(seconds: float, seed: int = 0) -> NDArray[np.int16]:
    random = np.random.default_rng(seed)
    envelope = np.repeat(random.uniform(0, 20_000, int(seconds * 25) + 1), FRAME_SAMPLES)
    count = round(seconds * AUDIO_RATE)
    return (envelope[:count] * np.sin(np.arange(count) / 9)).astype(np.int16)


def parts_of(samples: NDArray[np.int16], size: int) -> list[SpeechPart]:
    parts = [SpeechPart(samples[at : at + size]) for at in range(0, len(samples), size)]
    return [*parts, SpeechPart(samples[:0], last=True)]


def motion(parts: list[SpeechPart], **performance: Any) -> list[SpeechMotion]:
    pipeline = motion_pipeline(LoudnessModel())
    return list(pipeline.stream_items(Performance(**performance), parts))


@pytest.mark.parametrize("seconds", [0.001, 0.02, 0.3, 0.36, 1.0, 1.04, 3.3])
@pytest.mark.parametrize("size", [480, 7_001, 1_000_000])
def test_every_frame_comes_once_however_the_sound_arrives(seconds: float, size: int) -> None:
    samples = speech(seconds)
    frames = motion(parts_of(samples, size))
    assert [frame.frame for frame in frames] == list(range(1 + -(-len(samples) // 960)))
    whole = motion(parts_of(samples, 1_000_000))
    for one, other in zip(frames, whole, strict=True):
        np.testing.assert_array_equal(one.mouth, other.mouth)
        np.testing.assert_array_equal(one.rest, other.rest)


def test_no_sound_brings_no_frames() -> None:
    assert motion(parts_of(speech(0), 480)) == []


def test_the_mouth_follows_the_sound_of_its_own_frame() -> None:
    samples = np.zeros(AUDIO_RATE, np.int16)
    samples[10 * 960 : 11 * 960] = 15_000 * np.sin(np.arange(960) / 9)
    frames = motion(parts_of(samples, 960), lead_frames=1)
    widest = max(frames, key=lambda frame: float(frame.mouth[JAW]))
    assert widest.frame == 11


def test_the_same_seed_brings_the_same_motion_and_another_does_not() -> None:
    parts = parts_of(speech(2.0), 4_800)
    one, same, other = (motion(parts, seed=seed) for seed in (5, 5, 6))
    assert all(np.array_equal(a.rest, b.rest) for a, b in zip(one, same, strict=True))
    assert any(not np.array_equal(a.rest, b.rest) for a, b in zip(one, other, strict=True))


def test_chunks_go_on_from_the_one_before_and_bridges_have_two_anchors() -> None:
    model = LoudnessModel()
    parts = parts_of(speech(3.0), 1_000_000)
    list(motion_pipeline(model).stream_items(Performance(), parts))
    masks = ["".join("x" if known else "." for known in request.mask) for request in model.requests]
    assert masks[:4] == ["." * 8, "xx" + "." * 12, "xx......xx", "xx" + "." * 16]
    assert [request.steps for request in model.requests[:4]] == [N_STEPS, N_STEPS, I_STEPS, N_STEPS]
    bridge, before, after = model.requests[2], model.requests[0], model.requests[1]
    end_of_first = before.audio[(16 + 6) * 640 : (16 + 8) * 640]
    np.testing.assert_array_equal(bridge.audio[16 * 640 : 18 * 640], end_of_first)
    np.testing.assert_array_equal(after.known[:2], bridge.known[:2])


def test_anchors_of_bridges_are_discarded() -> None:
    class Betraying(LoudnessModel):
        """Moves even what is known, where it bridges."""

        def generate(self, request: ChunkRequest) -> Latents:
            made = super().generate(request)
            if request.steps == I_STEPS:
                made[:] = 0.5
            return made

    pipeline = motion_pipeline(Betraying())
    frames = list(pipeline.stream_items(Performance(), parts_of(speech(2.0), 1_000_000)))
    jaws = [float(frame.mouth[JAW]) == 0.5 for frame in frames]
    assert [index for index, bridged in enumerate(jaws) if bridged][:7] == [
        8,
        9,
        10,
        11,
        12,
        13,
        20,
    ]


def test_lips_meet_exactly_where_phones_are_known() -> None:
    samples = speech(2.0)
    phones = (Phone("ɑ", 0.5, 0.7), Phone("m", 0.7, 0.82), Phone("ɑ", 0.82, 1.0))
    parts = [SpeechPart(samples, phones), SpeechPart(samples[:0], last=True)]
    sealed = [frame.frame for frame in motion(parts) if frame.mouth[SEAL] > 0.95]
    assert sealed
    middle = 0.76 / 0.04 + 1
    assert abs(np.mean(sealed) + 0.5 - middle) < 1
    assert not any(frame.mouth[SEAL] for frame in motion(parts_of(samples, 480)))


def test_nothing_beyond_80_ms_is_heard() -> None:
    speech_so_far, longer = Speech(), Speech()
    samples = speech(1.0)
    speech_so_far.append_sound(samples[: 10 * 960])
    longer.append_sound(samples)
    np.testing.assert_array_equal(resampled(speech_so_far, -4, 10), resampled(longer, -4, 10))


def test_resampling_keeps_time_and_level() -> None:
    tone = Speech()
    tone.append_sound(
        (10_000 * np.sin(2 * np.pi * 440 * np.arange(24_000) / 24_000)).astype(np.int16)
    )
    heard = resampled(tone, 0, 25)
    wanted = 10_000 / 32_768 * np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)
    np.testing.assert_allclose(heard[100:-100], wanted[100:-100], atol=2e-3)


def test_work_is_done_elsewhere_in_small_stretches_and_no_further_than_needed() -> None:
    elsewhere, time = Later(), [0.0]
    pipeline = motion_pipeline(LoudnessModel())
    track = MotionEngine(pipeline, elsewhere, now=lambda: time[0]).begin(1, 1)
    track.hear(speech(20.0), ())
    track.end()
    assert track.frame(-1) is None
    assert len(elsewhere.waiting) == 1
    elsewhere.work(2)
    assert track.frame(-1) is not None
    assert track.frame(40) is None
    elsewhere.work()
    made = track.progress.given
    assert SOON_FRAMES <= made - 40 <= SOON_FRAMES + 32
    assert track.frame(40) is not None
    assert track.frame(39) is not None
    assert track.frame(38) is None


def test_a_track_that_is_ahead_computes_in_step_and_no_further_than_needed() -> None:
    elsewhere, time = Later(), [0.0]
    pipeline = motion_pipeline(LoudnessModel())
    track = MotionEngine(pipeline, elsewhere, now=lambda: time[0]).begin(1, 1)
    track.hear(speech(20.0), ())
    track.frame(0)
    elsewhere.work()
    made = track.progress.given
    track.frame(1)
    assert not elsewhere.waiting
    for step in range(1, 20):
        time[0] = step * STEP_SECONDS
        track.frame(1 + step)
        assert len(elsewhere.waiting) <= 1
        elsewhere.work()
    assert track.progress.given > made
    assert AHEAD_FRAMES <= track.progress.given - 20 <= AHEAD_FRAMES + 32


def test_playing_on_makes_everything_to_the_end() -> None:
    track = MotionEngine(motion_pipeline(LoudnessModel())).begin(1, 1)
    track.hear(speech(20.0), ())
    track.end()
    assert all(track.frame(number) is not None for number in range(-1, 500))
    assert track.frame(500) is None
    assert track.progress.finished


def test_what_was_under_way_when_cut_is_never_seen() -> None:
    elsewhere = Later()
    track = MotionEngine(motion_pipeline(LoudnessModel()), elsewhere).begin(1, 1)
    track.hear(speech(2.0), ())
    elsewhere.work(1)
    assert track.frame(0) is not None
    track.cancel()
    assert track.frame(0) is None
    elsewhere.work()
    assert not elsewhere.waiting
    assert track.frame(0) is None


def test_a_model_that_fails_leaves_the_mouth_to_the_rules(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(LoudnessModel):
        def generate(self, request: ChunkRequest) -> Latents:
            raise MemoryError

    track = MotionEngine(motion_pipeline(Broken())).begin(1, 1)
    track.hear(speech(2.0), ())
    track.end()
    assert track.frame(0) is None
    assert "motion_engine_failed: MemoryError" in caplog.text


def test_short_chunks_answer_sound_as_it_comes() -> None:
    lengths = Lengths(first=4, growth=0, longest=4)
    live, lead = Performance(lengths=lengths, bridging=False), lengths.longest + lengths.look_ahead
    model = LoudnessModel()
    track = MotionEngine(motion_pipeline(model), performance=live).begin(1, lead)
    samples = speech(4.0)
    for number in range(100):
        track.hear(samples[number * 960 : (number + 1) * 960], ())
        assert track.frame(number - lead) is not None
    assert all(request.steps == N_STEPS for request in model.requests)


@pytest.mark.parametrize("kind", ["silence", "clipping", "noise", "one sample"])
def test_odd_sound_moves_the_face_within_bounds(kind: str) -> None:
    count = 24_000
    samples = {
        "silence": np.zeros(count, np.int16),
        "clipping": np.where(np.arange(count) // 50 % 2, 32_767, -32_768).astype(np.int16),
        "noise": np.random.default_rng(0).integers(-32_768, 32_768, count).astype(np.int16),
        "one sample": np.array([32_767], np.int16),
    }[kind]
    for frame in motion(parts_of(samples, 5_000)):
        assert np.isfinite(frame.rest).all()
        assert frame.mouth.min() >= 0.0
        assert frame.mouth.max() <= 1.0
