import asyncio

import numpy as np
import pytest
from livekit import rtc
from livekit.agents.vad import VADEvent, VADEventType
from loudness import VAD, LoudIsSpeech, sound

from agent.speech.samples import Reblock
from agent.speech.vad import WebRtcVad


@pytest.fixture(autouse=True)
def loud_is_speech(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(VAD, LoudIsSpeech)


async def listen(*parts: tuple[float, bool], flush_after: int = -1) -> list[VADEvent]:
    """Returns the events of (seconds, loud) played one after the other in 20 ms frames."""
    stream = WebRtcVad(mode=2, release=0.15).stream()
    for number, (seconds, loud) in enumerate(parts):
        for frame in sound(seconds, loud=loud).reshape(-1, 320):
            stream.push_frame(rtc.AudioFrame(frame.tobytes(), 16_000, 1, 320))
        if number == flush_after:
            stream.flush()
    stream.end_input()
    events = [event async for event in stream]
    await stream.aclose()
    return events


def turns(events: list[VADEvent]) -> list[tuple[VADEventType, float]]:
    return [(e.type, round(e.timestamp, 2)) for e in events if e.type != "inference_done"]


async def test_speech_starts_and_ends() -> None:
    events = await listen((0.5, False), (0.4, True), (0.5, False))
    assert turns(events) == [
        (VADEventType.START_OF_SPEECH, 0.56),
        (VADEventType.END_OF_SPEECH, 1.05),
    ]
    start, end = (e for e in events if e.type != VADEventType.INFERENCE_DONE)
    assert start.speech_duration == pytest.approx(0.06)
    assert end.silence_duration == pytest.approx(0.15)
    assert sum(frame.duration for frame in end.frames) == pytest.approx(0.3 + 0.49, abs=0.061)


async def test_every_10_ms_it_tells_how_long_somebody_speaks() -> None:
    events = await listen((0.5, False), (0.3, True), (0.1, False))
    steps = [e for e in events if e.type is VADEventType.INFERENCE_DONE]
    assert len(steps) == 90
    longest = max(steps, key=lambda e: e.speech_duration)
    assert longest.speech_duration == pytest.approx(0.4)
    assert longest.raw_accumulated_silence == pytest.approx(0.1)
    assert [e.speech_duration >= 0.2 for e in steps].index(True) == 69
    assert all(e.speech_duration == 0 for e in steps[:55])


async def test_a_flush_forgets_the_speech_under_way() -> None:
    events = await listen((0.5, False), (0.4, True), (0.1, True), flush_after=1)
    assert turns(events) == [
        (VADEventType.START_OF_SPEECH, 0.56),
        (VADEventType.START_OF_SPEECH, 0.96),
    ]


async def test_other_rates_and_channels_become_16_khz_mono() -> None:
    blocks = Reblock(160)
    stereo = np.repeat(np.full(4_800, 2_000, np.int16), 2)
    frame = rtc.AudioFrame(stereo.tobytes(), 48_000, 2, 4_800)
    got = [block for _ in range(10) for block in blocks.push(frame)]
    assert all(block.shape == (160,) for block in got)
    assert 90 <= len(got) <= 100
    assert np.median(got[50]) == pytest.approx(2_000, abs=50)
    await asyncio.sleep(0)
