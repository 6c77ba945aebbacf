"""A peer and a real Chromium: what is handed over is what is shown, when, and in sync."""

import asyncio
import time
import wave
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.async_api import Page
from watchers import TransportWatcher

from agent.bench.lab import relay as network
from agent.bench.lab.chromium import chromium
from agent.settings import WebRtcSettings
from agent.transport.base import MicrophoneFrame, Presentation
from agent.transport.webrtc import WebRtcPeer
from render.clock import FRAME_RATE, FRAME_SAMPLES, FRAME_SECONDS
from render.types import AVUnit, Motion, Picture

pytestmark = pytest.mark.browser

SIDE = 512
BITS, BLOCK = 24, 16
SKIN = (224, 172, 105)
MICROPHONE_HERTZ = 440
GAP_MS = 60
SWITCHED: tuple[Presentation, ...] = ("video", "motion", "video")
FLASH = range(3)
"""Frames of every second that are white, and sound."""


def unit(pts: int) -> AVUnit:
    """A moving picture with its pts in blocks along the top; a flash and a beep each second."""
    flash = pts % FRAME_RATE in FLASH
    rgba = np.full((SIDE, SIDE, 4), 255, np.uint8)
    if not flash:
        rgba[:, :, :3] = SKIN
        left = 100 + 4 * (pts % 50)
        rgba[200:300, left : left + 100, :3] = 60
    bits = (pts >> np.arange(BITS - 1, -1, -1)) & 1
    rgba[:BLOCK, : BITS * BLOCK, :3] = np.repeat(np.where(bits, 235, 20), BLOCK)[None, :, None]
    moment = (pts * FRAME_SAMPLES + np.arange(FRAME_SAMPLES)) / 24_000
    samples = 16_000 * np.sin(2 * np.pi * 1_000 * moment) * flash
    return AVUnit(pts, samples.astype(np.int16), Motion.of(), picture=Picture(rgba))


def sounding(pts: int) -> AVUnit:
    """The same picture under a tone that never ends."""
    moment = (pts * FRAME_SAMPLES + np.arange(FRAME_SAMPLES)) / 24_000
    tone = 12_000 * np.sin(2 * np.pi * 500 * moment)
    return replace(unit(pts), samples=tone.astype(np.int16))


@dataclass
class Stage:
    """A page connected to a peer that gets units in real time.

    Attributes:
        make: Makes the unit of a pts.
        handed: When each pts was handed over, in milliseconds since the epoch.
    """

    page: Page
    peer: WebRtcPeer
    make: Callable[[int], AVUnit] = unit
    handed: dict[int, float] = field(default_factory=dict)
    heard: list[MicrophoneFrame] = field(default_factory=list)

    async def play(self, seconds: float) -> list[dict[str, Any]]:
        """Goes on handing over for a while; returns what was displayed in it."""
        before = await self.page.evaluate("record.pictures.length")
        await asyncio.sleep(seconds)
        pictures: list[dict[str, Any]] = await self.page.evaluate(
            f"record.pictures.slice({before})"
        )
        return pictures

    async def longest_gap(self) -> float:
        """Returns the longest silence since the last call, in milliseconds; 0 if there was none."""
        return max(await self.page.evaluate("record.gaps.splice(0)"), default=0.0)

    async def skew(self, shown: list[dict[str, Any]]) -> list[float]:
        """Returns, for each flash in `shown`, its time minus that of its beep, in ms."""
        beeps = await self.page.evaluate("record.beeps")
        flashes = {
            each["pts"] // FRAME_RATE: each["shownAt"] - 40 * (each["pts"] % FRAME_RATE)
            for each in reversed(shown)
            if each["pts"] % FRAME_RATE in FLASH
        }
        return [min((flash - beep for beep in beeps), key=abs) for flash in flashes.values()]

    async def feed(self) -> None:
        """Hands over a unit 25 times a second, until cancelled."""
        begin, pts = time.monotonic(), 0
        while True:
            await asyncio.sleep(max(0.0, begin + pts * FRAME_SECONDS - time.monotonic()))
            self.handed[pts] = time.time() * 1_000
            self.peer.send_unit(self.make(pts))
            pts += 1


@pytest.fixture
def microphone(tmp_path: Path) -> Path:
    path = tmp_path / "tone.wav"
    moment = np.arange(48_000 * 4) / 48_000
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        tone = 12_000 * np.sin(2 * np.pi * MICROPHONE_HERTZ * moment)
        file.writeframes(tone.astype(np.int16).tobytes())
    return path


@asynccontextmanager
async def stage(
    microphone: Path,
    relay: network.UdpRelay | None = None,
    make: Callable[[int], AVUnit] = unit,
) -> AsyncIterator[Stage]:
    html = (Path(__file__).parent / "transport_page.html").read_text()
    with ThreadPoolExecutor(1) as executor:
        watcher = TransportWatcher()
        peer = WebRtcPeer(WebRtcSettings(), SIDE, SIDE, executor, watcher)

        async def signal(offer: str) -> dict[str, Any]:
            if relay is not None:
                offer = network.without_candidates(offer)
            answer, origin = await peer.answer(offer)
            if relay is not None:
                answer = await relay.redirect(answer)
            return {"sdp": answer, "origin": origin}

        async with chromium(microphone, loop=True) as browser:
            page = await browser.new_page()
            await page.expose_function("signal", signal)
            await page.route(
                "http://localhost/",
                lambda route: route.fulfill(body=html, content_type="text/html"),
            )
            await page.goto("http://localhost/")
            ready = Stage(page, peer, make)
            watcher.hear = ready.heard.append
            feeding = asyncio.create_task(ready.feed())
            try:
                await page.evaluate("connect()")
                await page.wait_for_function("record.pictures.length > 0")
                yield ready
            finally:
                feeding.cancel()
                await peer.close()


def mapped(shown: list[dict[str, Any]]) -> float:
    """Returns the share of pictures that show the pts their RTP timestamp gives.

    The page may draw one picture later than the one it was called for, never another.
    """
    ahead = [each["stripe"] - each["pts"] for each in shown]
    assert set(ahead) <= {0, 1}
    return ahead.count(0) / len(ahead)


def percentiles(values: list[float]) -> tuple[float, float]:
    return float(np.percentile(values, 50)), float(np.percentile(values, 95))


async def test_a_browser_shows_every_picture_in_order_and_in_sync(
    microphone: Path, record_property: Any
) -> None:
    async with stage(microphone) as live:
        for _ in range(6):  # a browser aligns sound and picture in its first seconds
            shown = await live.play(5)
            skew = await live.skew(shown)
            if len(skew) >= 4 and abs(float(np.median(skew))) < 80:
                break
        first = await live.page.evaluate("[record.connectedAfter, record.firstPictureAfter]")
        stats = live.peer.stats()
        heard = np.concatenate(live.heard[-50:])

    order = [picture["pts"] for picture in shown]
    assert mapped(shown) > 0.9
    assert order == sorted(set(order))
    assert len(shown) > 0.6 * 5 * FRAME_RATE
    skin = next(picture["rgb"] for picture in shown if picture["pts"] % FRAME_RATE == 12)
    assert skin == pytest.approx(SKIN, abs=8)

    latency = [picture["shownAt"] - live.handed[int(picture["pts"])] for picture in shown]
    assert len(skew) >= 4
    assert abs(float(np.median(skew))) < 80

    spectrum = np.abs(np.fft.rfft(heard))
    assert np.argmax(spectrum) * 16_000 / len(heard) == pytest.approx(MICROPHONE_HERTZ, abs=5)
    assert stats.microphone_lost == 0
    assert stats.keyframes == 1
    for name, value in (
        ("hand_over_to_displayed_ms_p50_p95", percentiles(latency)),
        ("connected_and_first_picture_ms", first),
        ("flash_minus_beep_ms_p50_p95", percentiles(skew)),
    ):
        record_property(name, value)
        print(name, value)


async def test_pictures_come_back_after_a_bad_stretch(microphone: Path) -> None:
    clear = network.Path(delay=0.02)
    async with network.UdpRelay(clear, clear) as relay, stage(microphone, relay) as live:
        await live.play(3)
        relay.down = network.Path(delay=0.02, rate=400_000, loss=0.02)
        await live.play(7)
        limited = await live.play(3)
        relay.down = clear
        await live.play(2)
        after = await live.play(2)
        lost = relay.counts[0].lost + relay.counts[0].dropped
    assert lost > 10
    assert len(limited) > 0.4 * 3 * FRAME_RATE
    assert len(after) > 0.6 * 2 * FRAME_RATE
    assert mapped(limited) > 0.9
    assert mapped(after) > 0.9


async def test_the_voice_has_no_gap_while_what_is_shown_changes(
    microphone: Path, record_property: Any
) -> None:
    async with stage(microphone, make=sounding) as live:
        await live.play(4)  # a browser fills its buffers in its first seconds
        await live.longest_gap()
        await live.play(4)
        steady = await live.longest_gap()
        begins, shown = [], set()
        for mode in SWITCHED:
            live.peer.presentation = mode
            begins.append(max(live.handed))
            shown |= {int(picture["pts"]) for picture in await live.play(1.3)}
        switching = await live.longest_gap()
        packets = await live.page.evaluate("record.motion")
    record_property("longest_gap_ms_steady_switching", (steady, switching))
    assert packets > 20
    assert not shown & set(range(begins[1] + 2, begins[2]))
    assert max(shown) > begins[2]
    assert switching <= max(GAP_MS, steady)
