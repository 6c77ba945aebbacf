"""Hold to talk on the page, in a real Chromium with a microphone, against the steered server."""

import pytest
from page_opening import PHONE, opened, talk, until
from page_server import PageServer
from playwright.async_api import Browser, expect

from agent.events import PushToTalkEvent

pytest_plugins = ["page_fixtures"]
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_held_microphone_is_open_only_while_held(
    browser: Browser, server: PageServer
) -> None:
    def turns() -> list[bool]:
        return [event.pressed for event in server.events(PushToTalkEvent)]

    open_track = "visavis.session.inputTrack.enabled"
    async with opened(browser, server.url + "/?probe=1") as page:
        await talk(page)
        body, button = page.locator("body"), page.locator("#microphone")
        await page.click("#talk-mode")
        await expect(body).to_have_attribute("data-microphone", "muted")
        await expect(button).to_have_attribute("aria-label", "Hold to talk")
        assert await page.evaluate(open_track) is False
        await button.hover()
        await page.mouse.down()
        await until(lambda: turns() == [True])
        await expect(button).to_have_attribute("aria-pressed", "true")
        assert await page.evaluate(open_track) is True
        await page.mouse.up()
        await until(lambda: turns() == [True, False])
        await expect(body).to_have_attribute("data-microphone", "muted")
        await page.locator("#transcript-empty").click()
        await page.keyboard.down(" ")
        await until(lambda: turns()[2:] == [True])
        await page.keyboard.up(" ")
        await until(lambda: turns()[2:] == [True, False])
        await page.focus("#message")
        await page.keyboard.type("a b")
        await expect(page.locator("#message")).to_have_value("a b")
        assert len(turns()) == 4
        await page.click("#talk-mode")
        await expect(body).to_have_attribute("data-microphone", "on")


async def test_held_with_a_finger_or_by_a_screen_reader(
    browser: Browser, server: PageServer
) -> None:
    async with opened(browser, server.url, viewport=PHONE, has_touch=True) as page:
        await talk(page)
        await page.tap("#talk-mode")
        touch = await page.context.new_cdp_session(page)
        box = await page.locator("#microphone").bounding_box()
        assert box is not None
        spot = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        start = {"type": "touchStart", "touchPoints": [spot]}
        await touch.send("Input.dispatchTouchEvent", start)
        await until(lambda: len(server.events(PushToTalkEvent)) == 1)
        await touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        await until(lambda: len(server.events(PushToTalkEvent)) == 2)
        await page.evaluate("document.getElementById('microphone').click()")
        await until(lambda: len(server.events(PushToTalkEvent)) == 3)
        await page.evaluate("document.getElementById('microphone').click()")
        pressed = [
            event.pressed for event in await until(lambda: server.events(PushToTalkEvent)[3:])
        ]
        assert pressed == [False]
