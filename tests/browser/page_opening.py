"""Opens the page in Chromium and starts a conversation. Imports nothing of this repository."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Page, expect

PHONE = {"width": 390, "height": 844}


@asynccontextmanager
async def opened(browser: Browser, url: str, **options: Any) -> AsyncIterator[Page]:
    """Opens the page; at the end, it must have complained about nothing."""
    context = await browser.new_context(**options)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            if message.type in ("error", "warning")
            and "Failed to load resource" not in message.text
            else None
        ),
    )
    try:
        await page.goto(url)
        await expect(page.locator("#panel-title")).not_to_be_empty()
        yield page
        assert complaints == []
    finally:
        await context.close()


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
