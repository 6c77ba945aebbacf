"""A real Chromium, headless, with a sound file as its microphone.

Needs the `bench` extra (playwright) and Debian's chromium.
"""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from agent.errors import NotInstalled

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-component-update",
    "--disable-quic",
    "--disable-renderer-backgrounding",
    "--disable-sync",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
)


@asynccontextmanager
async def chromium(
    microphone: Path | None = None, *, loop: bool = False, arguments: tuple[str, ...] = ()
) -> AsyncIterator[Browser]:
    """Launches Chromium. Pages may use the microphone and play sound without asking.

    Args:
        microphone: WAV file played once into the fake microphone, from the moment a page opens
            it; a beep where None.
        loop: Whether the file starts again at its end.
        arguments: Further command line arguments.

    Raises:
        NotInstalled: Debian's package chromium is not installed.
    """
    executable = shutil.which("chromium")
    if executable is None:
        raise NotInstalled("Chromium is not installed; run: sudo apt-get install chromium")
    flags = [*FLAGS, *arguments]
    if microphone is not None:
        suffix = "" if loop else "%noloop"
        flags.append(f"--use-file-for-fake-audio-capture={microphone}{suffix}")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=executable,
            args=flags,
            headless=True,
            ignore_default_args=["--mute-audio", "--headless"],
        )
        try:
            yield browser
        finally:
            await browser.close()
