"""The examples do what their first lines say."""

import asyncio
import functools
import http.server
import json
import os
import socket
import subprocess
import sys
import threading
import wave
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np
import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import expect

from agent.bench.lab.chromium import chromium
from agent.bench.lab.server import Served, served
from agent.settings import REPOSITORY, Settings

EXAMPLES = REPOSITORY / "examples"
sys.path.insert(0, str(EXAMPLES))

from ask import ask  # noqa: E402
from own_llm import app, opening_hours  # noqa: E402
from render_alone import render  # noqa: E402

RECORDED = Path("/usr/share/pocketsphinx/test/data/librivox")
FRAME_RATE = 25


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def website(folder: Path, port: int) -> Iterator[str]:
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.shutdown()
        thread.join()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[tuple[Served, int]]:
    """A Visavis with the example's endpoint and tool, open to one website."""
    port, site = free_port(), free_port()
    endpoint = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    serving = asyncio.create_task(endpoint.serve())
    settings = {
        "VISAVIS_MIND__BASE_URL": f"http://127.0.0.1:{port}/v1",
        "VISAVIS_MIND__MODEL": "mine",
        "VISAVIS_MIND__TOOLS": '["own_llm:opening_hours"]',
        "VISAVIS_SERVER__ALLOWED_ORIGINS": json.dumps([f"http://127.0.0.1:{site}"]),
        "PYTHONPATH": os.pathsep.join([str(EXAMPLES), os.environ.get("PYTHONPATH", "")]),
    }
    async with served(Settings(), **settings) as running:
        yield running, site
    endpoint.should_exit = True
    await serving


@pytest.mark.models
@pytest.mark.asyncio(loop_scope="module")
async def test_an_own_endpoint_has_its_tool_called_and_the_answer_is_heard(
    server: tuple[Served, int], tmp_path: Path
) -> None:
    path = tmp_path / "answer.wav"
    text = await ask("When do you open on Monday?", str(path), server[0].url.rstrip("/"))
    assert text == f"On that day we are {opening_hours('Monday')}."
    with wave.open(str(path)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)[::2]
        loud = np.abs(samples.astype(np.float32)).reshape(-1, 480).max(axis=1) > 1_000
        assert 0.5 < loud.sum() * 480 / file.getframerate() < 10


@pytest.mark.models
@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="module")
async def test_a_page_with_the_widget_talks(server: tuple[Served, int], tmp_path: Path) -> None:
    running, site = server
    page_text = (EXAMPLES / "embed" / "index.html").read_text()
    assert page_text.count("http://localhost:8010") == 1
    (tmp_path / "index.html").write_text(
        page_text.replace("http://localhost:8010", running.url.rstrip("/"))
    )
    with website(tmp_path, site) as url:
        async with chromium() as browser:
            page = await browser.new_page()
            await page.goto(url)
            await page.get_by_role("button", name="Talk to").click()
            await page.get_by_role("button", name="Agree and only type").click()
            await expect(page.locator('.root[data-connection="connected"]')).to_be_attached()
            await page.get_by_role("textbox").fill("When do you open on Tuesday?")
            await page.keyboard.press("Enter")
            answer = f"On that day we are {opening_hours('Tuesday')}."
            await expect(page.get_by_role("log")).to_contain_text(answer, timeout=30_000)


def test_render_alone_needs_no_agent() -> None:
    code = (
        "import sys, render_alone; sys.exit(any(m.split('.')[0] == 'agent' for m in sys.modules))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(EXAMPLES), str(REPOSITORY)])}
    assert subprocess.run([sys.executable, "-c", code], env=environment).returncode == 0


def test_render_alone_writes_a_film_whose_mouth_moves_with_the_sound(tmp_path: Path) -> None:
    clip = sorted(RECORDED.glob("*.wav"))[0]
    video = tmp_path / "talk.mp4"
    motions = render(clip, video, tmp_path / "avatars")
    with av.open(str(video)) as film:
        pictures = sum(1 for _ in film.decode(video=0))
        assert pictures == len(motions)
        assert film.streams.audio
    with wave.open(str(clip)) as file:
        seconds = file.getnframes() / file.getframerate()
    assert abs(len(motions) / FRAME_RATE - seconds) < 1.5
    jaws = np.array([motion["jawOpen"] for motion in motions])
    assert jaws.max() > 0.15
    assert jaws[0] < 0.05
    assert jaws[-1] < 0.05
