"""The kiosk in a real Chromium: visitors, agreement, a server that dies, freezes and comes back.

The server is the real one in a process of its own; only what it says is scripted.
"""

import asyncio
import wave
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
import pytest_asyncio
from axe import violations
from kiosk_server import GREETING, KioskServer, Record, kiosk_server
from playwright.async_api import Browser, Page, expect

from agent.bench.lab.chromium import chromium

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

WEB = Path(__file__).parents[2] / "web"
RATE = 48_000
QUIET_SECONDS, VOICE_SECONDS = 9, 2
LONG = 90_000
"""Milliseconds that a step may take on a busy machine."""
QUESTION = "How much is a ticket?"
PORTRAIT, LANDSCAPE = {"width": 540, "height": 960}, {"width": 960, "height": 540}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """A room in which a voice is heard every now and then."""
    path = tmp_path_factory.mktemp("kiosk") / "room.wav"
    time = np.arange(VOICE_SECONDS * RATE) / RATE
    voice = 9_000 * np.sin(2 * np.pi * 440 * time) * np.abs(np.sin(2 * np.pi * 2 * time))
    samples = np.concatenate([np.zeros(QUIET_SECONDS * RATE), voice]).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    async with chromium(path, loop=True) as browser:
        yield browser


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[KioskServer]:
    async with kiosk_server() as server:
        yield server


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def alive(server: KioskServer) -> AsyncIterator[None]:
    """A test that fails while the server is down does not take the next ones along."""
    yield
    await server.revive()


@asynccontextmanager
async def opened(
    browser: Browser, server: KioskServer, query: str = "voice=0&idle=60", **options: Any
) -> AsyncIterator[Page]:
    """Opens the kiosk; at the end, it must not have failed anywhere."""
    context = await browser.new_context(**{"viewport": PORTRAIT, **options})
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    try:
        await page.goto(f"{server.url}/kiosk/?persona=museum&lang=en&{query}")
        await expect(page.locator("#setup-start")).to_be_visible()
        yield page
        assert errors == []
    finally:
        await context.close()


async def reaches(page: Page, phase: str) -> None:
    await expect(page.locator("body")).to_have_attribute("data-phase", phase, timeout=LONG)


async def begin(page: Page) -> None:
    """Starts the kiosk and waits until it attracts visitors with a face that moves."""
    await page.click("#setup-start")
    await reaches(page, "attract")
    await shows_the_face(page)


async def shows_the_face(page: Page) -> None:
    await expect(page.locator("body")).to_have_attribute("data-face", "shown", timeout=LONG)


async def converse(page: Page) -> None:
    """A visitor touches the screen, and then a question."""
    await page.click("#face")
    await reaches(page, "greeting")
    await page.locator(".prompt", has_text=QUESTION).click()
    await reaches(page, "conversation")
    await expect(page.locator("#captions")).to_contain_text(f"asked: {QUESTION}", timeout=LONG)


async def until(server: KioskServer, condition: Callable[[Record], bool]) -> Record:
    """Waits for something to be true of the latest session."""
    for _ in range(200):
        latest = (await server.sessions())[-1]
        if condition(latest):
            return latest
        await asyncio.sleep(0.1)
    raise AssertionError(f"it did not happen: {latest}")


async def test_a_visitor_is_greeted_answered_and_forgotten(
    browser: Browser, server: KioskServer
) -> None:
    async with opened(browser, server, "voice=0&idle=5&countdown=12") as page:
        await begin(page)
        first = await until(server, lambda session: "interrupt" in session.events)
        assert first.said == [GREETING]  # to nobody, and cut short
        assert await page.locator("#video").evaluate("video => video.muted")
        await page.click("#face")
        await reaches(page, "greeting")
        first = await until(server, lambda session: session.said == [GREETING] * 2)
        await expect(page.locator("#captions")).to_have_text(GREETING)
        assert not await page.locator("#video").evaluate("video => video.muted")
        await page.locator(".prompt", has_text=QUESTION).click()
        await reaches(page, "conversation")
        await expect(page.locator("#own")).to_have_text(QUESTION)
        await expect(page.locator("#captions")).to_contain_text(f"asked: {QUESTION}")
        await expect(page.locator(".prompt", has_text=QUESTION)).to_have_count(0)
        first = await until(server, lambda session: session.asked == [QUESTION])
        await reaches(page, "leaving")
        await expect(page.locator("#leaving")).to_be_visible()
        await page.click("#stay")
        await reaches(page, "conversation")
        await reaches(page, "leaving")
        await reaches(page, "attract")
        await until(server, lambda session: session.id != first.id)
        body = await page.locator("body").evaluate("body => body.textContent")
        assert f"asked: {QUESTION}" not in body
        assert await page.locator("#own").text_content() == ""
        assert await page.locator("#log").text_content() == ""
        await shows_the_face(page)


async def test_a_voice_is_noticed_here_and_sent_only_after_agreement(
    browser: Browser, server: KioskServer
) -> None:
    async with opened(browser, server, "voice=1&idle=120") as page:
        await begin(page)
        await reaches(page, "greeting")  # nobody has touched anything
        deaf = await until(server, lambda session: session.said[1:] == [GREETING])
        assert deaf.loudness == 0
        assert "microphone on" not in deaf.events
        await page.click("#speak")
        await expect(page.locator("body")).to_have_attribute("data-microphone", "on")
        heard = await until(server, lambda session: session.loudness > 1_000)
        assert heard.id == deaf.id
        await page.click("#over")
        await reaches(page, "greeting")
        await expect(page.locator("body")).to_have_attribute("data-microphone", "off")
        again = await until(server, lambda session: session.id != heard.id)
        await asyncio.sleep(QUIET_SECONDS + VOICE_SECONDS)
        again = (await server.sessions())[-1]
        assert again.loudness == 0


async def test_somebody_in_front_of_the_camera_is_greeted(
    browser: Browser, server: KioskServer
) -> None:
    async with opened(browser, server, "voice=0&camera=1") as page:
        await page.click("#setup-start")
        await reaches(page, "greeting")  # Chromium's camera shows something that moves


async def test_a_server_that_dies_is_waited_for(browser: Browser, server: KioskServer) -> None:
    async with opened(browser, server) as page:
        await begin(page)
        await converse(page)
        await server.kill()
        await reaches(page, "offline")
        await expect(page.locator("#offline")).to_be_visible()
        await expect(page.locator("#offline-title")).to_have_text(
            "I’m offline right now", timeout=LONG
        )
        assert await page.locator("#still").is_visible()
        await expect(page.locator("#captions")).to_be_hidden()
        await page.click("#face")
        await reaches(page, "offline")
        await server.start()
        await reaches(page, "attract")
        await shows_the_face(page)
        assert await page.locator("#captions").text_content() == ""
        await converse(page)
        assert (await server.sessions())[-1].asked == [QUESTION]


async def test_a_network_that_falls_silent_is_noticed_and_survived(
    browser: Browser, server: KioskServer
) -> None:
    async with opened(browser, server) as page:
        await begin(page)
        await converse(page)
        server.freeze()
        try:
            await reaches(page, "offline")
            await expect(page.locator("#offline-title")).to_have_text("I’m offline right now")
            await asyncio.sleep(15)
        finally:
            server.thaw()
        await expect(page.locator("body")).not_to_have_attribute(
            "data-phase", "offline", timeout=LONG
        )
        await shows_the_face(page)
        await expect(page.locator("#offline")).not_to_be_visible()


async def test_a_device_without_network_says_so(browser: Browser, server: KioskServer) -> None:
    async with opened(browser, server) as page:
        await begin(page)
        await page.context.set_offline(True)
        await server.kill()
        await reaches(page, "offline")
        await expect(page.locator("#offline-text")).to_contain_text("no network", timeout=LONG)
        await server.start()
        await page.context.set_offline(False)
        await reaches(page, "attract")


async def test_a_page_loaded_anew_needs_no_touch(browser: Browser, server: KioskServer) -> None:
    async with opened(browser, server) as page:
        await begin(page)
        await page.reload()
        await reaches(page, "attract")
        await shows_the_face(page)


async def test_languages_change_the_words_until_the_visitor_leaves(
    browser: Browser, server: KioskServer
) -> None:
    async with opened(browser, server, "voice=0&idle=5&countdown=2&langs=en,de") as page:
        await begin(page)
        await page.click("#languages button[value=de]")
        await reaches(page, "greeting")
        await expect(page.locator("#speak-text")).to_have_text("Mit Joe sprechen")
        await expect(page.locator("#other-language")).to_contain_text("Englisch")
        assert await page.locator("html").get_attribute("lang") == "de"
        await page.click("#touch-only")
        await reaches(page, "attract")
        await expect(page.locator("#begin")).to_have_text("Touch to begin")


@pytest.mark.parametrize(
    ("scheme", "viewport"), [("light", PORTRAIT), ("dark", LANDSCAPE)], ids=["light", "dark"]
)
async def test_no_phase_has_a_serious_violation_or_hides_a_part(
    browser: Browser,
    server: KioskServer,
    scheme: Literal["light", "dark"],
    viewport: dict[str, int],
) -> None:
    options = {"color_scheme": scheme, "viewport": viewport, "reduced_motion": "reduce"}
    async with opened(browser, server, "voice=1&camera=1&idle=8&countdown=90", **options) as page:
        found = {"setup": await violations(page)}
        await page.goto(page.url.replace("voice=1&camera=1", "voice=0"))
        await begin(page)
        found["attract"] = await violations(page)
        await page.click("#face")
        await reaches(page, "greeting")
        found["greeting"] = await violations(page)
        await page.click("#touch-only")
        await page.locator(".prompt").first.click()
        await page.click("#write")
        await page.fill("#message", "Is there a garden?")
        found["conversation"] = await violations(page)
        hidden = await page.evaluate(
            """() => [...document.querySelectorAll("#talk button, #talk input, .foot *")]
              .filter((part) => part.checkVisibility())
              .filter((part) => {
                const { top, bottom, left, right } = part.getBoundingClientRect();
                return top < 0 || left < 0 || bottom > innerHeight || right > innerWidth;
              })
              .map((part) => part.id || part.textContent)"""
        )
        await reaches(page, "leaving")
        found["leaving"] = await violations(page)
    assert [(phase, wrong) for phase, wrong in found.items() if wrong] == []
    assert hidden == []
