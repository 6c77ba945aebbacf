"""One turn by held button through a real browser and the real server: only what is said while it
is held is heard, and the answer comes when it is let go."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from agent.bench.lab.chromium import chromium
from agent.bench.lab.material import RATE, script, spoken, write_wav
from agent.bench.lab.record import opened, start
from agent.bench.lab.server import served
from agent.settings import Settings

pytestmark = [pytest.mark.models, pytest.mark.browser, pytest.mark.asyncio]

GREETING_SECONDS, BETWEEN_SECONDS, ANSWER_SECONDS = 8.0, 4.0, 12.0


async def received(page: Page, kind: str) -> list[dict[str, Any]]:
    log = await page.evaluate("visavis.log")
    events = [entry["event"] for entry in log if entry["direction"] == "received"]
    return [event for event in events if event["type"] == kind]


async def test_only_what_is_said_while_the_button_is_held_is_answered(tmp_path: Path) -> None:
    said = [
        spoken("What is Visavis?", "flite:slt"),
        spoken("Do I need a graphics card?", "flite:slt"),
    ]
    track = script(said, GREETING_SECONDS, [BETWEEN_SECONDS, ANSWER_SECONDS])
    write_wav(tmp_path / "microphone.wav", track.samples)
    async with (
        served(Settings()) as server,
        chromium(tmp_path / "microphone.wav") as browser,
        opened(browser, server.url) as page,
    ):
        begun = time.monotonic()
        await start(page)
        await page.click("#talk-mode")
        await page.hover("#microphone")
        await asyncio.sleep(begun + track.starts[1] / RATE - 1.0 - time.monotonic())
        assert await received(page, "user_transcript") == []
        await page.mouse.down()
        await asyncio.sleep(begun + track.ends[1] / RATE + 1.0 - time.monotonic())
        assert not any(event["final"] for event in await received(page, "user_transcript"))
        await page.mouse.up()
        await page.wait_for_function(
            "visavis.log.some(({ event }) => event.type === 'turn' && event.turn > 0)",
            timeout=ANSWER_SECONDS * 1000,
        )
        heard = [event["text"] for event in await received(page, "user_transcript")]
        answer = (await received(page, "agent_transcript"))[-1]["text"]
    assert "graphics card" in heard[-1]
    assert not any("visavis" in text.lower() for text in heard)
    assert "graphics card" in answer
