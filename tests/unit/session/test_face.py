"""The face keeps real time: late pictures are skipped, sound never is."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor

import numpy as np
import pytest
from livekit import rtc
from livekit.agents.voice.avatar import AudioSegmentEnd
from numpy.typing import NDArray
from watchers import FaceWatcher

from agent.face.face import Face
from render.clock import AUDIO_RATE, FRAME_SAMPLES
from render.motion.performer import Performer
from render.types import AVUnit, Motion


class Clock:
    """Time that passes only when told, or when somebody sleeps."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seconds = 0.0
        self._let_others = asyncio.sleep
        monkeypatch.setattr(asyncio, "sleep", self._sleep)

    def __call__(self) -> float:
        return self.seconds

    async def _sleep(self, seconds: float) -> None:
        self.seconds += seconds
        await self._let_others(0)


class Slow:
    """Draws a grey picture; some draws take long."""

    def __init__(self, clock: Clock, delays: dict[int, float]) -> None:
        self._clock = clock
        self._delays = delays
        self._picture = np.zeros((2, 2, 4), np.uint8)
        self.drawn = 0

    def draw(self, motion: Motion) -> NDArray[np.uint8]:
        self._clock.seconds += self._delays.get(self.drawn, 0.002)
        self.drawn += 1
        self._picture[:] = self.drawn
        return self._picture


@pytest.fixture
def drawing() -> Iterator[Executor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def speech(seconds: float) -> rtc.AudioFrame:
    samples = (9_000 * np.sin(np.arange(int(seconds * AUDIO_RATE)) / 20)).astype(np.int16)
    return rtc.AudioFrame(samples.tobytes(), AUDIO_RATE, 1, len(samples))


async def take(face: Face, count: int) -> list[AVUnit]:
    units: list[AVUnit] = []
    async for unit in face.units():
        units.append(unit)
        if len(units) == count:
            break
    return units


async def test_a_slow_picture_skips_pictures_but_no_sound(clock: Clock, drawing: Executor) -> None:
    watcher = FaceWatcher()
    late = Slow(clock, {3: 0.3})
    face = Face(Performer(), late, drawing, watcher, now=clock)
    await face.push_audio(speech(1.0))
    await face.push_audio(AudioSegmentEnd())
    units = await take(face, 20)
    assert [unit.pts for unit in units] == list(range(20))
    skipped = [unit.pts for unit in units if unit.picture is None]
    assert skipped == [4, 5, 6, 7, 8]
    assert face.skipped_pictures == watcher.skipped == len(skipped)
    assert watcher.sounded == [unit.pts for unit in units]
    assert sum(int(np.abs(unit.samples).max() > 0) for unit in units) >= 17
    assert clock.seconds == pytest.approx(19 * 0.04, abs=0.05)


async def test_pictures_are_not_overwritten_by_the_next(clock: Clock, drawing: Executor) -> None:
    units = await take(Face(Performer(), Slow(clock, {}), drawing, FaceWatcher(), now=clock), 3)
    shades = [unit.picture.rgba[0, 0, 0] for unit in units if unit.picture is not None]
    assert shades == [1, 2, 3]


async def test_after_a_stall_the_clock_starts_afresh(clock: Clock, drawing: Executor) -> None:
    face = Face(Performer(), Slow(clock, {1: 5.0}), drawing, FaceWatcher(), now=clock)
    units = await take(face, 6)
    assert [unit.picture is not None for unit in units] == [True] * 6
    assert clock.seconds == pytest.approx(5.04 + 3 * 0.04, abs=0.02)


async def test_what_was_heard_is_told_at_the_end_and_at_a_cut(
    clock: Clock, drawing: Executor
) -> None:
    face = Face(Performer(), None, drawing, FaceWatcher(), now=clock)
    await face.push_audio(speech(0.4))
    await face.push_audio(AudioSegmentEnd())
    ended = [unit.ended for unit in await take(face, 13) if unit.ended]
    assert [end.interrupted for end in ended] == [False]
    await face.push_audio(speech(1.0))
    await take(face, 6)
    cut = face.interrupt()
    assert cut is not None
    assert cut.interrupted
    assert 0 < cut.position < 1.0
    assert face.interrupt() is None


async def test_livekit_sees_pictures_sound_and_ends(clock: Clock, drawing: Executor) -> None:
    face = Face(Performer(), Slow(clock, {}), drawing, FaceWatcher(), now=clock)
    await face.push_audio(speech(0.2))
    await face.push_audio(AudioSegmentEnd())
    kinds: list[str] = []
    async for item in face:
        kinds.append(type(item).__name__)
        if isinstance(item, rtc.AudioFrame):
            assert item.samples_per_channel == FRAME_SAMPLES
        if isinstance(item, AudioSegmentEnd):
            break
    assert kinds.count("AudioFrame") == kinds.count("VideoFrame") == 6
