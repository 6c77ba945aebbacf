"""The widget on a website of another origin, in a real Chromium.

The website has the strictest content policy and a style sheet out to break everything.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Literal

import pytest
import pytest_asyncio
from axe import violations
from face_server import QUESTIONS
from page_opening import FAILED, watched
from playwright.async_api import Browser, Page, expect
from widget_server import KEY, WidgetServer, widget_server

from agent.bench.lab.chromium import chromium
from agent.bench.player import GL_FLAGS
from agent.events import MicrophoneEvent, OfferEvent, SpeakEvent, TextEvent
from agent.server.access.tokens import TokenRequest, Tokens
from agent.settings import FaceSettings, Settings

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

WATCH = """
globalThis.__names = new Set(Object.getOwnPropertyNames(globalThis));
globalThis.__asked = 0;
const media = navigator.mediaDevices, ask = media.getUserMedia.bind(media);
media.getUserMedia = (wish) => { globalThis.__asked += 1; return ask(wish); };
globalThis.__shifts = [];
globalThis.__watcher = new PerformanceObserver((list) => __shifts.push(...list.getEntries()));
__watcher.observe({ type: "layout-shift", buffered: true });
"""

SHADES = """(canvas) => new Promise((done) => requestAnimationFrame(() => {
  const copy = new OffscreenCanvas(64, 64).getContext("2d");
  copy.drawImage(canvas, 0, 0, 64, 64);
  done(new Set(copy.getImageData(0, 0, 64, 64).data).size);
}))"""
"""How many different values a picture has, right after it was drawn."""

SHIFT = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  __shifts.push(...__watcher.takeRecords());
  return __shifts.filter(({ hadRecentInput }) => !hadRecentInput)
    .reduce((sum, { value }) => sum + value, 0);
}"""
"""How much moved although nobody had just clicked or typed, in shares of the screen."""

MOVED = """__shifts.flatMap(({ sources }) => sources)
  .filter(({ node }) => node?.getRootNode() === document)
  .map(({ node }) => node.nodeName).filter((name) => name !== "VISAVIS-AVATAR")"""
"""Names of the page's own nodes that moved, after a click as well."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running() -> AsyncIterator[WidgetServer]:
    async with widget_server(Settings(face=FaceSettings(width=256, height=256))) as server:
        yield server


@pytest_asyncio.fixture(loop_scope="module")
async def server(running: WidgetServer) -> WidgetServer:
    running.received.clear()
    running.attributes = running.token_origin = ""
    running.language, running.careless = "en", True
    return running


@asynccontextmanager
async def visited(
    browser: Browser, server: WidgetServer, path: str = "/", **options: Any
) -> AsyncIterator[Page]:
    """Opens a page of the website; at the end, nothing must have complained."""
    options = {"reduced_motion": "reduce", "script": WATCH, **options}
    url = server.site + path
    async with watched(browser, url, kinds=("error",), tolerated=FAILED, **options) as page:
        yield page


def root(page: Page, **states: str) -> Any:
    """The root inside the shadow, once it has these states."""
    wanted = "".join(f'[data-{name}="{value}"]' for name, value in states.items())
    return page.locator(f".root{wanted}")


async def talk(page: Page, name: str = "Agree and only type") -> None:
    await page.get_by_role("button", name="Talk to").click()
    await page.get_by_role("button", name=name).click()
    await expect(root(page, connection="connected", face="shown")).to_be_attached()


async def until(condition: Callable[[], bool]) -> None:
    """Waits for something to become true on the server."""
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not happen")


async def test_nothing_is_sent_or_asked_before_the_person_agrees(
    browser: Browser, server: WidgetServer
) -> None:
    async with visited(browser, server) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url.removeprefix(server.api)))
        bubble = page.get_by_role("button", name="Talk to")
        await expect(bubble).to_have_attribute("aria-expanded", "false")
        await page.wait_for_load_state("networkidle")
        assert [url for url in asked if "/v1/" in url] == []
        await bubble.click()
        dialog = page.get_by_role("dialog", name="Vera")
        await expect(dialog).to_contain_text("computer program")
        await expect(dialog).to_contain_text("only if you agree")
        await page.wait_for_load_state("networkidle")
        assert {url for url in asked if "/v1/" in url} == {"/v1/personas", "/v1/avatars/vera.jpg"}
        await dialog.get_by_role("button", name="Agree and only type").click()
        await expect(root(page, connection="connected", face="shown")).to_be_attached()
        await page.get_by_role("textbox").fill("Hello")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("log")).to_contain_text("About Hello")
        assert [event.text for event in server.events(TextEvent)] == ["Hello"]
        assert await page.evaluate("__asked") == 0
        await page.get_by_role("button", name="Turn the microphone on").click()
        assert await page.evaluate("__asked") == 0
        await page.get_by_role("button", name="Agree and use the microphone").click()
        await expect(root(page, microphone="on", view="talk")).to_be_attached()
        await page.get_by_role("button", name="Mute the microphone").click()
        await expect(root(page, microphone="muted")).to_be_attached()
        await until(lambda: len(server.events(MicrophoneEvent)) == 3)
        assert [event.enabled for event in server.events(MicrophoneEvent)] == [False, True, False]


async def test_a_hostile_page_neither_breaks_it_nor_is_broken(
    browser: Browser, server: WidgetServer
) -> None:
    async with visited(browser, server, viewport={"width": 1280, "height": 800}) as page:
        await talk(page)
        box = await page.locator(".bubble").bounding_box()
        assert box == {"x": 1200, "y": 720, "width": 60, "height": 60}
        panel = await page.locator(".panel").bounding_box()
        assert panel == {"x": 884, "y": 44, "width": 376, "height": 660}
        looks = await page.locator(".notice").evaluate(
            "(e) => { const s = getComputedStyle(e); return [s.fontSize, s.color, s.transform] }"
        )
        assert looks == ["13.5px", "rgb(23, 25, 30)", "none"]
        assert await page.evaluate(SHIFT) < 0.001
        new = "Object.getOwnPropertyNames(globalThis).filter((name) => !__names.has(name))"
        assert set(await page.evaluate(new)) <= {
            "__names",
            "__asked",
            "__shifts",
            "__watcher",
            "axe",
        }
        await page.locator("visavis-avatar").evaluate("(e) => e.session.speak('Welcome')")
        await expect(page.get_by_role("log")).to_contain_text("About Welcome")
        assert [event.text for event in server.events(SpeakEvent)] == ["Welcome"]


async def still(page: Page) -> None:
    """Nothing of the website has moved until now."""
    assert await page.evaluate(SHIFT) == 0
    assert await page.evaluate(MOVED) == []


@pytest.mark.parametrize("width", [390, 1280])
async def test_loading_opening_and_closing_it_shifts_nothing_of_the_page(
    browser: Browser, server: WidgetServer, width: int
) -> None:
    server.careless = False
    viewport = {"width": width, "height": 800}
    async with visited(browser, server, "/article", viewport=viewport) as page:
        bubble = page.get_by_role("button", name="Talk to")
        await expect(bubble).to_be_visible()
        await still(page)
        await talk(page)
        await still(page)
        await page.get_by_role("textbox").fill("Hello")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("log")).to_contain_text("About Hello")
        await still(page)
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_be_hidden()
        await still(page)
        await page.wait_for_timeout(600)  # what follows a key within half a second is forgiven
        await page.evaluate("document.body.prepend(document.createElement('hr'))")
        assert await page.evaluate(SHIFT) > 0
        assert await page.evaluate(MOVED) != []


async def test_it_comes_back_by_itself_when_the_server_was_restarted(
    browser: Browser, server: WidgetServer
) -> None:
    async with visited(browser, server) as page:
        await talk(page)
        await page.get_by_role("textbox").fill("Hello")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("log")).to_contain_text("About Hello")
        seen = await page.locator("visavis-avatar").evaluate_handle(
            """(element) => { const seen = [];
            element.session.on("connection", ({ state, reason }) => seen.push([state, reason]));
            return seen; }"""
        )
        await server.restart()
        await until(lambda: server.talking == 1)
        await expect(root(page, connection="connected", face="shown")).to_be_attached()
        found = await seen.json_value()
        assert found[0] in (["reconnecting", "server_stopping"], ["reconnecting", "network"])
        assert found[-1] == ["connected", ""]
        assert len(server.events(OfferEvent)) == 2
        await page.get_by_role("textbox").fill("Again")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("log")).to_contain_text("About Again")
        await expect(page.get_by_role("log")).to_contain_text("About Hello")


@pytest.mark.parametrize("width", [390, 1280])
async def test_it_is_used_by_keyboard_alone(
    browser: Browser, server: WidgetServer, width: int
) -> None:
    async with visited(browser, server, viewport={"width": width, "height": 800}) as page:
        focused = "document.activeElement.shadowRoot?.activeElement?.textContent"
        name = "document.activeElement.shadowRoot?.activeElement?.ariaLabel"
        await expect(page.locator(".bubble")).to_be_visible()
        await page.keyboard.press("Tab")
        assert await page.evaluate(name) == "Talk to Assistant, an AI"
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("dialog")).to_be_visible()
        assert await page.evaluate(focused) == "Agree and use the microphone"
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        assert await page.evaluate(name) == "Type a message"
        await expect(root(page, connection="connected")).to_be_attached()
        await page.keyboard.type("Hello")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("log")).to_contain_text("About Hello")
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_be_hidden()
        assert await page.evaluate(name) == "Talk to Vera, an AI"
        await expect(root(page, connection="closed")).to_be_attached()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
async def test_no_view_has_a_serious_violation(
    browser: Browser, server: WidgetServer, scheme: Literal["light", "dark"], width: int
) -> None:
    server.careless = False
    viewport = {"width": width, "height": 844}
    async with visited(
        browser, server, color_scheme=scheme, viewport=viewport, bypass_csp=True
    ) as page:
        found = {"bubble": await violations(page)}
        await page.get_by_role("button", name="Talk to").click()
        await expect(page.get_by_role("dialog", name="Vera")).to_be_visible()
        found["question"] = await violations(page)
        await page.get_by_role("button", name="Agree and only type").click()
        await expect(root(page, connection="connected", face="shown")).to_be_attached()
        await page.get_by_role("textbox").fill("Hello")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("log")).to_contain_text("About Hello")
        found["talk"] = await violations(page)
        await page.get_by_role("button", name="End", exact=True).click()
        await expect(page.get_by_role("alert")).to_contain_text("has ended")
        found["ended"] = await violations(page)
        assert [(view, wrong) for view, wrong in found.items() if wrong] == []


async def test_questions_are_suggested_until_something_is_asked(
    browser: Browser, server: WidgetServer
) -> None:
    async with visited(browser, server) as page:
        chips = page.get_by_role("group", name="Suggested questions")
        await expect(chips).to_have_count(0)
        await talk(page)
        await expect(chips.get_by_role("button")).to_have_text(QUESTIONS)
        await chips.get_by_role("button", name=QUESTIONS[0]).click()
        await until(lambda: [event.text for event in server.events(TextEvent)] == QUESTIONS[:1])
        await expect(page.locator(".log .agent")).to_contain_text(f"About {QUESTIONS[0]}")
        await expect(chips).to_have_count(0)
        await expect(page.get_by_role("textbox", name="Type a message")).to_be_focused()


async def test_a_website_that_may_not_says_so(browser: Browser, server: WidgetServer) -> None:
    server.token_origin = "https://elsewhere.example"
    async with visited(browser, server) as page:
        await page.get_by_role("button", name="Talk to").click()
        await page.get_by_role("button", name="Agree and only type").click()
        await expect(page.get_by_role("alert")).to_have_text(
            "This website is not allowed to open a conversation."
        )
        assert server.received == []


async def test_it_works_in_a_sandboxed_frame(browser: Browser, server: WidgetServer) -> None:
    async with visited(browser, server, "/framed") as page:
        frame = page.frame_locator("iframe")
        await frame.get_by_role("button", name="Talk to").click()
        await frame.get_by_role("button", name="Agree and only type").click()
        await expect(
            frame.locator('.root[data-connection="connected"][data-face="shown"]')
        ).to_be_attached()
        await frame.get_by_role("textbox").fill("Hello")
        await frame.get_by_role("button", name="Send").click()
        await expect(frame.get_by_role("log")).to_contain_text("About Hello")


async def test_it_follows_the_language_of_the_page_and_the_script(
    browser: Browser, server: WidgetServer
) -> None:
    server.language = "de-AT"
    server.attributes = 'data-theme="dark" data-position="left" data-privacy-url="/privacy"'
    async with visited(browser, server, viewport={"width": 1280, "height": 800}) as page:
        await page.get_by_role("button", name="sprechen, einer KI").click()
        dialog = page.get_by_role("dialog", name="Vera")
        await expect(dialog).to_contain_text("Sie sprechen mit einem Computerprogramm.")
        link = dialog.get_by_role("link", name="Datenschutzhinweise")
        await expect(link).to_have_attribute("href", server.site + "/privacy")
        box = await page.locator(".bubble").bounding_box()
        assert box == {"x": 20, "y": 720, "width": 60, "height": 60}
        await expect(root(page, theme="dark")).to_have_css("color", "rgb(236, 238, 242)")


async def test_the_element_fills_a_box_and_leaves_with_it(
    browser: Browser, server: WidgetServer
) -> None:
    server.careless = False
    async with visited(browser, server, "/element") as page:
        await page.get_by_role("button", name="Agree and only type").click()
        await expect(root(page, connection="connected", face="shown")).to_be_attached()
        await page.locator("visavis-avatar").evaluate("(e) => { e.remove(); }")
        await until(lambda: server.talking == 0)


async def test_the_face_is_drawn_on_the_device_where_it_can_be(server: WidgetServer) -> None:
    async with chromium(arguments=GL_FLAGS) as browser, visited(browser, server) as page:
        await talk(page)
        assert [event.presentation for event in server.events(OfferEvent)] == ["motion"]
        canvas = page.locator(".stage canvas")
        await expect(canvas).to_be_visible()
        shades = await canvas.evaluate(SHADES)
        assert shades > 50
        await page.get_by_role("button", name="End", exact=True).click()
        await expect(root(page, view="ask", face="none")).to_be_attached()


async def test_the_servers_own_page_takes_its_token_from_the_link(
    browser: Browser, server: WidgetServer
) -> None:
    page = await browser.new_page()
    await page.goto(server.api)
    await page.click("#start-typing")
    await expect(page.locator("#panel-title")).to_have_text("You are not signed in")
    token, _ = Tokens([KEY]).mint(KEY.get_secret_value(), TokenRequest(origin=server.api))
    await page.goto(f"{server.api}/#token={token}")
    await page.reload()
    await page.click("#start-typing")
    await expect(page.locator("body")).to_have_attribute("data-connection", "connected")
    await page.close()
