"""The studio's camera, read inside a real Chromium: the face follows, and no picture is sent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest
import pytest_asyncio
from camera_film import JAW, YAW_DEGREES, joe_before_the_camera
from camera_socket import COUNT_KINDS, CameraSocket, sent_kinds
from numpy.typing import NDArray
from playwright.async_api import Browser, Page, expect
from studio_server import StudioServer, studio_server

from agent.server.camera import route as drive
from agent.server.routes.vendor import MEDIAPIPE
from agent.settings import ServerSettings
from render.motion.live import LiveFollower
from render.types import CHANNEL_INDEX, Motion

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SLOW_MS = 90_000


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """A browser whose camera sees Joe."""
    async with joe_before_the_camera(tmp_path_factory.mktemp("camera")) as browser:
        yield browser


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[StudioServer]:
    gate = ServerSettings(lease_seconds=1, max_sessions=2)
    async with studio_server(gate, tmp_path_factory.mktemp("personas")) as server:
        yield server


@asynccontextmanager
async def at_the_camera(
    browser: Browser, server: StudioServer, offered: bool | None = None
) -> AsyncIterator[Page]:
    """Opens the studio at its camera.

    Args:
        browser: Where.
        server: Whose.
        offered: What the page is told of MediaPipe; the truth by default.
    """
    context = await browser.new_context()
    page = await context.new_page()
    await page.add_init_script(COUNT_KINDS)
    if offered is not None:
        await page.route("**/vendor/", lambda route: route.fulfill(json={"mediapipe": offered}))
    try:
        await page.goto(f"{server.url}?persona=vera")
        await expect(page.locator("#cast [aria-pressed=true]")).to_have_attribute(
            "data-persona", "vera", timeout=SLOW_MS
        )
        await page.click("#tab-camera")
        await expect(page.locator("#camera-switch")).to_be_enabled()
        yield page
    finally:
        await context.close()


async def becomes(page: Page, state: str) -> None:
    body = page.locator("body")
    await expect(body).to_have_attribute("data-driving", state, timeout=SLOW_MS)


@pytest.mark.models
async def test_a_face_read_in_the_browser_moves_ours(
    browser: Browser, server: StudioServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved: list[NDArray[np.float32]] = []

    class Watched(LiveFollower):
        def steer(self, pts: int, motion: Motion) -> Motion:
            steered = super().steer(pts, motion)
            moved.append(steered.values)
            return steered

    monkeypatch.setattr(drive, "LiveFollower", Watched)
    assert MEDIAPIPE.is_dir()
    async with at_the_camera(browser, server) as page:
        camera = CameraSocket(page)
        await expect(page.locator("#camera-privacy")).to_contain_text("No picture")
        await page.click("#camera-switch")
        await becomes(page, "following")
        async with asyncio.timeout(SLOW_MS / 1000):
            await camera.turned.wait()
        await expect(page.locator("#camera-latency")).to_contain_text("behind you")
        await page.click("#camera-switch")
        await becomes(page, "off")
        assert await sent_kinds(page) == {"String"}
    assert ["pictures=false" in url for url in camera.urls] == [True]
    motion = np.array(moved)
    for name, least in (("yaw", YAW_DEGREES / 2), ("jawOpen", JAW / 4)):
        assert np.ptp(motion[:, CHANNEL_INDEX[name]]) > least
        assert np.ptp(camera.seen(name)) > least


async def test_before_a_picture_is_sent_after_all_the_page_says_so(
    browser: Browser, server: StudioServer
) -> None:
    async with at_the_camera(browser, server) as page:
        await page.route("**/vendor/mediapipe/**", lambda route: route.abort())
        camera = CameraSocket(page)
        await page.click("#camera-switch")
        await expect(page.locator("#camera-state")).to_contain_text("cannot read your face itself")
        await expect(page.locator("#camera-privacy")).to_contain_text("Small pictures")
        assert camera.urls == []
        assert await sent_kinds(page) == set()
        assert await page.evaluate("document.querySelector('#camera-video').srcObject === null")
        await expect(page.locator("#camera-switch")).to_be_enabled()


@pytest.mark.models
async def test_where_the_software_is_missing_pictures_are_sent(
    browser: Browser, server: StudioServer
) -> None:
    async with at_the_camera(browser, server, offered=False) as page:
        await expect(page.locator("#camera-privacy")).to_contain_text("Small pictures")
        await page.click("#camera-switch")
        await becomes(page, "following")
        await page.click("#camera-switch")
        await becomes(page, "off")
        assert await sent_kinds(page) == {"Blob"}
