"""Making a face of a photo, in a real Chromium: against the steered server, then for real."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import cv2
import pytest
import pytest_asyncio
from likeness import likeness
from page_server import PageServer
from playwright.async_api import Browser, Page, expect

from agent.bench.lab.chromium import chromium
from agent.bench.lab.server import served
from agent.errors import BadPhoto, Busy
from agent.settings import Settings
from render.cloning.gallery import portrait_file

pytest_plugins = ["page_fixtures"]
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PHOTO = portrait_file("P004")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """A browser whose camera sees a person."""
    film = tmp_path_factory.mktemp("camera") / "person.mjpeg"
    photo = cv2.imread(str(PHOTO))
    assert photo is not None
    still = cv2.imencode(".jpg", cv2.resize(photo, (640, 640)))[1].tobytes()
    await asyncio.to_thread(film.write_bytes, still * 30)
    camera = (f"--use-file-for-fake-video-capture={film}",)
    async with chromium(arguments=camera) as browser:
        yield browser


@asynccontextmanager
async def dialog(browser: Browser, url: str, **options: Any) -> AsyncIterator[Page]:
    """Opens the page and the dialog."""
    context = await browser.new_context(**options)
    page = await context.new_page()
    try:
        await page.goto(url)
        await expect(page.locator("#panel-title")).to_have_text("Vera")
        await page.click("#clone-button")
        yield page
    finally:
        await context.close()


async def fill(page: Page, photo: Path | None = PHOTO) -> None:
    if photo is not None:
        await page.set_input_files("#clone-file", photo)
    await page.fill("#clone-name", "Ana")
    await page.check("#clone-consent")


async def test_nothing_is_sent_before_all_is_said(browser: Browser, server: PageServer) -> None:
    async with dialog(browser, server.url) as page:
        problem = page.locator("#clone-problem")
        await page.click("#clone-make")
        await expect(problem).to_contain_text("choose or take a photo")
        await page.set_input_files("#clone-file", PHOTO)
        await expect(page.locator("#clone-photo")).to_be_visible()
        await page.click("#clone-make")
        await expect(problem).to_contain_text("a name")
        await page.fill("#clone-name", "Ana")
        await page.keyboard.press("Tab")
        await expect(page.locator("#clone-by")).to_have_value("Ana")
        await page.fill("#clone-by", "Bea")
        await page.click("#clone-make")
        await expect(problem).to_contain_text("only if the person agrees")
        assert server.faces == {}
        await page.check("#clone-consent")
        await expect(problem).to_be_empty()
        await page.set_input_files("#clone-smiling", portrait_file("P001"))
        await page.click("#clone-make")
        await expect(page.locator("#clone-made")).to_have_text("Ana is ready")
        assert server.faces["face0"] == {
            "name": "Ana",
            "consent": "true",
            "consent_by": "Bea",
            "photo": PHOTO.stat().st_size,
            "smiling": portrait_file("P001").stat().st_size,
        }


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (BadPhoto("There is more than one face; please cut it.", "several_faces"), "please cut it"),
        (Busy("busy"), "Other faces are being made"),
    ],
)
async def test_a_refusal_is_put_in_words_and_can_be_mended(
    browser: Browser, server: PageServer, error: BadPhoto | Busy, words: str
) -> None:
    server.refuse_photo = error
    async with dialog(browser, server.url) as page:
        await fill(page)
        await page.click("#clone-make")
        await expect(page.locator("#clone-problem")).to_contain_text(words)
        server.refuse_photo = None
        await page.click("#clone-make")
        await expect(page.locator("#clone-made")).to_have_text("Ana is ready")


async def test_the_new_face_is_chosen_kept_and_deleted(
    browser: Browser, server: PageServer
) -> None:
    async with dialog(browser, server.url) as page:
        await fill(page)
        await page.click("#clone-make")
        async with page.expect_request("**/v1/sessions") as request:
            await page.click("#clone-talk")
        assert (await request.value).post_data_json == {"persona": "vera", "avatar": "face0"}
        await expect(page.locator("body")).to_have_attribute("data-face", "shown")
        await expect(page.locator("#badge")).to_have_text("Photo moved by AI")
        await page.reload()
        await expect(page.locator(".tile")).to_have_count(2)
        await page.check("input[value=face0]", force=True)
        await page.click("#faces-delete")
        await expect(page.locator("#faces-delete")).to_contain_text("Really")
        assert "face0" in server.faces
        await page.click("#faces-delete")
        await expect(page.locator("#faces-choice")).to_be_hidden()
        await expect(page.locator("#badge")).to_have_text("AI-generated person")
        assert server.faces == {}


async def test_the_camera_takes_the_photo_and_is_let_go(
    browser: Browser, server: PageServer
) -> None:
    async with dialog(browser, server.url, viewport={"width": 390, "height": 844}) as page:
        await page.click("#clone-camera")
        await expect(page.locator("#clone-camera")).to_have_text("Take the photo")
        assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
        await page.click("#clone-camera")
        await expect(page.locator("#clone-photo")).to_be_visible()
        assert await page.evaluate("document.querySelector('#clone-video').srcObject") is None
        await fill(page, None)
        await page.click("#clone-make")
        await expect(page.locator("#clone-made")).to_have_text("Ana is ready")
        assert int(server.faces["face0"]["photo"]) > 10_000


async def test_a_blocked_camera_leaves_the_file(server: PageServer) -> None:
    deny = ("--use-fake-ui-for-media-stream=deny",)
    async with chromium(arguments=deny) as browser, dialog(browser, server.url) as page:
        await page.click("#clone-camera")
        await expect(page.locator("#clone-problem")).to_contain_text("The camera is blocked")
        await fill(page)
        await page.click("#clone-make")
        await expect(page.locator("#clone-made")).to_have_text("Ana is ready")


@pytest.mark.models
async def test_a_photo_answers_on_the_real_server(browser: Browser) -> None:
    """Upload, preview, conversation and deletion on the real server."""
    async with served(Settings()) as real, dialog(browser, real.url) as page:
        await fill(page)
        await page.click("#clone-make")
        await expect(page.locator("#clone-made")).to_have_text("Ana is ready", timeout=20_000)
        played = 0.0
        for _ in range(300):
            played = await page.evaluate("document.querySelector('#clone-preview').currentTime")
            if played > 0.5:
                break
            await asyncio.sleep(0.1)
        assert played > 0.5
        await page.click("#clone-talk")
        await expect(page.locator("body")).to_have_attribute("data-face", "shown", timeout=20_000)
        chosen, own = "#faces-list :checked + img", "#faces-list label:first-child img"
        clone, persona = await likeness(page, "#video", chosen, own)
        assert clone > 0.9
        assert persona < 0.8
        await page.click("#end")
        await page.click("#faces-delete")
        await page.click("#faces-delete")
        await expect(page.locator("#faces-choice")).to_be_hidden()
