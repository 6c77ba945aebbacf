"""A camera moves the face, in a real Chromium: against the steered server, then for real.

The camera shows a person whose motion is known; on the real server, the same motion must be on the
screen, a moment later.
"""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import cv2
import numpy as np
import pytest
import pytest_asyncio
from camera_film import MOVING_SECONDS, STILL_SECONDS, joe_before_the_camera
from camera_socket import COUNT_KINDS, CameraSocket, sent_kinds
from face_server import face_server
from numpy.typing import NDArray
from page_server import PageServer
from playwright.async_api import Browser, Page, expect

from agent.bench.lab.chromium import chromium
from agent.errors import Busy, Unsupported
from agent.events import DrivingEvent
from agent.settings import Settings
from render.face.landmarks import FaceFinder
from render.motion.reading import READ, read_face

pytest_plugins = ["page_fixtures"]
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

WATCH_SECONDS, GRID_MS = STILL_SECONDS + MOVING_SECONDS, 40
LONGEST_DELAY_MS = 1200
SMALL = {"viewport": {"width": 900, "height": 700}}
WATCH = """async (seconds) => {
  const ids = ["drive-video", "video"];
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  const seen = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    for (const id of ids) {
      const video = document.getElementById(id);
      const scale = 300 / video.videoHeight;
      canvas.width = video.videoWidth * scale;
      canvas.height = 300;
      context.drawImage(video, 0, 0, canvas.width, canvas.height);
      const at = performance.now();
      seen.push({ id, at, jpeg: canvas.toDataURL("image/jpeg", 0.8).split(",")[1] });
    }
    await new Promise((resolve) => setTimeout(resolve, 80));
  }
  return seen;
}"""
"""Pictures of the camera and of the face, side by side in time."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """A browser whose camera sees Joe."""
    async with joe_before_the_camera(tmp_path_factory.mktemp("camera")) as browser:
        yield browser


@asynccontextmanager
async def talking(
    browser: Browser, url: str, offered: bool | None = None, **options: Any
) -> AsyncIterator[Page]:
    """Opens the page and starts a conversation.

    Args:
        browser: Where.
        url: Of the page.
        offered: What the page is told of MediaPipe; the truth by default.
        options: Of the browser's context.
    """
    context = await browser.new_context(**options)
    page = await context.new_page()
    await page.add_init_script(COUNT_KINDS)
    if offered is not None:
        await page.route("**/vendor/", lambda route: route.fulfill(json={"mediapipe": offered}))
    try:
        await page.goto(url)
        await expect(page.locator("#panel-title")).to_have_text("Vera")
        await page.click("#start")
        await expect(page.locator("body")).to_have_attribute("data-face", "shown", timeout=20_000)
        yield page
    finally:
        await context.close()


async def drive(page: Page, mirror: bool = True) -> None:
    await page.click("#drive-button")
    await page.set_checked("#drive-mirror", mirror)
    await page.click("#drive-start")


async def state(page: Page, expected: str, within_ms: float = 5_000) -> None:
    body = page.locator("body")
    await expect(body).to_have_attribute("data-driving", expected, timeout=within_ms)


async def until(true: Callable[[], Awaitable[bool] | bool]) -> None:
    async with asyncio.timeout(5):
        while True:
            answer = true()
            if answer if isinstance(answer, bool) else await answer:
                return
            await asyncio.sleep(0.02)


async def camera_is_off(page: Page) -> bool:
    return bool(await page.evaluate("document.querySelector('#drive-video').srcObject === null"))


async def test_what_happens_is_said_and_shown(browser: Browser, server: PageServer) -> None:
    async with talking(browser, server.url) as page:
        await page.click("#drive-button")
        await expect(page.locator("#drive")).to_contain_text("None is stored")
        assert server.pictures == []
        await page.click("#drive-start")
        await state(page, "calibrating")
        await expect(page.locator("#drive-state")).to_contain_text("lips closed")
        await expect(page.locator("#microphone")).to_be_disabled()
        await expect(page.locator("#message")).to_be_disabled()
        await expect(page.locator("#drive-stop")).to_be_focused()
        await server.drive(DrivingEvent(state="following"))
        await expect(page.locator("#drive-latency")).to_contain_text("ms behind you")
        await server.drive(DrivingEvent(state="searching"))
        await expect(page.locator("#drive-state")).to_contain_text("cannot be seen")
        await page.click("#drive-stop")
        await state(page, "off")
        await expect(page.locator("#drive-button")).to_be_focused()
        await expect(page.locator("#hint")).to_be_empty()
        await expect(page.locator("#message")).to_be_enabled()
        await until(lambda: not server.driven)
        assert await camera_is_off(page)
        first = cv2.imdecode(np.frombuffer(server.pictures[0], np.uint8), cv2.IMREAD_COLOR)
        assert first is not None
        assert max(first.shape) == 400


@pytest.mark.parametrize(
    ("error", "words"),
    [(Busy("x"), "Somebody else is moving"), (Unsupported("x"), "cannot be moved by a camera")],
)
async def test_a_refusal_is_put_in_words(
    browser: Browser, server: PageServer, error: Busy | Unsupported, words: str
) -> None:
    server.refuse_camera = error
    async with talking(browser, server.url) as page:
        await drive(page)
        await expect(page.locator("#hint")).to_contain_text(words)
        await state(page, "off")
        assert await camera_is_off(page)
        server.refuse_camera = None
        await drive(page)
        await state(page, "calibrating")
        await expect(page.locator("#hint")).to_be_empty()


async def test_it_ends_with_the_page_and_the_conversation(
    browser: Browser, server: PageServer
) -> None:
    async with talking(browser, server.url) as page:
        await drive(page)
        await state(page, "calibrating")
        await page.evaluate(
            "Object.defineProperty(document, 'hidden', { value: true, configurable: true });"
            "document.dispatchEvent(new Event('visibilitychange'))"
        )
        await expect(page.locator("#hint")).to_contain_text("not visible")
        await until(lambda: not server.driven)
        await page.evaluate("delete document.hidden")
        await drive(page)
        await state(page, "calibrating")
        await page.click("#end")
        await state(page, "off")
        await expect(page.locator("#drive-button")).to_be_hidden()
        await until(lambda: not server.driven)
        assert await camera_is_off(page)


async def test_a_blocked_camera_is_said(server: PageServer) -> None:
    deny = ("--use-fake-ui-for-media-stream=deny",)
    async with chromium(arguments=deny) as browser, talking(browser, server.url) as page:
        await drive(page)
        await expect(page.locator("#hint")).to_contain_text("The camera is blocked")
        await state(page, "off")
        assert server.pictures == []


def tracks(seen: list[dict[str, Any]], id: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Returns (n,) yaw and gap between the lips of one video, every 40 ms."""
    times, rows = [], []
    with FaceFinder() as finder:
        for picture in (picture for picture in seen if picture["id"] == id):
            jpeg = np.frombuffer(base64.b64decode(picture["jpeg"]), np.uint8)
            bgr = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
            assert bgr is not None
            faces = finder.find_faces(np.asarray(bgr[..., ::-1], np.uint8))
            if faces:
                reading = read_face(faces[0])
                times.append(picture["at"])
                rows.append((reading[READ["yaw"]], reading[READ["gap"]]))
    grid = np.arange(seen[0]["at"], seen[-1]["at"], GRID_MS)
    yaw, gap = np.array(rows).T
    return np.interp(grid, times, yaw), np.interp(grid, times, gap)


def follows(leader: NDArray[np.float64], follower: NDArray[np.float64]) -> tuple[float, float]:
    """Returns the correlation furthest from 0 over all delays, and that delay in ms."""
    found = []
    for late in range(LONGEST_DELAY_MS // GRID_MS):
        lead, follow = leader[: len(leader) - late], follower[late:]
        found.append((float(np.corrcoef(lead, follow)[0, 1]), late * GRID_MS))
    return max(found, key=lambda pair: abs(pair[0]))


async def test_before_a_picture_is_sent_after_all_the_person_is_asked_again(
    browser: Browser,
) -> None:
    async with face_server(Settings()) as url, talking(browser, url, None, **SMALL) as page:
        await page.route("**/vendor/mediapipe/**", lambda route: route.abort())
        camera = CameraSocket(page)
        await page.click("#drive-button")
        await expect(page.locator("#drive-privacy")).to_contain_text("No picture")
        await page.click("#drive-start")
        problem = page.locator("#drive-problem")
        await expect(problem).to_contain_text("cannot read your face itself")
        await expect(page.locator("#drive-privacy")).to_contain_text("Small pictures")
        await expect(page.locator("#drive")).to_be_visible()
        await state(page, "off")
        assert (camera.urls, await sent_kinds(page)) == ([], set())
        assert await camera_is_off(page)


@pytest.mark.models
@pytest.mark.parametrize(("mirror", "here"), [(True, True), (False, False)])
async def test_the_face_does_what_the_person_does(
    browser: Browser, mirror: bool, here: bool
) -> None:
    async with face_server(Settings()) as url, talking(browser, url, here, **SMALL) as page:
        await drive(page, mirror)
        await state(page, "following", 60_000)  # what reads the camera starts
        where = "Read on this device" if here else "Read by the server"
        await expect(page.locator("#drive-where")).to_have_text(where)
        await page.click("#drive-stop")
        await drive(page, mirror)
        await state(page, "following", 20_000)
        await expect(page.locator("#state")).to_have_text("Moved by you")
        seen = await page.evaluate(WATCH, WATCH_SECONDS)
        latency = await page.inner_text("#drive-latency")
        await page.click("#drive-stop")
        await state(page, "off")
        assert await sent_kinds(page) == {"String" if here else "Blob"}
    person, face = tracks(seen, "drive-video"), tracks(seen, "video")
    turning, turned_ms = follows(person[0], face[0])
    opening, opened_ms = follows(person[1], face[1])
    print(f"yaw {turning:.3f} {turned_ms} ms, lips {opening:.3f} {opened_ms} ms, page {latency}")
    assert (turning < -0.85) if mirror else (turning > 0.85)
    assert opening > 0.8
    assert np.ptp(face[0]) > 0.5 * np.ptp(person[0])
