"""Records a conversation with a real browser: what the page heard, showed and was told.

Needs the `bench` extra and Debian's chromium.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page

from agent.bench.lab import relay
from agent.bench.lab.chromium import chromium
from agent.bench.lab.impaired import behind
from agent.bench.lab.material import RATE, MicrophoneScript, SpokenSentence, write_wav
from agent.bench.lab.tracks import Track, played_at

PROBE = Path(__file__).with_name("probe.js")
FIRST_FRAME_MS = 20_000


@dataclass(frozen=True, slots=True)
class Talk:
    """What was recorded of one conversation.

    Attributes:
        said: What the microphone file says, in order.
        track: The file's layout.
        zero_ms: Page time of the file's first sample.
        voice: What the page played.
        log: Events of the protocol as the page saw them.
        skew_ms: Samples of video minus audio playout time.
        frames: Kept pictures, (page time in ms, JPEG in base64).
    """

    said: list[SpokenSentence]
    track: MicrophoneScript
    zero_ms: float
    voice: Track
    log: list[dict[str, Any]]
    skew_ms: list[float]
    frames: list[dict[str, Any]]

    def start_ms(self, index: int) -> float:
        """Page time at which utterance `index` begins."""
        return self.zero_ms + self.track.starts[index] * 1000 / RATE

    def end_ms(self, index: int) -> float:
        """Page time of the last voiced sample of utterance `index`."""
        return self.zero_ms + self.track.ends[index] * 1000 / RATE

    def received(self, kind: str, after_ms: float, before_ms: float) -> list[dict[str, Any]]:
        """Returns the server's events of one type that the page saw between two times."""
        return [
            entry["event"]
            for entry in self.log
            if entry["direction"] == "received"
            and entry["event"]["type"] == kind
            and after_ms <= entry["at_ms"] < before_ms
        ]

    def shown(self, what: str, after_ms: float, before_ms: float) -> float | None:
        """Returns when the first watched frame of a kind was on the page's screen."""
        watches = {
            e["watch"] for e in self.received("watch", after_ms, before_ms) if e["what"] == what
        }
        times = [
            entry["event"]["at_ms"]
            for entry in self.log
            if entry["direction"] == "sent"
            and entry["event"]["type"] == "displayed"
            and entry["event"]["watch"] in watches
        ]
        return min(times, default=None)

    def until_ms(self, index: int) -> float:
        """Page time at which utterance `index` has been answered at the latest."""
        if index + 1 < len(self.said):
            return self.start_ms(index + 1)
        return self.zero_ms + len(self.track.samples) * 1000 / RATE


@asynccontextmanager
async def opened(
    browser: Browser, url: str, network: relay.Path | None = None
) -> AsyncIterator[Page]:
    """Opens the page with the probe, not started; its media pass `network` both ways."""
    context = await browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 800})
    page = await context.new_page()
    await page.add_init_script(path=PROBE)
    try:
        async with behind(page, network):
            await page.goto(f"{url}?probe=1")
            yield page
    finally:
        await context.close()


async def start(page: Page) -> float:
    """Clicks start; returns milliseconds until the first frame was on the screen."""
    clicked: float = await page.evaluate(
        "() => { const at = performance.timeOrigin + performance.now();"
        " document.getElementById('start').click(); return at; }"
    )
    await page.wait_for_function("visavis.frames.length > 0", timeout=FIRST_FRAME_MS)
    first: float = await page.evaluate("visavis.frames[0].at_ms")
    return first - clicked


async def record(
    url: str,
    folder: Path,
    said: list[SpokenSentence],
    track: MicrophoneScript,
    *,
    keep_every: int = 0,
    network: relay.Path | None = None,
) -> Talk:
    """Speaks `track` into the page and records everything until the file ends.

    Args:
        url: Of the server.
        folder: Where the microphone file is written.
        said: What is on the track.
        track: The microphone.
        keep_every: Keeps every n-th picture, if not 0.
        network: What the media pass both ways; nothing where None.
    """
    microphone = folder / "microphone.wav"
    write_wav(microphone, track.samples)
    async with chromium(microphone) as browser, opened(browser, url, network) as page:
        await start(page)
        if keep_every:
            await page.evaluate(f"visavisProbe.keep(document.querySelector('video'), {keep_every})")
        skew: list[float] = []
        for _ in range(int(len(track.samples) / RATE) + 1):
            await asyncio.sleep(1)
            if (now := await page.evaluate("visavisProbe.skew()")) is not None:
                skew.append(now)
        heard = Track.from_probe(await page.evaluate("visavisProbe.microphone.read()"))
        voice = Track.from_probe(await page.evaluate("visavisProbe.voice.read()"))
        log = await page.evaluate("visavis.log")
        frames = await page.evaluate("visavisProbe.frames")
    zero = played_at(heard, track.samples)
    return Talk(said, track, zero, voice, log, skew, frames)
