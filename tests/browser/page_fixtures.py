"""A browser and a steered server for the page's tests: a pytest plugin."""

from collections.abc import AsyncIterator

import numpy as np
import pytest_asyncio
from page_server import PageServer, page_server
from playwright.async_api import Browser

from agent.bench.lab.chromium import chromium

PERSONAS = [
    {"id": "vera", "name": "Vera", "description": "Explains Visavis.", "avatar": ""},
    {"id": "otto", "name": "Otto", "description": "Museum guide.", "avatar": ""},
]
PICTURE = np.full((256, 256, 3), 90, np.uint8)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """A browser with a microphone that beeps."""
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def server() -> AsyncIterator[PageServer]:
    """A server of the test's own."""
    async with page_server(PERSONAS, PICTURE) as server:
        yield server
