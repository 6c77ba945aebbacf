"""axe-core finds no serious violation in any view of the page, in light and in dark."""

from typing import Literal

import pytest
from axe import AXE, violations
from page_server import PageServer
from playwright.async_api import Browser, expect

from agent.errors import ServerFull

pytest_plugins = ["page_fixtures"]
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
async def test_no_view_has_a_serious_violation(
    browser: Browser, server: PageServer, scheme: Literal["light", "dark"], width: int
) -> None:
    context = await browser.new_context(
        color_scheme=scheme, reduced_motion="reduce", viewport={"width": width, "height": 844}
    )
    page = await context.new_page()
    server.questions = ["When are you open?", "Who are you?"]
    await page.goto(server.url)
    await expect(page.locator("#panel-title")).to_have_text("Vera")
    found = {"start": await violations(page)}
    await page.click("#clone-button")
    await page.click("#clone-make")
    await expect(page.locator("#clone-problem")).not_to_be_empty()
    found["clone"] = await violations(page)
    await page.set_input_files("#clone-file", AXE)  # no photo; the server takes anything
    await page.fill("#clone-name", "Ana")
    await page.check("#clone-consent")
    await page.click("#clone-make")
    await expect(page.locator("#clone-talk")).to_be_visible()
    found["cloned"] = await violations(page)
    await page.click("#clone-close")
    found["faces"] = await violations(page)
    server.refuse = ServerFull("full")
    await page.click("#start")
    await expect(page.locator("#panel-title")).to_have_text("All seats are taken")
    found["refused"] = await violations(page)
    server.refuse = None
    await page.click("#start")
    await expect(page.locator("body")).to_have_attribute("data-face", "shown")
    await page.fill("#message", "These words become a caption and a record of a turn.")
    await page.keyboard.press("Enter")
    await expect(page.locator("#captions .spoken")).not_to_be_empty()
    found["conversation"] = await violations(page)
    await page.click("#tab-timing")
    found["timing"] = await violations(page)
    await page.click("#drive-button")
    found["drive"] = await violations(page)
    await page.click("#drive-start")
    await expect(page.locator("body")).to_have_attribute("data-driving", "calibrating")
    found["driving"] = await violations(page)
    await page.click("#drive-stop")
    await page.click("#devices-button")
    found["devices"] = await violations(page)
    await context.close()
    assert [(view, wrong) for view, wrong in found.items() if wrong] == []
