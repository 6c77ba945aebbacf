"""What the page suggests to ask, and captions while no picture comes, in a real Chromium."""

import pytest
from page_opening import PHONE, opened, talk, until
from page_server import PageServer
from playwright.async_api import Browser, expect

from agent.events import TextEvent

pytest_plugins = ["page_fixtures"]
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

QUESTIONS = ["When are you open?", "Is there a café?", "Who are you?", "What is new?", "Why so?"]


async def test_a_question_is_asked_with_a_click_and_makes_room(
    browser: Browser, server: PageServer
) -> None:
    server.questions = QUESTIONS
    async with opened(browser, server.url, viewport=PHONE) as page:
        chips = page.locator("#suggestions .chip")
        await expect(chips).to_have_count(0)
        await talk(page)
        await expect(chips).to_have_text(QUESTIONS[:4])
        await chips.nth(1).click()
        assert (await until(lambda: server.events(TextEvent)))[0].text == QUESTIONS[1]
        await expect(chips).to_have_text([QUESTIONS[0], QUESTIONS[4], *QUESTIONS[2:4]])
        await expect(chips.nth(1)).to_be_focused()
        assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        await page.click("#end")
        await expect(page.locator("#suggestions")).to_be_hidden()


async def test_where_nothing_is_suggested_there_is_no_row(
    browser: Browser, server: PageServer
) -> None:
    async with opened(browser, server.url) as page:
        await talk(page)
        await expect(page.locator("#suggestions")).to_be_hidden()


async def test_captions_go_on_while_no_picture_comes(browser: Browser, server: PageServer) -> None:
    said = "One two three four five six seven eight."
    async with opened(browser, server.url) as page:
        await talk(page)
        server.hold_pictures()
        await page.fill("#message", said)
        await page.press("#message", "Enter")
        await expect(page.locator("#captions .now")).to_have_text("eight.")
        await expect(page.locator("#captions .spoken")).to_have_text(said)
        await expect(page.locator("#captions p")).to_have_count(0)
