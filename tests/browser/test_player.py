"""The player in a real Chromium, with software GL: the CPU renderer's pictures, and a canvas whose
graphics memory is taken away.
"""

from collections.abc import AsyncIterator

import numpy as np
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route

from agent.bench.lab.chromium import chromium
from agent.bench.player import (
    GL_FLAGS,
    MAX_CODE_BYTES,
    MIN_PSNR,
    ORIGIN,
    WEB,
    all_poses,
    code_bytes,
    compare,
    open_player,
)
from agent.settings import Settings
from render.cloning.gallery import default_avatar
from render.face.avatar import AvatarBundle
from render.face.bundle import dump_bundle
from render.motion.wire import MotionEncoder
from render.types import AVUnit, Motion

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

POSES = ("aa left", "oo right", "ff tilted", "ll aside", "smile blinking", "surprised 1.0")
_PLAY = """async (packets) => {
  const { Player } = await import("/player/player.js");
  document.body.innerHTML = '<canvas style="width: 200px; height: 200px"></canvas>';
  const canvas = document.querySelector("canvas");
  const player = new Player(canvas, { moment: (at) => at / 40 });
  globalThis.player = player;
  globalThis.drawn = 0;
  globalThis.events = [];
  player.addEventListener("drawn", () => (globalThis.drawn += 1));
  for (const kind of ["contextlost", "contextrestored"])
    player.addEventListener(kind, () => events.push(kind));
  await player.load("/person.avatar");
  for (const packet of packets) player.playback.receive(Uint8Array.from(packet));
  player.start();
}"""


@pytest.fixture(scope="module")
def vera() -> AvatarBundle:
    settings = Settings()
    return default_avatar("vera", settings.avatars_dir, settings.face.people_package)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium(arguments=GL_FLAGS) as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, vera: AvatarBundle) -> AsyncIterator[Page]:
    page = await browser.new_page()
    await open_player(page, dump_bundle(vera))
    yield page
    await page.close()


async def test_the_browser_draws_what_the_processor_draws(page: Page, vera: AvatarBundle) -> None:
    poses = all_poses()
    found = await compare(page, vera, {name: poses[name] for name in POSES})
    assert min(found.values()) >= MIN_PSNR, found


async def test_a_lost_graphics_context_comes_back(page: Page) -> None:
    encoder, silence = MotionEncoder(), np.zeros(960, np.int16)
    units = [AVUnit(pts, silence, Motion.of(jawOpen=0.5), 1) for pts in range(3)]
    await page.evaluate(_PLAY, [list(encoder.encode_unit(unit)) for unit in units])
    await page.wait_for_function("drawn > 2")
    await page.evaluate(
        """() => { const gl = document.querySelector("canvas").getContext("webgl2");
        globalThis.loser = gl.getExtension("WEBGL_lose_context"); loser.loseContext(); }"""
    )
    await page.wait_for_function("events.includes('contextlost')")
    await page.evaluate("loser.restoreContext()")
    await page.wait_for_function("events.includes('contextrestored')")
    await page.evaluate("drawn = 0")
    await page.wait_for_function("drawn > 2")
    await page.evaluate("player.close()")


async def test_a_file_that_is_no_avatar_is_refused(page: Page) -> None:
    async def nonsense(route: Route) -> None:
        await route.fulfill(body=b"PK this is none")

    await page.route(ORIGIN + "/wrong.avatar", nonsense)
    code = await page.evaluate(
        """async () => {
          const { readBundle } = await import("/player/bundle.js");
          const file = await (await fetch("/wrong.avatar")).arrayBuffer();
          return readBundle(new Uint8Array(file)).catch((error) => error.code);
        }"""
    )
    assert code == "bundle_corrupt"


async def test_the_code_is_small() -> None:
    assert WEB.joinpath("player", "player.js").exists()
    assert 10_000 < code_bytes() < MAX_CODE_BYTES
