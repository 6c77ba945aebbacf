"""A headless Chromium whose microphone is a sound file. Imports playwright only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

EXECUTABLE = "/usr/bin/chromium"

ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
)


@asynccontextmanager
async def chromium(
    microphone: Path | None = None, *, loop: bool = False, arguments: tuple[str, ...] = ()
) -> AsyncIterator[Browser]:
    """Launches Chromium for the length of the block.

    Pages may use the microphone without asking, and play sound without a click.

    Args:
        microphone: Absolute path of the WAV file (16 bit PCM) that is the microphone; without
            it, Chromium beeps once a second.
        loop: Whether the file starts again at its end, instead of being silent from then on.
        arguments: Further command line arguments.
    """
    extra = list(arguments)
    if microphone is not None:
        ending = "" if loop else "%noloop"
        extra.append(f"--use-file-for-fake-audio-capture={microphone}{ending}")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=EXECUTABLE,
            args=[*ARGUMENTS, *extra],
            ignore_default_args=["--mute-audio", "--headless"],
        )
        try:
            yield browser
        finally:
            await browser.close()
