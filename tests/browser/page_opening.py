"""Opens pages in Chromium and starts a conversation."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, ConsoleMessage, Page, expect

PHONE = {"width": 390, "height": 844}
FAILED = "Failed to load resource"
"""What the console says of a request that the server refused."""


@asynccontextmanager
async def watched(
    browser: Browser,
    url: str,
    *,
    kinds: tuple[str, ...] = ("error", "warning"),
    tolerated: str | None = None,
    script: str = "",
    **options: Any,
) -> AsyncIterator[Page]:
    """Opens a page; at the end, it must have complained about nothing.

    Args:
        browser: Where a context of its own is made.
        url: Of the page.
        kinds: Console messages that are complaints.
        tolerated: What such a message may contain all the same.
        script: Runs before those of the page.
        options: Of the context.
    """
    context = await browser.new_context(**options)
    await context.add_init_script(script)
    page = await context.new_page()
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in kinds and (tolerated is None or tolerated not in message.text):
            complaints.append(message.text)

    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", note)
    try:
        await page.goto(url)
        yield page
        assert complaints == []
    finally:
        await context.close()


@asynccontextmanager
async def opened(browser: Browser, url: str, **options: Any) -> AsyncIterator[Page]:
    """Opens the page to talk on, whose requests may fail."""
    async with watched(browser, url, tolerated=FAILED, **options) as page:
        await expect(page.locator("#panel-title")).not_to_be_empty()
        yield page


async def talk(page: Page, button: str = "#start") -> None:
    """Starts and waits for the face."""
    await page.click(button)
    await expect(page.locator("body")).to_have_attribute("data-connection", "connected")
    await expect(page.locator("body")).to_have_attribute("data-face", "shown", timeout=20_000)


async def until(condition: Callable[[], Any]) -> Any:
    """Waits for something to become true on the server."""
    for _ in range(500):
        if value := condition():
            return value
        await asyncio.sleep(0.02)
    raise AssertionError("it did not happen")
