"""`visavis bench motion-stream`: what it costs to send motion instead of pictures.

Bytes come from a real performance; what five lost packets in a hundred do, from dropping them; the
delay, from a real browser that is switched between the two in one conversation.
"""

import asyncio
import random
from typing import Any

import numpy as np
from playwright.async_api import Page

from agent.bench.lab.chromium import chromium
from agent.bench.lab.server import served
from agent.bench.player import GL_FLAGS
from agent.bench.render import performance
from agent.bench.sessions import QUESTIONS
from agent.mind.persona.persona import load_persona
from agent.settings import Settings
from agent.speech.engines import SpeechEngines
from agent.transport.webrtc.encoders import OpusEncoder
from render.clock import FRAME_RATE, FRAME_SAMPLES, FRAME_SECONDS
from render.motion.wire import MotionDecoder, MotionEncoder
from render.types import CHANNEL_INDEX, AVUnit, Motion

PERSONA = "vera"
VISIBLE = 0.05
"""Change of a mouth channel that a viewer may see."""
MODE_SECONDS = 6.0
SETTLING_SECONDS = 1.5
_JAW = CHANNEL_INDEX["jawOpen"]
_DELAYS = """() => visavis.frames.splice(0).filter(f => f.pts !== null)
  .map(f => f.at_ms - f.pts * 40)"""
_SPEAKING = "visavis.session.conversation.state === 'speaking'"


async def run(settings: Settings, seconds: float = 20.0, loss: float = 0.05) -> dict[str, Any]:
    """Measures size, loss and delay; returns the README's object."""
    who = load_persona(settings.mind.prompts_dir, PERSONA)
    engines = SpeechEngines((who.voice,), listening=False)
    await engines.start()
    try:
        motions = await performance(engines.voice(who.voice), round(seconds * FRAME_RATE))
    finally:
        await engines.aclose()
    packets = encode(motions)
    motion_bytes = sum(map(len, packets)) / len(packets) * FRAME_RATE
    sound_bytes = opus_bytes(settings.webrtc.audio_bitrate)
    return {
        "bytes_per_second": {
            "motion": round(motion_bytes),
            "with_audio": round(motion_bytes + sound_bytes),
        },
        "largest_packet": max(map(len, packets)),
        "at_loss": {"loss": loss, **survive(motions, packets, loss)},
        **await delays(settings),
    }


def encode(motions: list[Motion]) -> list[bytes]:
    """Returns the packet of each frame."""
    encoder, silence = MotionEncoder(), np.zeros(FRAME_SAMPLES, np.int16)
    return [
        encoder.encode_unit(AVUnit(pts, silence, motion, segment=1))
        for pts, motion in enumerate(motions)
    ]


def opus_bytes(bitrate: int) -> float:
    """Returns bytes a second of loud sound."""
    encoder, noise = OpusEncoder(bitrate), np.random.default_rng(0).normal(0, 6_000, 24_000)
    frames = noise.astype(np.int16).reshape(FRAME_RATE, FRAME_SAMPLES)
    return float(sum(len(packet) for frame in frames for packet in encoder.encode(frame)))


def survive(motions: list[Motion], packets: list[bytes], loss: float) -> dict[str, Any]:
    """Drops packets at random and shows the last face known in their place.

    Returns:
        `frames_exact` (share shown exactly), `mouth_visibly_wrong` (share of frames whose jaw is
        off by more than 0.05) and `longest_wrong_ms`.
    """
    chance, decoder = random.Random(1), MotionDecoder()
    shown, exact, wrong, run_length, longest = Motion.of(), 0, 0, 0, 0
    for motion, packet in zip(motions, packets, strict=True):
        if chance.random() >= loss:
            frame = decoder.decode(packet)
            shown = frame.motion
            exact += frame.complete
        off = abs(float(shown.values[_JAW] - motion.values[_JAW])) > VISIBLE
        run_length = run_length + 1 if off else 0
        wrong, longest = wrong + off, max(longest, run_length)
    return {
        "frames_exact": round(exact / len(motions), 4),
        "mouth_visibly_wrong": round(wrong / len(motions), 4),
        "longest_wrong_ms": round(longest * FRAME_SECONDS * 1000),
    }


async def delays(settings: Settings) -> dict[str, Any]:
    """Switches one conversation from pictures to motion and back, in a real browser.

    Returns:
        `added_latency_ms` (display of a frame in motion mode less that in video mode, medians),
        and the displayed frames a second of either.
    """
    async with served(settings) as server, chromium(arguments=GL_FLAGS) as browser:
        page = await browser.new_page()
        await page.goto(server.url + "?probe=1")
        await page.click("#start")
        await _until(page, "visavis.frames.length > 0")
        seen: dict[str, list[float]] = {"video": [], "motion": []}
        for mode in ("video", "motion", "video", "motion"):
            await page.evaluate("mode => visavis.session.present(mode)", mode)
            seen[mode] += await _talk(page)
    video, motion = (np.array(seen[mode]) for mode in ("video", "motion"))
    spans = 2 * MODE_SECONDS
    return {
        "added_latency_ms": round(float(np.median(motion) - np.median(video)), 1),
        "displayed_fps": {
            "video": round(len(video) / spans, 1),
            "motion": round(len(motion) / spans, 1),
        },
    }


async def _until(page: Page, condition: str) -> None:
    """Waits until an expression is true; the page's content policy allows no waiting in it."""
    async with asyncio.timeout(30):
        while not await page.evaluate(condition):  # noqa: ASYNC110 - looks at the page
            await asyncio.sleep(0.05)


async def _talk(page: Page) -> list[float]:
    """Has the face speak for a while; returns each displayed frame's delay, from one zero."""
    await page.evaluate("text => visavis.session.sendText(text)", random.choice(QUESTIONS))
    await _until(page, _SPEAKING)
    await asyncio.sleep(SETTLING_SECONDS)
    await page.evaluate(_DELAYS)
    await asyncio.sleep(MODE_SECONDS)
    found: list[float] = await page.evaluate(_DELAYS)
    return found
