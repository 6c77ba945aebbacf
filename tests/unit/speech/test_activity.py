import numpy as np
import pytest
from loudness import VAD, LoudIsSpeech, sound
from numpy.typing import NDArray

from agent.speech.turn_taking.activity import FRAME_SAMPLES, Activity, Detector


@pytest.fixture(autouse=True)
def loud_is_speech(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(VAD, LoudIsSpeech)


def run(detector: Detector, samples: NDArray[np.int16]) -> list[Activity]:
    return [detector.push_frame(frame) for frame in samples.reshape(-1, FRAME_SAMPLES)]


def test_speech_begins_after_60_ms_and_is_counted_from_its_first_frame() -> None:
    steps = run(Detector(2, 0.2), np.concatenate([sound(0.5, loud=False), sound(0.2, loud=True)]))
    begun = [n for n, step in enumerate(steps) if step.started]
    assert begun == [55]
    assert steps[55].speech == 6 * FRAME_SAMPLES
    assert steps[-1].speech == 20 * FRAME_SAMPLES


def test_speech_ends_after_the_release() -> None:
    parts = [sound(0.1, loud=False), sound(0.5, loud=True), sound(0.5, loud=False)]
    steps = run(Detector(2, 0.2), np.concatenate(parts))
    ended = [n for n, step in enumerate(steps) if step.ended]
    assert ended == [79]
    assert steps[79].silence == 20 * FRAME_SAMPLES
    assert not steps[79].speaking
    assert steps[80].speech == 0


def test_clicks_neither_begin_speech_nor_break_a_pause() -> None:
    click = np.concatenate([sound(0.02, loud=True), sound(0.1, loud=False)])
    assert not any(step.started for step in run(Detector(2, 0.2), np.tile(click, 10)))
    parts = [sound(0.1, loud=False), sound(0.5, loud=True), sound(0.1, loud=False)]
    steps = run(Detector(2, 0.3), np.concatenate([*parts, np.tile(click, 4)]))
    assert [n for n, step in enumerate(steps) if step.ended] == [89]


def test_speech_resumes_within_a_pause() -> None:
    voice = sound(0.3, loud=True)
    parts = [sound(0.1, loud=False), voice, sound(0.15, loud=False), voice]
    steps = run(Detector(2, 0.2), np.concatenate(parts))
    assert sum(step.started for step in steps) == 1
    assert not any(step.ended for step in steps)
    assert steps[-1].silence == 0


def test_what_is_near_the_noise_or_far_below_the_voice_is_not_speech() -> None:
    detector = Detector(2, 10.0)
    for _ in range(20):
        detector.push_frame(square(300))
    assert not detector.push_frame(
        burst(30)
    ).voiced  # loud for two samples, but its power is the room's
    assert detector.push_frame(square(3_000)).voiced
    assert detector.push_frame(square(20_000)).voiced
    assert not detector.push_frame(burst(2)).voiced


def square(height: int) -> NDArray[np.int16]:
    return np.tile(np.array([height, -height], np.int16), FRAME_SAMPLES // 2)


def burst(length: int) -> NDArray[np.int16]:
    frame = np.zeros(FRAME_SAMPLES, np.int16)
    frame[:length] = 1_001
    return frame
